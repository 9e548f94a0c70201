"""The treemap in a real browser: by click and by key, names as text, and a focus that is seen."""

from pathlib import Path

import pytest

from tests.browser import tabbing
from tests.browser.conftest import serving
from tests.browser.hostile import HOSTILE

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def treemap_server(tmp_path_factory):
    page = Path(__file__).parent / "treemap_page.py"
    with serving(page, tmp_path_factory.mktemp("state")) as address:
        yield address


@pytest.fixture
def treemap(tab, treemap_server):
    tab.goto(treemap_server)
    tab.wait_for_selector(".treemap[data-ready=true] .tile", timeout=30_000)
    return tab


def focused(tab):
    return int(tab.evaluate_handle(tabbing.FOCUSED).get_attribute("data-number"))


def enter(tab):
    """Into the treemap by Tab."""
    tab.get_by_role("button", name="Before").focus()
    tab.keyboard.press("Tab")


def test_tab_enters_at_the_picked_rectangle_and_leaves_at_once(treemap):
    enter(treemap)
    assert focused(treemap) == 11
    treemap.keyboard.press("Tab")
    assert treemap.evaluate("document.activeElement.textContent") == "After"
    treemap.keyboard.press("Shift+Tab")
    assert focused(treemap) == 11


def test_left_and_right_follow_the_reading_order_and_stop_at_its_ends(treemap):
    enter(treemap)
    treemap.keyboard.press("Home")
    seen = [focused(treemap)]
    for _ in range(6):
        treemap.keyboard.press("ArrowRight")
        seen.append(focused(treemap))
    assert seen == [10, 11, 20, 21, 22, 30, 30]
    treemap.keyboard.press("ArrowLeft")
    assert focused(treemap) == 22


def test_up_and_down_go_from_group_to_group(treemap):
    enter(treemap)
    seen = []
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "End"):
        treemap.keyboard.press(key)
        seen.append(focused(treemap))
    assert seen == [20, 30, 30, 20, 10, 30]


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_key_picks_and_the_focus_stays(treemap, key):
    enter(treemap)
    treemap.keyboard.press("ArrowRight")
    treemap.keyboard.press(key)
    treemap.get_by_text("picked=20").wait_for()
    assert focused(treemap) == 20
    assert treemap.locator(".tile[aria-selected=true]").get_attribute("data-number") == "20"


def test_a_click_picks(treemap):
    treemap.locator(".tile[data-number='30']").click()
    treemap.get_by_text("picked=30").wait_for()
    treemap.locator(".tile[data-number='30'][aria-selected=true]").wait_for()  # its next draw
    assert treemap.locator(".tile[aria-selected=true]").count() == 1


def test_the_focus_is_seen_and_says_what_is_known(treemap):
    enter(treemap)
    node = treemap.evaluate_handle(tabbing.FOCUSED)
    assert tabbing.is_visible(treemap, node)
    assert treemap.locator(".treemap .tip:not([hidden])").inner_text() == "two\n30 rows"
    treemap.keyboard.press("Escape")
    assert treemap.locator(".treemap .tip:not([hidden])").count() == 0


def test_each_rectangle_tells_assistive_technology_its_name_and_its_rows(treemap):
    listed = treemap.get_by_role("listbox", name="Six tiles")
    assert listed.get_by_role("option", name="two, 30 rows").count() == 1
    assert listed.get_by_role("group", name="first").get_by_role("option").count() == 2
    assert listed.get_by_role("option", selected=True).count() == 1


def test_markup_in_a_name_is_shown_as_text(treemap):
    treemap.locator(".tile[data-number='20']").hover()
    assert treemap.locator(".tip .title").inner_text() == HOSTILE.strip()
    assert treemap.evaluate("window.broken") is None
    for name in ("img", "script", "h1"):
        assert treemap.locator(f".treemap {name}").count() == 0


def test_a_name_is_whole_where_it_fits_and_gone_where_it_does_not(treemap):
    names = dict(
        treemap.locator(".tile").evaluate_all(
            "tiles => tiles.map((tile) => [tile.dataset.number, tile.innerText])"
        )
    )
    assert names["10"] == "alpha, beta, gamma"
    assert names["22"] == ""
