"""The compare page in a real browser: intersections by click and key, lasso, address, J and K.

With CORESET_COMPARE_WORKSPACE set, it runs on that workspace (three methods solved) instead.
"""

import math
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.conftest import ROOT, app_on

PATIENCE = 120_000  # ms a page may take on two busy cores
WIDE, NARROW = {"width": 1280, "height": 1600}, {"width": 1024, "height": 1600}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def workspace(request, tmp_path_factory):
    """The demo with orders of two more methods."""
    other = os.environ.get("CORESET_COMPARE_WORKSPACE")
    if other:
        return Path(other)
    folder = tmp_path_factory.mktemp("compare") / "w"
    shutil.copytree(request.getfixturevalue("demo_workspace"), folder)
    for method in ("mads", "kmq", "sae-greedy"):
        command = [sys.executable, "-m", "core", "select", f"--method={method}", "--budget=100"]
        done = subprocess.run(
            [*command, "--workspace", str(folder)], cwd=ROOT, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-2000:]
    return folder


@pytest.fixture(scope="module")
def app(workspace, tmp_path_factory):
    with app_on(workspace, tmp_path_factory.mktemp("state")) as address:
        yield address


def at_rest(tab):
    """Nothing runs and nothing is being drawn anew."""
    for _ in range(3):
        for what in ("[data-testid=stStatusWidget]", "[data-stale=true]"):
            tab.locator(what).first.wait_for(state="detached", timeout=PATIENCE)
        tab.wait_for_timeout(300)


@pytest.fixture
def opened(tab, app):
    """Opens the page with a query, once intersections and map are drawn."""

    def go(query="", size=WIDE):
        tab.set_default_timeout(PATIENCE)
        tab.set_viewport_size(size)
        tab.goto(f"{app}/compare{query}")
        tab.wait_for_selector(".upset[data-ready=true]")
        tab.wait_for_selector(".atlas-map[data-ready=true]")
        at_rest(tab)
        return tab

    return go


def counted(tab):
    """The rows above the table."""
    said = tab.get_by_text(re.compile(r"^[\d,]+ rows? (in|only in) ")).first.inner_text()
    return int(said.split()[0].replace(",", ""))


def rows_of(column):
    """What a column says of itself, to who does not see it."""
    return int(column.get_attribute("aria-label").split()[0].replace(",", ""))


def test_the_first_view_shows_five_subsets(opened):
    tab = opened()
    names = tab.locator(".upset .set .name").all_inner_texts()
    assert names == ["sae-greedy", "kmq", "mads", "random", "longest"]
    assert tab.locator(".atlas-pairs td small").count() == 20
    assert tab.locator(".atlas-table tbody tr").count() == 5
    assert tab.locator("[data-testid=stDataFrame]").count() == 1


def test_scripts_come_from_addresses_that_a_browser_keeps(opened):
    asked = opened().evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    ours = [one.split("/")[3] for one in asked if "coreset-atlas" in one and one.endswith(".js")]
    assert ours.count("atlas-scripts") > 40
    assert ours.count("_stcore") == 3  # the entries of the map, the intersections and the talk keys


def test_a_click_on_an_intersection_narrows_to_its_rows(opened):
    tab = opened()
    column = tab.locator(".upset .column").nth(1)
    wanted = rows_of(column)
    column.click()
    at_rest(tab)
    assert column.get_attribute("aria-selected") == "true"
    assert counted(tab) == wanted
    column.click()
    at_rest(tab)
    assert counted(tab) > wanted


def test_intersections_are_picked_by_keyboard(opened):
    tab = opened()
    columns = tab.locator(".upset .column")
    columns.first.focus()
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("Enter")
    at_rest(tab)
    assert columns.nth(2).get_attribute("aria-selected") == "true"
    assert counted(tab) == rows_of(columns.nth(2))
    tab.keyboard.press("Escape")
    at_rest(tab)
    assert columns.nth(2).get_attribute("aria-selected") == "false"


def test_a_lasso_narrows_a_side_of_a_pair(opened):
    tab = opened()
    tab.get_by_text("Only in A", exact=True).click()
    at_rest(tab)
    whole = counted(tab)
    stage = tab.locator(".stage").first
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    x, y, reach = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, 90
    tab.keyboard.down("Shift")
    tab.mouse.move(x + reach, y)
    tab.mouse.down()
    for corner in range(25):
        angle = 2 * math.pi * corner / 24
        tab.mouse.move(x + reach * math.cos(angle), y + reach * math.sin(angle))
    tab.mouse.up()
    tab.keyboard.up("Shift")
    tab.get_by_text(re.compile("inside the lasso")).first.wait_for(timeout=PATIENCE)
    at_rest(tab)
    assert 0 < counted(tab) < whole


def test_j_and_k_walk_through_the_table(opened):
    tab = opened()
    tab.keyboard.press("j")
    tab.get_by_text(re.compile(r"^1 of \d+ listed$")).wait_for(timeout=PATIENCE)
    at_rest(tab)
    first = tab.url
    tab.keyboard.press("j")
    tab.get_by_text(re.compile(r"^2 of \d+ listed$")).wait_for(timeout=PATIENCE)
    at_rest(tab)
    assert "example=" in first and tab.url != first
    tab.keyboard.press("k")
    tab.get_by_text(re.compile(r"^1 of \d+ listed$")).wait_for(timeout=PATIENCE)


def test_a_reload_finds_the_same_subsets_at_the_same_budget(opened):
    tab = opened("?subsets=baseline:random,baseline:longest&budget=40")
    assert tab.locator(".upset .set .name").all_inner_texts() == ["random", "longest"]
    address = tab.url
    tab.reload()
    tab.wait_for_selector(".upset[data-ready=true]")
    at_rest(tab)
    assert tab.url == address
    assert tab.locator(".upset .set .number").all_inner_texts() == ["40", "40"]


@pytest.mark.parametrize("see", ["overlap", "coverage", "length", "metrics"])
def test_nothing_scrolls_sideways_at_1024(tab, app, see):
    tab.set_viewport_size(NARROW)
    tab.goto(f"{app}/compare?see={see}")
    tab.get_by_text("Metrics and seeds").first.wait_for(timeout=PATIENCE)
    at_rest(tab)
    main = "document.querySelector('[data-testid=stMain]')"
    assert tab.evaluate(f"{main}.scrollWidth <= {main}.clientWidth")
