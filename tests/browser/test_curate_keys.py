"""The keys of the curate page in a real browser: what each says, and what is no key."""

import re

import pytest

from tests.browser.curate_desk import LONG
from tests.browser.curate_hand import (
    address,
    at,
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


def test_a_x_and_s_say_approved_rejected_and_unsure(hand):
    press(hand, "a", "x", "s")
    assert verdicts(hand, "1=approved 2=rejected 3=unsure")
    assert at(hand) == 4


@pytest.mark.parametrize("key", ["z", "Control+z"])
def test_undo_goes_back_to_the_card_and_takes_its_verdict_back(hand, key):
    press(hand, "a", "x", key)
    assert at(hand) == 2
    assert verdicts(hand, "1=approved")
    until_stored(hand)
    assert states(hand) == ["taken-back", "stored"]
    press(hand, key)
    assert at(hand) == 1
    assert verdicts(hand, "none")


def test_moving_decides_nothing_and_goes_back_over_what_is_decided(hand):
    press(hand, "a", "j", "ArrowRight", "k", "ArrowLeft", "k")
    assert at(hand) == 1
    assert "approved" in hand.locator(".sheet .head").inner_text()
    until_stored(hand)
    hand.wait_for_timeout(1_000)  # the page has heard where the hand is
    press(hand, "j")
    assert at(hand) == 2
    assert holds(hand, 1)


def test_a_decided_card_can_be_decided_anew(hand):
    press(hand, "a", "k", "x")
    assert verdicts(hand, "1=rejected")
    assert at(hand) == 2


def test_digits_are_tags_and_go_with_the_verdict(hand):
    names = hand.locator(".choices").first.locator(".word span").all_inner_texts()
    assert names == ["maths", "code", "<b>style</b>"]
    press(hand, "1", "3", "1", "2")
    assert hand.locator(".word[aria-pressed=true] span").all_inner_texts() == names[1:]
    press(hand, "a")
    hand.get_by_text(re.compile(r"^event 1 approved .*<b>style</b>/code")).wait_for()


def test_a_tag_without_a_verdict_is_recorded_when_the_card_is_left(hand):
    press(hand, "1", "j")
    hand.get_by_text(re.compile(r"^event 1 None .*maths")).wait_for()
    assert verdicts(hand, "none")
    assert at(hand) == 2


def test_a_note_is_recorded_when_the_tab_is_hidden(hand):
    press(hand, "n")
    hand.keyboard.type("half a thou")
    hand.evaluate(
        """() => {
          Object.defineProperty(document, "hidden", { get: () => true });
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    hand.get_by_text(re.compile(r"^event 1 None '' 'half a thou'")).wait_for()
    assert at(hand) == 1


def test_r_leads_to_the_reasons_and_a_number_gives_one(hand):
    press(hand, "r", "2", "x")
    hand.get_by_text(re.compile(r"^event 1 rejected 'too short'")).wait_for()
    press(hand, "1", "a")
    tagged = hand.get_by_text(re.compile(r"^event 2 approved '' '' 'maths'"))
    tagged.wait_for()
    assert tagged.count() == 1


@pytest.mark.parametrize("key", ["n", "Enter"])
def test_what_is_typed_into_the_note_is_no_key(hand, key):
    press(hand, key)
    hand.keyboard.type("axsz 12? /t")
    assert at(hand) == 1
    press(hand, "Escape", "a")
    hand.get_by_text(re.compile(r"^event 1 approved '' 'axsz 12\? /t' ''")).wait_for()
    assert hand.locator("textarea").input_value() == ""


def test_a_note_that_is_emptied_is_gone(hand):
    press(hand, "n")
    hand.keyboard.type("wrong")
    press(hand, "Escape", "j", "k", "n", "Control+a", "Delete", "Escape", "a")
    hand.get_by_text(re.compile(r"^event 1 approved '' '' ''")).wait_for()
    assert hand.get_by_text(re.compile(r"^event 1 None '' '' ''")).count() == 1


def test_keys_do_nothing_while_the_search_has_the_focus(hand):
    press(hand, "/")
    field = hand.locator("[data-testid=stTextInput] input")
    hand.keyboard.type("axs1")
    assert field.input_value() == "axs1"
    assert at(hand) == 1
    assert holds(hand, 0)


def test_the_list_of_keys_takes_the_keys_to_itself(hand):
    press(hand, "?")
    hand.locator("dialog[open]").wait_for()
    assert "approve" in hand.locator("dialog[open]").inner_text()
    press(hand, "a")
    assert at(hand) == 1
    press(hand, "Escape")
    hand.wait_for_function("() => document.activeElement === document.body")  # some frames later
    press(hand, "a")
    assert at(hand) == 2


def test_a_key_held_down_decides_once(hand):
    hand.keyboard.down("a")
    hand.keyboard.down("a")
    hand.keyboard.down("a")
    hand.keyboard.up("a")
    assert at(hand) == 2


def test_backspace_does_nothing(hand):
    press(hand, "Backspace", "Delete")
    assert at(hand) == 1
    assert holds(hand, 0)


def test_space_moves_the_text(tab, address):
    hand = opened(tab, address, front=LONG)
    page = hand.locator(".page")
    press(hand, " ")
    assert page.evaluate("node => node.scrollTop") > 50
    press(hand, "j")
    assert page.evaluate("node => node.scrollTop") == 0
