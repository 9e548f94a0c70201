"""The curate page's hand in a real browser: keys, what is pending, what is refused and kept."""

import re
import uuid
from pathlib import Path

import pytest

from tests.browser.conftest import serving
from tests.browser.curate_desk import GROUP, LONG, ODD, SOLE, example
from tests.browser.hostile import CODE, HOSTILE

pytestmark = pytest.mark.browser

MODULES = "/_stcore/bidi-components/coreset-atlas.curate"

# While `window.deaf` is set, nothing reaches the server.
DEAFEN = """
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    if (!window.deaf) send.call(this, data);
  };
"""


@pytest.fixture(scope="module")
def curate_server(tmp_path_factory):
    app = Path(__file__).parent / "curate_app.py"
    with serving(app, tmp_path_factory.mktemp("state")) as address:
        yield address


@pytest.fixture
def address(curate_server):
    """The hand with a store of its own."""
    return f"{curate_server}/?store={uuid.uuid4().hex}"


def opened(tab, address, *, front=1):
    tab.set_default_timeout(30_000)
    tab.add_init_script(DEAFEN)
    tab.goto(address)
    tab.wait_for_selector(".curate[data-ready=true]:not([hidden])")
    for _ in range(front - 1):
        tab.keyboard.press("j")
    assert at(tab) == front
    return tab


@pytest.fixture
def hand(tab, address):
    return opened(tab, address)


def at(tab):
    """The number of the row in front, None at the end."""
    front = tab.locator(".curate").get_attribute("data-front")
    return int(front, 16) if front else None


def press(tab, *keys):
    for key in keys:
        tab.keyboard.press(key)


def until_stored(tab):
    tab.wait_for_selector(".curate[data-pending='0']")


def verdicts(tab, expected):
    """Waits until the store holds exactly these, by row; a timeout fails the test."""
    pattern = re.compile(rf"^verdicts: {re.escape(expected)}$")
    tab.get_by_text(pattern).wait_for()
    return True


def holds(tab, n_events):
    """Waits until that many events are in the store's log; a timeout fails the test."""
    tab.get_by_text(re.compile(rf"^log: {n_events} events$")).wait_for()
    return True


def button(tab, name):
    return tab.locator(f".act.{name}")


def states(tab):
    """How far each decision in the strip has come, the newest first."""
    return tab.locator("[data-stroke]").evaluate_all("nodes => nodes.map(one => one.dataset.state)")


def style(locator, name):
    return locator.evaluate(f"node => getComputedStyle(node).{name}")


# --- the keys ---------------------------------------------------------------------------------


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
    hand.wait_for_function("document.activeElement === document.body")  # some frames later
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


# --- near-duplicates and sole carriers --------------------------------------------------------


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


# --- pending, stored, refused -----------------------------------------------------------------


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


# --- how it looks and who can reach it --------------------------------------------------------


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
