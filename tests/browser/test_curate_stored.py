"""Pending, stored, refused: no decision is lost or doubled, in a real browser."""

import re

import pytest

from tests.browser.curate_desk import GROUP
from tests.browser.curate_hand import (
    address,
    at,
    button,
    curate_server,
    hand,
    holds,
    opened,
    press,
    states,
    until_stored,
    verdicts,
)

__all__ = ["address", "curate_server", "hand"]

pytestmark = pytest.mark.browser


def test_the_next_row_is_there_at_once_and_the_decision_is_pending_until_stored(tab, address):
    hand = opened(tab, f"{address}&delay=2")
    press(hand, "a")
    assert at(hand) == 2
    assert hand.locator(".sheet .title").inner_text() == "Row 2"
    assert states(hand) == ["pending"]
    assert "1 pending" in hand.locator(".progress").inner_text()
    press(hand, "k")
    assert "approved, pending" in hand.locator(".sheet .head").inner_text()
    until_stored(hand)
    assert states(hand) == ["stored"]
    assert "approved, stored" in hand.locator(".sheet .head").inner_text()


def test_many_keys_between_two_reruns_are_each_stored_once(tab, address):
    hand = opened(tab, f"{address}&delay=1")
    hand.evaluate(
        """() => { for (const key of "axsaxsax") {
          dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        } }"""
    )
    until_stored(hand)
    said = ("approved", "rejected", "unsure") * 3
    assert verdicts(hand, " ".join(f"{row}={one}" for row, one in enumerate(said[:8], start=1)))
    assert holds(hand, 8)


def test_undo_of_what_is_still_pending_holds(tab, address):
    hand = opened(tab, f"{address}&delay=1")
    press(hand, "a", "x", "z")
    until_stored(hand)
    assert verdicts(hand, "1=approved")
    assert holds(hand, 3)


def test_a_refused_decision_says_why_and_its_card_comes_back_next(tab, address):
    hand = opened(tab, f"{address}&refuse=1")
    press(hand, "1", "a")
    until_stored(hand)
    assert states(hand) == ["refused"]
    assert "the store is full" in hand.locator("[data-stroke]").inner_text()
    assert at(hand) == 2
    press(hand, "x")
    assert at(hand) == 1
    assert "Not stored: the store is full" in hand.locator(".alerts .refused").inner_text()
    assert hand.locator(".word[aria-pressed=true] span").all_inner_texts() == ["maths"]
    hand.get_by_text("Healed").click()
    press(hand, "a")
    assert verdicts(hand, "1=approved 2=rejected")
    until_stored(hand)


def test_a_reload_while_decisions_are_pending_loses_none_and_doubles_none(tab, address):
    hand = opened(tab, f"{address}&delay=1.5")
    press(hand, "a", "x")
    hand.reload()
    hand.wait_for_selector(".curate[data-ready=true]:not([hidden])")
    assert at(hand) == 3
    until_stored(hand)
    assert verdicts(hand, "1=approved 2=rejected")
    assert holds(hand, 2)
    assert states(hand) == ["stored", "stored"]
    press(hand, "z")
    assert at(hand) == 2
    assert verdicts(hand, "1=approved")


def test_a_reload_before_anything_was_sent_loses_nothing(hand):
    hand.evaluate("window.deaf = true")
    press(hand, "a", "x", "2")
    assert states(hand) == ["pending", "pending"]
    hand.reload()
    hand.wait_for_selector(".curate[data-ready=true]:not([hidden])")
    until_stored(hand)
    assert verdicts(hand, "1=approved 2=rejected")
    assert hand.locator(".word[aria-pressed=true] span").all_inner_texts() == ["code"]


def test_a_word_that_was_lost_on_its_way_is_sent_again(hand):
    hand.evaluate("window.deaf = true")
    press(hand, "a")
    hand.get_by_text(re.compile("server has not answered for")).wait_for()
    assert states(hand) == ["pending"]
    hand.evaluate("window.deaf = false")
    until_stored(hand)
    assert verdicts(hand, "1=approved")
    assert holds(hand, 1)


def test_the_outbox_of_one_person_is_not_sent_for_another(hand, address):
    hand.evaluate("window.deaf = true")
    press(hand, "a")
    hand.goto(f"{address}&curator=Ben")
    hand.wait_for_selector(".curate[data-ready=true]:not([hidden])")
    assert at(hand) == 1
    assert hand.locator("[data-stroke]").count() == 0
    hand.goto(address)
    hand.wait_for_selector(".curate[data-ready=true]:not([hidden])")
    assert verdicts(hand, "1=approved")


def test_what_somebody_else_decides_meanwhile_is_marked_and_the_card_stays(hand, address, profile):
    other = profile.new_page()
    opened(other, f"{address}&curator=Ben")
    press(other, "x")
    assert verdicts(other, "1=rejected")
    other.close()
    hand.get_by_text("Healed").click()
    hand.locator(".alert.meanwhile").wait_for()
    assert at(hand) == 1


def test_another_queue_begins_at_its_first_card(hand, address):
    press(hand, "j", "j")
    hand.goto(f"{address}&queue=other")
    hand.wait_for_selector(".curate[data-ready=true]:not([hidden])")
    assert at(hand) == 1


def test_twenty_cards_are_held_and_refilled_in_order(tab, address):
    hand = opened(tab, address, front=GROUP)
    for number in range(GROUP, 31):
        assert at(hand) == number
        press(hand, "a")
        if number % 6 == 0:
            until_stored(hand)


def test_the_end_of_the_queue_is_said_and_one_can_go_back(tab, address):
    hand = opened(tab, f"{address}&n=2")
    press(hand, "a", "a")
    hand.get_by_text("Nothing is left in this queue.").wait_for()
    assert button(hand, "approve").is_disabled()
    press(hand, "k")
    assert at(hand) == 2


def test_what_was_passed_over_comes_at_the_end(tab, address):
    hand = opened(tab, f"{address}&n=3")
    press(hand, "j", "a", "a")
    assert at(hand) == 1


def test_in_a_read_only_workspace_nothing_can_be_decided(tab, address):
    hand = opened(tab, f"{address}&readonly")
    press(hand, "a", "1", "x")
    assert at(hand) == 1
    assert button(hand, "reject").is_disabled()
    press(hand, "j")
    assert at(hand) == 2
