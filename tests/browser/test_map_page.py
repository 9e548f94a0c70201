"""The map page in a real browser: no list is taken for another, and a reload finds all again."""

import re
import shutil
import sys
import time
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from tests.browser.conftest import app_on

pytestmark = pytest.mark.browser

PATIENCE = 60_000  # ms a page may take on two busy cores
HEADER, LINE, MARKER = 35, 35, 18  # px of a table: its head, a line, and where a line is picked
WITHIN_EXAMPLE = 250  # px from the left, after the marker and the pick
LISTED = 0  # the table under the map comes first


@pytest.fixture(scope="module")
def workspace(demo_workspace, tmp_path_factory):
    """A copy of the demo, since looking around keeps views in it."""
    return shutil.copytree(demo_workspace, tmp_path_factory.mktemp("map") / "w")


@pytest.fixture(scope="module")
def app(workspace, tmp_path_factory):
    with app_on(workspace, tmp_path_factory.mktemp("state")) as address:
        yield address


def opened(tab, address):
    tab.set_default_timeout(PATIENCE)
    tab.goto(address)
    settled(tab)


def settled(tab):
    tab.wait_for_selector(".atlas-map[data-ready=true]")
    tab.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    tab.wait_for_timeout(300)


def table(tab):
    return tab.get_by_test_id("stDataFrame").nth(LISTED)


def cell(tab, line, column):
    """What one cell of the table shows, as a reader of screens hears it."""
    grid = table(tab).locator("table[role=grid]")
    grid.locator("th", has_text=column).wait_for(state="attached")  # a new table is empty at first
    heads = [one.inner_text() for one in grid.locator("th").all()]
    at = next(i for i, head in enumerate(heads) if head.endswith(column))  # after an arrow
    row = grid.locator("tbody tr").nth(line)
    return row.locator("td").nth(at).inner_text()


def sort_by_example(tab):
    """Click the head of the column of examples, as one does to sort."""
    box = seen(tab)
    tab.mouse.click(box["x"] + WITHIN_EXAMPLE, box["y"] + HEADER / 2)
    tab.wait_for_timeout(600)


def seen(tab):
    """Where the table stands once it is in view."""
    table(tab).scroll_into_view_if_needed()
    return table(tab).bounding_box()


def pick_line(tab, line):
    box = seen(tab)
    tab.mouse.click(box["x"] + MARKER, box["y"] + HEADER + LINE * line + LINE / 2)
    settled(tab)


def read_text(tab):
    """The text in the reader, its white space evened out as in the table."""
    turns = tab.locator(".reader .turns").first.locator(".text")
    turns.first.wait_for()
    return " ".join(" ".join(turns.all_inner_texts()).split())


def lasso(tab, radius=0.3):
    tab.locator(".stage").first.scroll_into_view_if_needed()
    box = tab.locator(".stage").first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    size = min(box["width"], box["height"]) * radius
    tab.keyboard.down("Shift")
    tab.mouse.move(x + size, y)
    tab.mouse.down()
    for angle in np.linspace(0, 2 * np.pi, 24):
        tab.mouse.move(x + size * np.cos(angle), y + size * np.sin(angle))
    tab.mouse.up()
    tab.keyboard.up("Shift")


def counted(tab):
    """How many examples the sentence above the table counts."""
    said = tab.get_by_text(re.compile(r"examples? match")).first.inner_text()
    return int(re.match(r"([\d,]+)", said)[1].replace(",", ""))


def colour_by(tab, column):
    """Choose a colour by typing; a page that is drawn anew meanwhile closes the list."""
    box, option = tab.get_by_role("combobox", name="Colour by"), tab.get_by_role("option")
    end = time.monotonic() + PATIENCE / 1000
    while not option.filter(has_text=column).count() and time.monotonic() < end:
        box.click()
        box.fill(column)
        tab.wait_for_timeout(1_000)
    option.filter(has_text=column).first.click()


def search(tab, words):
    field = tab.get_by_label("Search the pool", exact=True)
    field.fill(words)
    field.press("Enter")
    tab.get_by_text(f"“{words}”").first.wait_for()
    settled(tab)


def query(tab):
    """What stands in the address, by name."""
    return parse_qs(urlsplit(tab.url).query)


def begins(text, preview):
    """Whether a text in the reader is the one that a table shows the beginning of."""
    plain = re.sub(r"\W+", "", preview)[:60]
    return bool(plain) and re.sub(r"\W+", "", text).startswith(plain)


def is_read(tab, preview):
    """Whether the reader comes to show what begins so, and goes on showing it."""
    end = time.monotonic() + PATIENCE / 1000
    while not begins(read_text(tab), preview) and time.monotonic() < end:
        tab.wait_for_timeout(50)
    settled(tab)
    return begins(read_text(tab), preview)


def test_a_line_picked_after_sorting_is_the_line_that_is_read(tab, app):
    opened(tab, app)
    before = [cell(tab, line, "example") for line in range(3)]
    sort_by_example(tab)
    after = [cell(tab, line, "example") for line in range(3)]
    assert after != before
    for line in (0, 2, 1):
        pick_line(tab, line)
        assert is_read(tab, after[line])


def test_no_position_outlives_its_list(tab, app):
    opened(tab, app)
    fifth = cell(tab, 4, "example")
    pick_line(tab, 4)
    assert is_read(tab, fifth)
    read = read_text(tab)
    search(tab, "water")
    assert read_text(tab) == read
    preview = cell(tab, 0, "example")
    pick_line(tab, 0)
    assert is_read(tab, preview)


def test_j_and_k_walk_through_the_table(tab, app):
    opened(tab, app)
    pick_line(tab, 1)
    first, second = cell(tab, 1, "example"), cell(tab, 2, "example")
    assert is_read(tab, first)
    tab.keyboard.press("j")
    tab.get_by_text("3 of 200 listed").wait_for()
    settled(tab)
    assert is_read(tab, second)
    tab.keyboard.press("k")
    tab.get_by_text("2 of 200 listed").wait_for()


def test_filters_lasso_row_and_colour_survive_a_reload_and_another_page(tab, app):
    opened(tab, app)
    search(tab, "the")
    lasso(tab)
    tab.get_by_text("inside the lasso").first.wait_for()
    settled(tab)
    pick_line(tab, 1)
    tab.wait_for_url(re.compile("example="))
    settled(tab)
    colour_by(tab, "topic")
    tab.wait_for_url(re.compile("colour="))
    settled(tab)
    address, n_found, read = query(tab), counted(tab), read_text(tab)
    assert set(address) == {"view", "example", "colour"}
    tab.reload()
    settled(tab)
    assert (query(tab), counted(tab), read_text(tab)) == (address, n_found, read)
    tab.get_by_role("link", name="Subset", exact=True).click()
    tab.get_by_role("heading", name="Subset", exact=True).wait_for()
    tab.get_by_role("link", name="Map", exact=True).click()
    settled(tab)
    assert (query(tab), counted(tab), read_text(tab)) == (address, n_found, read)
    assert tab.locator("path.lasso, .lasso path, svg path").count()


def test_a_lasso_is_a_chip_that_takes_it_off_the_map_again(tab, app):
    opened(tab, app)
    n_all = counted(tab)
    lasso(tab)
    tab.get_by_text("inside the lasso").first.wait_for()
    settled(tab)
    assert 0 < counted(tab) < n_all
    tab.get_by_role("button", name="✕").first.click()
    tab.get_by_text("inside the lasso").first.wait_for(state="detached")
    settled(tab)
    assert counted(tab) == n_all
    tab.get_by_role("button", name="Undo").first.click()
    tab.get_by_text("inside the lasso").first.wait_for()


def test_how_soon_the_table_follows_a_lasso(tab, app, capsys):
    opened(tab, app)
    lasso(tab, 0.15)
    tab.get_by_text("inside the lasso").first.wait_for()
    took = []
    for radius in (0.2, 0.25, 0.3, 0.35, 0.4):  # with Shift each adds to those before
        before = counted(tab)
        lasso(tab, radius)
        start = time.monotonic()
        while counted(tab) == before and time.monotonic() - start < PATIENCE / 1000:
            tab.wait_for_timeout(10)
        took.append(1000 * (time.monotonic() - start))
        settled(tab)
    assert len(took) == 5
    assert max(took) < PATIENCE
    with capsys.disabled():
        sys.stdout.write(
            f"\nlasso released to table, median of {len(took)}: {sorted(took)[2]:.0f} ms\n"
        )


def test_chips_that_come_and_go_leave_the_map_as_it_is(tab, app):
    """A map that Streamlit moved would be made anew, and its zoom be lost."""
    opened(tab, f"{app}/map")
    root = tab.locator(".atlas-map").first
    tab.locator(".stage").first.press("+")
    tab.wait_for_timeout(300)
    view = root.get_attribute("data-view")
    lasso(tab, 0.2)
    tab.get_by_text("inside the lasso").first.wait_for()
    settled(tab)
    assert (root.get_attribute("data-view"), root.get_attribute("data-contexts")) == (view, "1")
    tab.locator(".stage").first.press("Control+z")
    tab.get_by_text("inside the lasso").first.wait_for(state="hidden")
    settled(tab)
    assert (root.get_attribute("data-view"), root.get_attribute("data-contexts")) == (view, "1")
