"""Lassos and boxes on the map: how they add up, what is shown at once, and the way back."""

import re

import pytest

from tests.browser.map_hand import drag, draw_lasso, middle, opened, told, until_told

pytestmark = pytest.mark.browser

SETTLED = re.compile(r"^[\d,]+ examples inside$")


def enclosed(tab):
    """How many rows the map says are inside, once the server has counted."""
    tab.locator(".enclosed").filter(has_text=SETTLED).wait_for()
    return int(tab.locator(".enclosed").inner_text().split()[0].replace(",", ""))


def inside(tab, modes):
    """The server's count of strokes of these modes, which the map shows too."""
    until_told(tab, "strokes", re.escape(modes))
    tab.wait_for_timeout(300)
    assert told(tab, "inside") == str(enclosed(tab))
    return enclosed(tab)


def test_shift_adds_alt_subtracts_and_a_tool_alone_starts_anew(tab, map_server):
    opened(tab, map_server)
    draw_lasso(tab, 60)
    first = inside(tab, "replace")
    draw_lasso(tab, 60, off=(110, 40))
    both = inside(tab, "replace+add")
    assert both > first
    draw_lasso(tab, 30, key="Alt", off=(110, 40))
    less = inside(tab, "replace+add+subtract")
    assert first < less < both
    tab.locator(".stage").press("l")
    draw_lasso(tab, 60, key=None)
    assert inside(tab, "replace") == first
    assert tab.locator("path.lasso.replace").count() == 1
    assert tab.locator("path.lasso.add").count() == 0


def test_to_subtract_first_is_to_subtract_from_everything(tab, map_server):
    opened(tab, map_server, "n=5000")
    draw_lasso(tab, 60, key="Alt")
    without = inside(tab, "subtract")
    tab.locator(".stage").press("Control+z")
    until_told(tab, "strokes", "None")
    draw_lasso(tab, 60)
    assert without + inside(tab, "replace") == 5000


def test_a_box_is_a_stroke_of_four_corners(tab, map_server):
    opened(tab, map_server)
    tab.locator(".stage").press("b")
    assert tab.get_by_role("button", name="Box").get_attribute("aria-pressed") == "true"
    drag(tab, (-80, -60), (90, 70))
    assert inside(tab, "replace") > 500
    assert tab.locator("path.lasso.replace").get_attribute("d").count("L") == 3
    drag(tab, (90, 70), (140, 100), key="Shift")
    inside(tab, "replace+add")


def test_without_a_tool_a_drag_moves_the_map(tab, map_server):
    root = opened(tab, map_server, "n=5000")
    before = root.get_attribute("data-view")
    drag(tab, (0, 0), (60, 10))
    assert root.get_attribute("data-view") != before
    assert told(tab, "strokes") == "None"


def test_the_browser_counts_what_the_server_counts(tab, map_server):
    opened(tab, map_server, "silent")
    for off, key in [((0, 0), "Shift"), ((70, -30), "Shift"), ((40, 20), "Alt")]:
        draw_lasso(tab, 50, key=key, off=off)
    until_told(tab, "strokes", r"replace\+add\+subtract")
    text = tab.locator(".enclosed").inner_text()
    assert text == f"{int(told(tab, 'inside')):,} examples inside (preview)"


def test_what_lies_outside_is_greyed_before_the_server_answers(tab, map_server):
    opened(tab, map_server, "silent&plain&colour=cluster")
    stage = tab.locator(".stage")
    before = stage.screenshot()
    draw_lasso(tab, 60)
    tab.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 0)))")
    assert stage.screenshot() != before
    stage.press("Escape")
    tab.mouse.move(5, 5)
    until_told(tab, "strokes", "None")
    assert tab.locator(".enclosed").is_hidden()


def test_each_stroke_can_be_taken_back_and_clearing_too(tab, map_server):
    opened(tab, map_server, "n=5000")
    stage = tab.locator(".stage")
    draw_lasso(tab, 60)
    first = inside(tab, "replace")
    draw_lasso(tab, 40, off=(120, 0))
    inside(tab, "replace+add")
    stage.press("Control+z")
    assert inside(tab, "replace") == first
    stage.press("Escape")
    until_told(tab, "strokes", "None")
    tab.get_by_role("button", name="Undo").click()
    assert inside(tab, "replace") == first


def test_what_is_in_view_is_selected_from_the_keyboard(tab, map_server):
    opened(tab, map_server, "n=5000")
    stage = tab.locator(".stage")
    stage.focus()
    tab.keyboard.press("v")
    assert inside(tab, "replace") == 5000
    for _ in range(6):
        tab.keyboard.press("+")
    tab.keyboard.press("Alt+v")
    assert 0 < inside(tab, "replace+subtract") < 5000
    tab.keyboard.press("Shift+V")
    assert inside(tab, "replace+subtract+add") == 5000


def test_a_question_mark_lists_the_keys_and_escape_closes_the_list(tab, map_server):
    opened(tab, map_server, "n=5000")
    stage = tab.locator(".stage")
    draw_lasso(tab, 60)
    until_told(tab, "strokes", "replace")
    stage.press("?")
    assert "select what is in view" in tab.locator(".keys").inner_text()
    stage.press("Escape")
    assert tab.locator(".keys").is_hidden()
    assert tab.locator("path.lasso.replace").count() == 1


def test_every_tool_is_reached_by_tab_in_reading_order(tab, map_server):
    opened(tab, map_server, "n=5000&colour=cluster")
    draw_lasso(tab, 60)
    until_told(tab, "strokes", "replace")
    tab.locator(".number").focus()
    reached = []
    for _ in range(10):
        tab.keyboard.press("Tab")
        reached.append(
            tab.evaluate(
                "() => { const at = document.activeElement.shadowRoot.activeElement;"
                " return at.getAttribute('aria-label')?.slice(0, 8) || at.innerText }"
            )
        )
    assert reached[0].startswith("Map of")
    assert reached[1:3] == ["Lasso", "Box"]
    assert reached[7:9] == ["Undo", "Clear"]


def test_a_drag_too_short_for_a_stroke_picks_nothing_and_draws_nothing(tab, map_server):
    opened(tab, map_server, "n=5000")
    tab.locator(".stage").press("b")
    drag(tab, (0, 0), (40, 1))
    tab.mouse.move(*middle(tab))
    tab.wait_for_timeout(300)
    assert told(tab, "strokes") == "None"
