"""Two maps of the same rows: what is done on one shows on the other, mostly without the server."""

import re

import pytest

from tests.browser.map_hand import WATCH_SENDINGS, draw_lasso, middle, told, until_told

pytestmark = pytest.mark.browser

ROOTS = ".atlas-map[data-ready=true]"


def opened(tab, server, query="n=5000"):
    """Both maps' roots."""
    tab.add_init_script(WATCH_SENDINGS)
    tab.goto(f"{server}/?pair&{query}")
    tab.locator(ROOTS).nth(1).wait_for(timeout=30_000)
    return tab.locator(".atlas-map").nth(0), tab.locator(".atlas-map").nth(1)


def test_the_budget_moves_on_both_maps_under_the_hand(tab, map_server):
    left, right = opened(tab, map_server)
    tab.wait_for_timeout(400)
    sent = tab.evaluate("sendings.length")
    assert right.locator(".range").is_hidden()
    left.locator(".range").evaluate(
        """async (range) => {
          range.value = 700;
          range.dispatchEvent(new Event('input', { bubbles: true }));
          await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 0)));
          const shown = [...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]
            .map((at) => at.shadowRoot.querySelector('.atlas-map')?.dataset.shownBudget)
            .filter(Boolean);
          window.shownAtOnce = [...shown, window.sendings.length];
        }"""
    )
    assert tab.evaluate("shownAtOnce") == ["700", "700", sent]
    assert right.locator(".counter").inner_text() == "chosen 700 of 5,000"
    until_told(tab, "budget", "700")


def test_a_hovered_and_a_picked_row_are_ringed_on_both(tab, map_server):
    left, right = opened(tab, map_server)
    x, y = middle(tab, 0)
    tab.mouse.move(x, y)
    right.locator(".mark.hovered:not([hidden])").wait_for()
    assert right.locator(".tip").is_hidden()
    tab.mouse.click(x, y)
    row = until_told(tab, "row", r"\d+")
    right.locator(".mark.picked:not([hidden])").wait_for()
    tab.mouse.move(5, 5)
    right.locator(".mark.hovered[hidden]").wait_for(state="attached")
    tab.wait_for_timeout(300)
    assert told(tab, "row") == row
    assert left.locator(".mark.picked").is_visible()
    right.locator(".stage").press("Escape")
    until_told(tab, "row", "None")
    assert left.locator(".mark.picked").is_hidden()


def test_a_lasso_greys_the_same_rows_on_both_and_the_last_map_drawn_on_wins(tab, map_server):
    left, right = opened(tab, map_server, "n=5000&plain&colour=cluster")
    before = right.locator(".stage").screenshot()
    draw_lasso(tab, 60, stage=0)
    tab.get_by_text("on=0").wait_for()
    assert right.locator(".stage").screenshot() != before
    assert right.locator("path.lasso.replace").count() == 0
    first = told(tab, "inside")
    draw_lasso(tab, 40, stage=1, off=(20, 10))
    tab.get_by_text("on=1").wait_for()
    tab.wait_for_timeout(300)
    assert left.locator("path.lasso.replace").count() == 0
    assert right.locator("path.lasso.replace").count() == 1
    assert told(tab, "inside") != first
    left.locator(".stage").press("Escape")  # clears what stands on the other map too
    until_told(tab, "inside", "None")
    tab.mouse.move(5, 5)
    tab.wait_for_timeout(300)
    assert right.locator("path.lasso.replace").count() == 0


def test_a_category_pressed_on_one_legend_is_pressed_on_the_other(tab, map_server):
    left, right = opened(tab, map_server, "n=5000&colour=cluster")
    left.locator(".legend .row").nth(2).click()
    assert right.locator(".legend .row[aria-pressed=true]").count() == 1
    assert right.locator(".legend .row").nth(2).get_attribute("aria-pressed") == "true"
    right.locator(".legend .row").nth(2).click()
    assert left.locator(".legend .row[aria-pressed=true]").count() == 0


def test_maps_that_left_take_nothing_back_and_come_again_together(tab, map_server):
    left, _ = opened(tab, map_server)
    draw_lasso(tab, 60)
    tab.get_by_text("on=0").wait_for()
    tab.get_by_text("Hide").click()
    tab.wait_for_function("() => !document.querySelector('[data-testid=stBidiComponentIsolated]')")
    tab.get_by_text("Hide").click()
    tab.get_by_text(re.compile("^on=")).wait_for()
    left.locator("canvas").wait_for()
    assert tab.get_by_text(re.compile("^on=")).inner_text() == "on=None"
