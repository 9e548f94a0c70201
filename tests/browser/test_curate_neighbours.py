"""Near-duplicates and sole carriers under the hand, in a real browser."""

import pytest

from tests.browser.curate_desk import GROUP, SOLE
from tests.browser.curate_hand import (
    address,
    at,
    curate_server,
    hand,
    holds,
    opened,
    press,
    verdicts,
)

__all__ = ["address", "curate_server", "hand"]

pytestmark = pytest.mark.browser


def test_shift_decides_near_duplicates_in_one_stroke_and_undo_takes_all_back(tab, address):
    hand = opened(tab, address, front=GROUP)
    press(hand, "Shift+A")
    assert verdicts(hand, " ".join(f"{one}=approved" for one in (5, 1000, 1001, 1002)))
    assert hand.locator("[data-stroke]").count() == 1
    press(hand, "z")
    assert verdicts(hand, "none")
    assert at(hand) == GROUP
    assert holds(hand, 5)


def test_the_switch_decides_near_duplicates_and_is_off_for_the_next_card(tab, address):
    hand = opened(tab, address, front=GROUP)
    switch = hand.get_by_role("switch", name="Decide its 3 near-duplicates with it")
    switch.click()
    assert switch.get_attribute("aria-checked") == "true"
    press(hand, "x", "k")
    assert verdicts(hand, " ".join(f"{one}=rejected" for one in (5, 1000, 1001, 1002)))
    assert switch.get_attribute("aria-checked") == "false"


def test_without_shift_near_duplicates_stay_undecided(tab, address):
    hand = opened(tab, address, front=GROUP)
    press(hand, "a")
    assert verdicts(hand, "5=approved")


def test_near_duplicates_are_listed_and_can_be_read_in_full(tab, address):
    hand = opened(tab, address, front=GROUP)
    hand.get_by_text("3 near-duplicates in its group").click()
    first = hand.locator(".near .one").first
    assert "Row 1,000" in first.inner_text()
    first.locator("summary").click()
    assert first.locator(".text").last.inner_text().startswith("Answer 5.")


def test_a_sole_carrier_is_rejected_by_the_second_x_only(tab, address):
    hand = opened(tab, address, front=SOLE)
    press(hand, "x")
    question = hand.locator(".alert.ask")
    assert question.inner_text() == (
        "Latents 12 and 40 are in no other chosen row. X again rejects it; any other key leaves it."
    )
    assert at(hand) == SOLE
    heights = hand.locator(".alerts").evaluate("node => [node.clientHeight, node.scrollHeight]")
    assert heights[0] == heights[1]
    press(hand, "x")
    assert verdicts(hand, f"{SOLE}=rejected")


@pytest.mark.parametrize("key", ["a", "j", "Escape"])
def test_any_other_key_leaves_a_sole_carrier_as_it_is(tab, address, key):
    hand = opened(tab, address, front=SOLE)
    press(hand, "x", key)
    assert hand.locator(".alert.ask").count() == 0
    assert at(hand) == SOLE
    assert hand.locator(".curate").get_attribute("data-pending") == "0"
    press(hand, "x")
    assert hand.locator(".alert.ask").count() == 1


def test_a_sole_carrier_is_approved_without_a_question(tab, address):
    hand = opened(tab, address, front=SOLE)
    press(hand, "a")
    assert verdicts(hand, f"{SOLE}=approved")
