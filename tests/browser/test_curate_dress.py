"""How the card to decide looks, and who can reach it, in a real browser."""

import re

import pytest

from tests.browser.curate_desk import GROUP, LONG, ODD, example
from tests.browser.curate_hand import (
    MODULES,
    address,
    at,
    button,
    curate_server,
    hand,
    opened,
    press,
    style,
    verdicts,
)
from tests.browser.hostile import CODE, HOSTILE

__all__ = ["address", "curate_server", "hand"]

pytestmark = pytest.mark.browser


def test_text_is_large_and_near_80_characters_a_line(hand):
    text = hand.locator(".page .text").last
    assert float(style(text, "fontSize").removesuffix("px")) >= 16
    widest = text.evaluate(
        """node => {
          const context = document.createElement("canvas").getContext("2d");
          const { fontSize, fontFamily } = getComputedStyle(node);
          context.font = `${fontSize} ${fontFamily}`;
          const sentence = "Write a function that takes an array and returns a new one. ";
          return node.clientWidth / (context.measureText(sentence).width / sentence.length);
        }"""
    )
    assert widest <= 81


def test_markup_in_an_example_is_shown_as_text(tab, address):
    hand = opened(tab, address, front=ODD)
    assert hand.locator(".page .text").first.inner_text() == HOSTILE
    assert hand.locator(".page code.block").inner_text() == CODE.splitlines()[2]
    assert "U+202E" in hand.locator(".page .control").all_inner_texts()
    assert hand.evaluate("window.broken") is None
    for name in ("img", "script", "h1"):
        assert hand.locator(f".curate {name}").count() == 0
    press(hand, "3", "a", "k")
    assert hand.locator(".curate b").count() == 0


def test_every_control_is_reached_by_tab_and_the_focus_is_seen(hand):
    hand.locator(".page").focus()
    reached = []
    for _ in range(14):
        press(hand, "Tab")
        focused = hand.evaluate(
            """() => {
              let node = document.activeElement;
              while (node?.shadowRoot) node = node.shadowRoot.activeElement;
              const { outlineStyle, outlineWidth } = getComputedStyle(node);
              return [node.ariaLabel || node.innerText, outlineStyle, parseFloat(outlineWidth)];
            }"""
        )
        reached.append(focused[0].split("\n")[0])
        if focused[0].startswith("What is known"):
            break
        assert focused[1] == "solid"
        assert focused[2] >= 2
    buttons = ["Approve", "Reject", "Skip", "Previous", "Next"]  # nothing to take back yet
    assert reached[:5] == buttons
    assert "Note" in reached


def test_the_buttons_do_what_the_keys_do(hand):
    button(hand, "approve").click()
    button(hand, "reject").click()
    button(hand, "skip").click()
    button(hand, "undo").click()
    button(hand, "next").click()
    button(hand, "previous").click()
    assert at(hand) == 3
    assert verdicts(hand, "1=approved 2=rejected")


def test_a_focused_button_answers_to_enter_and_letters_stay_keys(hand):
    button(hand, "skip").focus()
    press(hand, "Enter")
    assert at(hand) == 2
    press(hand, "a")
    assert verdicts(hand, "1=unsure 2=approved")


def test_the_buttons_stay_where_they_are_from_card_to_card(hand):
    approve = button(hand, "approve")
    before = approve.bounding_box()
    for _ in range(LONG):
        press(hand, "j")
        assert approve.bounding_box() == before


def test_at_1024_px_in_dark_nothing_scrolls_sideways(profile, address):
    tab = profile.new_page()
    tab.set_viewport_size({"width": 1024, "height": 768})
    tab.emulate_media(color_scheme="dark")
    opened(tab, address, front=GROUP)
    press(tab, "a", "x")
    widths = tab.evaluate("[document.scrollingElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]
    for box in tab.locator(".acts button").all():
        assert box.bounding_box()["x"] + box.bounding_box()["width"] <= 1024
    tab.close()


def test_reduced_motion_is_honoured(profile, address):
    tab = profile.new_page()
    tab.emulate_media(reduced_motion="reduce")
    opened(tab, address)
    assert style(tab.locator(".act").first, "transitionDuration") == "0s"
    tab.close()


def test_pace_counts_minutes_of_work_and_no_pauses(hand):
    rates = hand.evaluate(
        f"""async () => {{
          const {{ Pace }} = await import("{MODULES}/pace.js");
          let now = 0;
          const pace = new Pace(() => now);
          pace.act();
          for (let n = 0; n < 30; n += 1) {{ now += 10_000; pace.decide(); }}
          const steady = pace.rate;
          now += 3_600_000; // away for an hour
          pace.act();
          const back = pace.rate;
          for (let n = 0; n < 60; n += 1) {{ now += 5_000; pace.decide(); }}
          return [steady, back, pace.rate, new Pace(() => 0).rate];
        }}"""
    )
    assert rates[0] == pytest.approx(6)
    assert rates[1] == pytest.approx(6)
    assert rates[2] == pytest.approx(12, rel=0.05)
    assert rates[3] is None


def test_events_bear_ids_that_the_server_accepts(hand):
    ids = hand.evaluate(
        f"""async () => {{
          const {{ newId }} = await import("{MODULES}/outbox.js");
          return Array.from({{ length: 50 }}, newId);
        }}"""
    )
    assert len(set(ids)) == 50
    assert all(re.fullmatch("[0-9a-f]{32}", one) for one in [*ids, example(1)])
