"""Every page by keyboard alone: Tab reaches its instruments, is seen, and is never trapped."""

import pytest

from tests.browser import tabbing
from tests.browser.conftest import app_on
from tests.browser.test_pages_alone import PAGES, PATIENCE, settled

# Streamlit's own stops that are no controls: the page and a table, which scroll.
SCROLLED = {"main", "group"}

# What Tab has to reach on a page, by class or test id.
INSTRUMENTS = {
    "clusters": ("stDataFrame", "stButtonGroup", "turns"),
    "coverage": ("stTabs", "stButtonGroup", "stDataFrame"),
    "dataset": ("stTabs", "stDataFrame", "turns"),
    "export": ("stRadio", "stTextInput", "code"),
    "features": ("stTextInput", "stDataFrame", "reader"),
    "map": ("stage", "range", "stDataFrame"),
    "model": ("stTabs", "stTextInput"),
    "subset": ("stSelectbox", "stTextInput", "stDataFrame", "turns"),
}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def app(demo_workspace, tmp_path_factory):
    with app_on(demo_workspace, tmp_path_factory.mktemp("keyboard")) as address:
        yield address


@pytest.fixture
def opened(tab, app):
    """Opens a page of the demo and gives it once everything on it has arrived."""

    def go(page):
        tab.set_default_timeout(PATIENCE)
        tab.goto(f"{app}/{page}")
        settled(tab, n_maps=page == "map")
        for shown in INSTRUMENTS.get(page, ()):
            tab.locator(f":is(.{shown}, [data-testid={shown}]):visible").first.wait_for()
        if "stDataFrame" in INSTRUMENTS.get(page, ()):
            cells = tab.locator("[data-testid=stDataFrame]:visible canvas td")
            cells.first.wait_for(state="attached")
        return tab

    return go


def in_focus(tab):
    return tab.evaluate_handle(tabbing.FOCUSED)


@pytest.mark.parametrize("page", PAGES)
def test_tab_goes_through_a_page_and_is_always_seen(opened, page):
    found = tabbing.stops(opened(page))
    assert [str(stop) for stop in found if not stop.is_seen] == []
    assert [str(stop) for stop in found if not stop.name and stop.role not in SCROLLED] == []
    assert [str(stop) for stop in found if stop.tabindex > 0] == []
    for instrument in INSTRUMENTS.get(page, ()):
        assert any(instrument in stop.around for stop in found), instrument


def test_tab_reaches_the_instrument_before_the_inspector(opened):
    found = tabbing.stops(opened("clusters"))
    parts = ("stSidebarNav", "stButtonGroup", "stDataFrame", "stPopover", "turns")
    first = [min(at for at, stop in enumerate(found) if part in stop.around) for part in parts]
    assert first == sorted(first)


def test_tab_enters_the_treemap_and_enter_picks(opened):
    tab = opened("clusters")
    tab.get_by_role("radio", name="Groups").click()
    tab.wait_for_selector(".treemap[data-ready=true] .tile")
    settled(tab, n_maps=0)
    (stop,) = [stop for stop in tabbing.stops(tab) if "treemap" in stop.around]
    assert stop.role == "option" and "of the pool" in stop.name and stop.is_seen
    tab.locator(".tile[tabindex='0']").focus()
    tab.keyboard.press("ArrowDown")
    name = in_focus(tab).evaluate("(tile) => tile.about.name")
    tab.keyboard.press("Enter")
    tab.locator(".st-key-cluster-name").get_by_text(name, exact=True).wait_for()
    tab.wait_for_selector(".tile:focus[aria-selected=true]")


def test_arrows_move_in_a_table_with_a_picked_line_and_shift_space_picks(opened):
    tab = opened("clusters")
    before = tab.locator(".st-key-cluster-name").inner_text()
    tab.get_by_role("button", name="Fullscreen").first.focus()
    tab.keyboard.press("Tab")
    assert in_focus(tab).inner_text() == before
    tab.keyboard.press("ArrowDown")
    tab.wait_for_function("(name) => document.activeElement.textContent !== name", arg=before)
    name = in_focus(tab).evaluate("(cell) => cell.textContent")
    tab.keyboard.press("Shift+Space")
    tab.locator(".st-key-cluster-name").get_by_text(name, exact=True).wait_for()


def test_a_table_is_left_by_tab_both_ways(opened):
    tab = opened("clusters")
    before = tab.get_by_role("button", name="Fullscreen").first
    before.focus()
    tab.keyboard.press("Tab")
    for _ in range(2):
        tab.keyboard.press("Shift+Tab")
    assert before.evaluate("(node) => node === document.activeElement")
    for _ in range(3):
        tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.textContent").endswith("Show on the map")


def test_a_popover_opened_by_a_key_takes_the_focus_and_escape_gives_it_back(opened):
    tab = opened("clusters")
    tab.get_by_role("button", name="Rename").focus()
    tab.keyboard.press("Enter")
    field = tab.get_by_label("Name of the cluster")
    field.wait_for()
    tab.wait_for_function("() => document.activeElement.closest('[data-testid=stPopoverBody]')")
    assert field.evaluate("(node) => node === document.activeElement")
    tab.keyboard.press("Escape")
    field.wait_for(state="detached")
    assert tab.evaluate("document.activeElement.textContent").startswith("edit")
