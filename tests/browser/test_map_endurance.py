"""Fifty updates of a map: nothing jumps, nothing is made twice, nothing is kept."""

import re
import sys

import pytest

from tests.browser.map_hand import draw_lasso, middle, opened, state, told, until_told

pytestmark = pytest.mark.browser

UPDATES = 50
WARM = 15  # updates before the heap is measured first, so that code is compiled and caches stand
GROWTH = 1.5e6  # bytes of the JavaScript heap over the other 40 updates


def heap(tab, devtools):
    """Bytes in use once everything that nobody holds is gone."""
    for _ in range(2):
        devtools.send("HeapProfiler.collectGarbage")
    return tab.evaluate("performance.memory.usedJSHeapSize")


def test_fifty_updates_keep_zoom_and_strokes_in_one_context_and_the_heap_small(
    tab, map_server, capsys
):
    root = opened(tab, map_server, "n=20000&hover&colour=cluster")
    devtools = tab.context.new_cdp_session(tab)
    tab.mouse.move(*middle(tab))
    tab.mouse.wheel(0, -400)
    draw_lasso(tab)
    inside = until_told(tab, "inside", r"\d+")
    view, outline = state(root, "view"), tab.locator("path.lasso.replace").get_attribute("d")
    assert not view.endswith(",1")
    sizes = []
    for update in range(UPDATES):
        with tab.expect_response(re.compile("/atlas/")):
            tab.get_by_role("button", name="Select again").click()
        if update + 1 in (WARM, UPDATES):
            tab.wait_for_timeout(500)
            sizes.append(heap(tab, devtools))
    assert state(root, "view") == view
    assert state(root, "contexts") == "1"
    assert tab.locator("path.lasso.replace").get_attribute("d") == outline
    assert told(tab, "inside") == inside
    with capsys.disabled():
        sys.stdout.write(
            f"\nheap after {WARM} and {UPDATES} updates: "
            f"{sizes[0] / 1e6:.2f} and {sizes[1] / 1e6:.2f} MB\n"
        )
    assert sizes[1] - sizes[0] < GROWTH


def test_maps_that_come_and_go_leave_no_context_and_no_memory(tab, map_server):
    opened(tab, map_server, "n=20000")
    devtools = tab.context.new_cdp_session(tab)
    sizes = []
    for leaving in range(8):
        tab.get_by_text("Hide").click()
        tab.locator(".atlas-map").wait_for(state="detached")
        if leaving in (2, 7):
            tab.wait_for_timeout(300)
            sizes.append(heap(tab, devtools))
        tab.get_by_text("Hide").click()
        tab.wait_for_selector(".atlas-map[data-ready=true]")
    assert sizes[1] - sizes[0] < GROWTH
