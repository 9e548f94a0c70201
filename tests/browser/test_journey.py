"""The whole journey in a real browser: demo, map, lasso, a row, the budget, the export.

With CORESET_JOURNEY_WORKSPACE set, the budget is measured on that workspace instead of the demo.
"""

import json
import os
import re
import shutil
import statistics
import sys

import numpy as np
import pytest

from tests.browser.conftest import app_on

N_DEMO = 751
MOVES = 20
PATIENCE = 60_000  # ms a page may take on two busy cores

pytestmark = pytest.mark.browser

# Each movement waits until the one before is drawn; the map keeps what each took.
MOVE_THE_BUDGET = """async ([from, to, moves]) => {
  const range = [...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]
    .map((host) => host.shadowRoot?.querySelector('.range')).find(Boolean);
  for (let i = 1; i <= moves; i += 1) {
    range.value = Math.round(from + ((to - from) * i) / moves);
    range.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 0)));
  }
  return performance.getEntriesByName('atlas-map-budget').map((entry) => entry.duration);
}"""


@pytest.fixture(scope="module")
def workspace(demo_workspace, tmp_path_factory):
    """The demo workspace, to be changed."""
    return shutil.copytree(demo_workspace, tmp_path_factory.mktemp("journey") / "w")


@pytest.fixture(scope="module")
def app(workspace, tmp_path_factory):
    """The app on the demo workspace."""
    with app_on(workspace, tmp_path_factory.mktemp("state")) as address:
        yield address


@pytest.fixture(scope="module")
def measured(request, tmp_path_factory):
    """The app whose budget is measured, and the budgets between which it moves."""
    other = os.environ.get("CORESET_JOURNEY_WORKSPACE")
    if not other:
        yield request.getfixturevalue("app"), (100, 700)
        return
    with app_on(other, tmp_path_factory.mktemp("state")) as address:
        yield address, (100, 10_000)


def map_of(tab, address):
    tab.goto(f"{address}/?probe")
    tab.wait_for_selector(".atlas-map[data-ready=true]", timeout=PATIENCE)
    return tab.locator(".atlas-map")


def draw_lasso(tab):
    box = tab.locator(".stage").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    radius = min(box["width"], box["height"]) * 0.35
    tab.keyboard.down("Shift")
    tab.mouse.move(x + radius, y)
    tab.mouse.down()
    for angle in np.linspace(0, 2 * np.pi, 24):
        tab.mouse.move(x + radius * np.cos(angle), y + radius * np.sin(angle))
    tab.mouse.up()
    tab.keyboard.up("Shift")


def move_budget(tab, start, stop, moves=MOVES):
    return tab.evaluate(MOVE_THE_BUDGET, [start, stop, moves])


def test_from_the_demo_to_a_training_file(tab, app, workspace):
    shown = map_of(tab, app)
    assert shown.get_attribute("data-points") == str(N_DEMO)

    draw_lasso(tab)
    tab.get_by_text("inside the lasso", exact=True).wait_for(timeout=PATIENCE)
    told = tab.get_by_text(re.compile(r"^[\d,]+ examples? match")).filter(has_not_text=str(N_DEMO))
    told.wait_for(timeout=PATIENCE)
    inside = int(re.search(r"([\d,]+) examples?", told.inner_text())[1].replace(",", ""))
    assert 0 < inside < N_DEMO

    box = tab.locator(".stage").bounding_box()
    tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    reason = tab.get_by_text(re.compile(r"(Picked \d|Not chosen:)")).first
    reason.wait_for(timeout=PATIENCE)

    move_budget(tab, 100, 200)
    tab.get_by_text(re.compile(r"^200$")).first.wait_for(timeout=PATIENCE)

    tab.get_by_role("link", name="Export").first.click()
    tab.get_by_role("button", name="Export 200 rows").click(timeout=PATIENCE)
    tab.get_by_text("Download as zip").first.wait_for(timeout=PATIENCE)
    (written,) = workspace.glob("exports/*/data.jsonl")
    rows = [json.loads(line) for line in written.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 200
    assert all(set(row) >= {"messages", "topic"} for row in rows)


def test_the_budget_is_drawn_while_the_hand_moves(tab, measured, capsys):
    address, (start, stop) = measured
    shown = map_of(tab, address)
    took = move_budget(tab, start, stop)
    assert len(took) == MOVES
    assert shown.get_attribute("data-shown-budget") == str(stop)
    with capsys.disabled():
        sys.stdout.write(
            f"\nbudget slider at {int(shown.get_attribute('data-points')):,} points, {start:,} to "
            f"{stop:,}, input event to drawn frame: median {statistics.median(took):.0f} ms of "
            f"{MOVES}, slowest {max(took):.0f} ms\n"
        )


@pytest.mark.parametrize(
    "page", ["dataset", "model", "map", "clusters", "features", "subset", "export", "jobs"]
)
def test_each_page_opens_by_its_own_address(tab, app, page):
    tab.goto(f"{app}/{page}")
    tab.get_by_role("heading", name=page.capitalize(), exact=True).first.wait_for(timeout=PATIENCE)
    assert tab.get_by_test_id("stException").count() == 0
