"""The map in a real browser: what is drawn, what the hand does, what is sent."""

import itertools
import re
import statistics
import sys

import numpy as np
import pytest

from tests.browser.conftest import ARGUMENTS, chromium_path
from tests.browser.map_hand import (
    coloured_share,
    draw_lasso,
    middle,
    opened,
    state,
    until_told,
)

pytestmark = pytest.mark.browser

POOL = 51_924
DEBOUNCE = 145  # ms; timers may be early by a little


# Twenty movements, each as soon as the one before is drawn; returns when they were.
MOVE_TWENTY_TIMES = """async () => {
  const range = document.querySelector('[data-testid=stBidiComponentIsolated]')
    .shadowRoot.querySelector('.range');
  const times = [];
  for (let i = 1; i <= 20; i += 1) {
    range.value = 1000 + 400 * i;
    times.push(performance.now());
    range.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 0)));
  }
  return times;
}"""


def test_all_points_are_drawn(tab, map_server):
    root = opened(tab, map_server)
    assert state(root, "points") == str(POOL)
    assert state(root, "shown-budget") == "1000"
    assert 0.03 < coloured_share(tab) < 0.9


def test_colour_by_a_number_shows_its_scale(tab, map_server):
    opened(tab, map_server, "colour=length")
    assert "Length" in tab.locator(".legend").inner_text()
    assert coloured_share(tab) > 0.03


def test_colour_by_a_category_names_24_then_other_then_noise(tab, map_server):
    opened(tab, map_server, "colour=cluster")
    names = tab.locator(".legend .name").all_inner_texts()
    assert len(names) == 26
    assert names[24:] == ["other (6 more)", "noise"]
    assert coloured_share(tab) > 0.03


def test_a_click_in_the_legend_sets_the_other_categories_aside(tab, map_server):
    opened(tab, map_server, "colour=cluster&plain")
    before = tab.locator(".stage").screenshot()
    entry = tab.locator(".legend .row").first
    entry.click()
    assert entry.get_attribute("aria-pressed") == "true"
    tab.wait_for_timeout(200)
    assert tab.locator(".stage").screenshot() != before


def test_the_budget_moves_under_the_hand_and_is_sent_once_at_rest(tab, map_server, capsys):
    root = opened(tab, map_server)
    tab.wait_for_timeout(500)
    moves = tab.evaluate(MOVE_TWENTY_TIMES)
    assert state(root, "shown-budget") == "9000"
    assert until_told(tab, "budget", "9000") == "9000"
    sent = [at for at in tab.evaluate("sendings") if at >= moves[0]]
    rests = [after - before for before, after in itertools.pairwise(moves)]
    pauses = sum(rest >= DEBOUNCE for rest in rests)  # of a busy machine, not of the hand
    assert 1 <= len(sent) <= 1 + pauses
    assert all(at >= max(move for move in moves if move <= at) + DEBOUNCE for at in sent)
    took = tab.evaluate("performance.getEntriesByName('atlas-map-budget').map(e => e.duration)")
    assert len(took) == 20
    with capsys.disabled():
        sys.stdout.write(
            f"\nbudget event to drawn frame at {POOL:,} points: "
            f"median {statistics.median(took):.0f} ms, slowest {max(took):.0f} ms\n"
        )


def test_the_counter_says_what_is_chosen(tab, map_server):
    opened(tab, map_server)
    assert tab.locator(".counter").inner_text() == "chosen 1,000 of 51,924"
    tab.locator(".number").fill("2500")
    tab.locator(".number").press("Enter")
    assert until_told(tab, "budget", "2500") == "2500"
    assert tab.locator(".counter").inner_text() == "chosen 2,500 of 51,924"


def test_a_typed_budget_beyond_the_limits_is_brought_into_them(tab, map_server):
    root = opened(tab, map_server)
    tab.locator(".number").fill("999999")
    tab.locator(".number").press("Enter")
    assert until_told(tab, "budget", str(POOL // 4)) == str(POOL // 4)
    assert state(root, "shown-budget") == str(POOL // 4)


def test_the_budget_slider_obeys_the_keyboard(tab, map_server):
    opened(tab, map_server)
    tab.locator(".range").focus()
    tab.keyboard.press("ArrowRight")
    assert until_told(tab, "budget", "1001") == "1001"


def test_a_lasso_arrives_unrounded_and_the_server_counts(tab, map_server):
    opened(tab, map_server)
    draw_lasso(tab)
    assert int(until_told(tab, "inside", r"\d+")) > 500
    said = tab.get_by_text(re.compile(r"first=\(")).inner_text()
    corner = re.search(r"first=\(([^,]+), ([^)]+)\)", said)
    numbers = [float(part) for part in corner.groups()]
    assert numbers == [float(np.float32(part)) for part in numbers]
    assert tab.locator("path.lasso.replace").get_attribute("d").startswith("M")


def test_escape_clears_the_lasso(tab, map_server):
    opened(tab, map_server)
    draw_lasso(tab)
    until_told(tab, "inside", r"\d+")
    tab.locator(".stage").press("Escape")
    assert until_told(tab, "inside", "None") == "None"
    assert tab.locator("path.lasso.replace").count() == 0


def test_a_click_picks_the_nearest_point_and_rings_it(tab, map_server):
    opened(tab, map_server)
    tab.mouse.click(*middle(tab))
    row = until_told(tab, "row", r"\d+")
    assert 0 <= int(row) < POOL
    ring = tab.locator(".mark.picked").bounding_box()
    x, y = middle(tab)
    assert abs(ring["x"] + ring["width"] / 2 - x) <= 11
    assert abs(ring["y"] + ring["height"] / 2 - y) <= 11


def test_hovering_shows_the_category_and_sends_nothing(tab, map_server):
    opened(tab, map_server, "colour=cluster")
    tab.wait_for_timeout(400)
    before = tab.evaluate("sendings.length")
    tab.mouse.move(*middle(tab))
    tab.wait_for_selector(".tip:not([hidden])")
    assert re.search("cluster|noise|other", tab.locator(".tip").inner_text())
    assert tab.evaluate("sendings.length") == before


def test_every_tool_works_from_the_keyboard(tab, map_server):
    root = opened(tab, map_server)
    stage = tab.locator(".stage")
    stage.focus()
    start = state(root, "view")
    for key in ("+", "ArrowLeft", "ArrowUp", "-"):
        before = state(root, "view")
        tab.keyboard.press(key)
        tab.wait_for_function(
            "([root, before]) => root.dataset.view !== before",
            arg=[root.element_handle(), before],
        )
    tab.keyboard.press("0")
    tab.wait_for_function(
        "([root, start]) => root.dataset.view === start", arg=[root.element_handle(), start]
    )
    tab.keyboard.press("Enter")
    until_told(tab, "row", r"\d+")
    tab.keyboard.press("l")
    assert tab.get_by_role("button", name="Lasso").get_attribute("aria-pressed") == "true"
    assert "Arrows: move." in stage.get_attribute("aria-label")


def test_base_arrays_are_fetched_once_with_a_token_in_the_header(tab, map_server):
    asked = []
    tab.on("request", lambda request: asked.append(request) if "/atlas/" in request.url else 0)
    opened(tab, map_server)
    with tab.expect_response(re.compile("/atlas/")):
        tab.get_by_role("button", name="Select again").click()
    tab.wait_for_timeout(300)
    addresses = {request.url for request in asked}
    assert len(asked) == len(addresses) == 3  # points, the order, and the next order
    assert all(re.search(r"/atlas/[0-9a-f]{16}/[0-9a-f]{32}$", url) for url in addresses)
    assert all(request.headers["x-atlas-token"] for request in asked)


def test_the_components_folder_is_served_and_leads_no_further(tab, map_server):
    opened(tab, map_server, "n=1")
    files = {"index.js": 200, "map.css": 200, "..%2f..%2fpyproject.toml": 400, "%2fetc%2fx": 400}
    for path, status in files.items():
        answer = tab.request.get(f"{map_server}/_stcore/bidi-components/coreset-atlas.map/{path}")
        assert answer.status == status
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_token_that_ran_out_is_renewed_without_a_reload(tab, map_server):
    refused = []

    def once(route):
        if refused:
            return route.continue_()
        refused.append(route.request.url)
        return route.fulfill(status=401, body="refused")

    tab.route("**/atlas/**", once)
    root = opened(tab, map_server)
    assert refused
    assert state(root, "points") == str(POOL)


def test_a_lost_context_is_restored_with_its_points(tab, map_server):
    root = opened(tab, map_server)
    full = coloured_share(tab)
    frames = int(state(root, "frame"))
    root.locator("canvas").evaluate(
        """(canvas) => {
          const loss = canvas.getContext('webgl2').getExtension('WEBGL_lose_context');
          loss.loseContext();
          setTimeout(() => loss.restoreContext(), 50);
        }"""
    )
    tab.wait_for_timeout(600)
    assert int(state(root, "frame")) > frames
    assert coloured_share(tab) == pytest.approx(full, rel=0.1)


def test_leaving_the_page_frees_the_context(tab, map_server):
    root = opened(tab, map_server)
    root.locator("canvas").evaluate("(canvas) => { window.kept = canvas.getContext('webgl2'); }")
    tab.get_by_text("Hide").click()
    tab.wait_for_function("() => window.kept.isContextLost()")
    tab.get_by_text("Hide").click()
    tab.wait_for_selector(".atlas-map[data-ready=true]")
    assert coloured_share(tab) > 0.03


def test_the_canvas_follows_the_window(tab, map_server):
    opened(tab, map_server)
    wide = tab.locator("canvas").evaluate("(canvas) => canvas.width")
    tab.set_viewport_size({"width": 800, "height": 900})
    tab.wait_for_function(
        "([canvas, wide]) => canvas.width < wide",
        arg=[tab.locator("canvas").element_handle(), wide],
    )
    assert coloured_share(tab) > 0.03
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_pool_of_one_can_be_picked(tab, map_server):
    root = opened(tab, map_server, "n=1")
    assert state(root, "shown-budget") == "1"
    tab.mouse.click(*middle(tab))
    assert until_told(tab, "row", "0") == "0"


def test_an_empty_pool_says_so(tab, map_server):
    opened(tab, map_server, "n=0&plain")
    assert tab.locator(".message").inner_text() == "There are no examples to show."


def test_without_a_selection_there_is_no_slider(tab, map_server):
    root = opened(tab, map_server, "plain")
    assert tab.locator(".budget").is_hidden()
    assert state(root, "shown-budget") == "0"


def test_without_webgl_one_quiet_line_stays_and_the_server_is_told(playwright, map_server):
    arguments = [*ARGUMENTS, "--disable-3d-apis"]
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=arguments)
    try:
        page = browser.new_page()
        page.goto(map_server)
        assert "no WebGL2" in page.locator(".lacking").inner_text()
        page.get_by_text("webgl=False").wait_for()
        assert page.locator(".stage").count() == 0
        page.locator(".number").fill("2500")
        page.locator(".number").press("Enter")
        assert until_told(page, "budget", "2500") == "2500"
        assert page.locator(".counter").inner_text() == "chosen 2,500 of 51,924"
    finally:
        browser.close()
