"""The features page in a real browser: map, sorted list, marks of the keyboard, what it takes.

With CORESET_FEATURES_WORKSPACE set, it runs on that workspace (latents laid out) instead.
"""

import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.workspace import Workspace
from tests.browser.conftest import serving

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "assets" / "demo.jsonl"
PATIENCE = 120_000  # ms a page may take on two busy cores
ROW = 35  # px, of a line of a table
OPENED = 5  # latents that are opened for the time it takes

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """The demo pool with its latents laid out and a subset that lacks some of them."""
    given = os.environ.get("CORESET_FEATURES_WORKSPACE")
    if given:
        return Path(given)
    folder = tmp_path_factory.mktemp("features") / "w"
    for step in (
        ["run", str(DEMO), "--budget", "20"],
        ["project", "--space=latents"],
    ):
        command = [sys.executable, "-m", "core", *step, "--workspace", folder]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]
    return folder


@pytest.fixture(scope="module")
def app(workspace, tmp_path_factory):
    os.environ["CORESET_WORKSPACE"] = str(workspace)
    with serving(ROOT / "app.py", tmp_path_factory.mktemp("state")) as address:
        yield address
    del os.environ["CORESET_WORKSPACE"]


def at_rest(tab):
    """Nothing runs and nothing is being drawn anew."""
    for _ in range(3):
        for what in (
            "[data-testid=stStatusWidget]",
            "[data-stale=true]",
            "[data-testid=stSpinner]",
        ):
            tab.locator(what).first.wait_for(state="detached", timeout=PATIENCE)
        tab.wait_for_timeout(200)


def features(tab, app, query=""):
    tab.goto(f"{app}/features{query}")
    tab.wait_for_selector(".atlas-map[data-ready=true]", timeout=PATIENCE)
    at_rest(tab)


def in_view(tab):
    heading = tab.get_by_role("heading", name=re.compile(r"^Latent \d+$")).first
    return int(heading.inner_text().split()[1])


def grid(tab):
    """The list's table, brought into sight, and its box."""
    found = tab.locator("[data-testid=stDataFrame]").first
    found.scroll_into_view_if_needed()
    return found, found.bounding_box()


def cell(tab, column, line):
    """What a cell says, from the table that screen readers are given."""
    found, _ = grid(tab)
    return found.get_by_test_id(f"glide-cell-{column}-{line}").first.inner_text()


def pick(tab, line):
    _, box = grid(tab)
    tab.mouse.click(box["x"] + 16, box["y"] + ROW * (line + 1) + ROW / 2)


def chip(tab, name):
    return tab.get_by_text(re.compile(rf"^{name} [\d,]+$")).first


def number(text):
    return int(text.replace(",", ""))


def expect_latent(tab, latent):
    tab.get_by_role("heading", name=f"Latent {latent}", exact=True).first.wait_for(timeout=PATIENCE)


def test_a_click_on_the_map_opens_a_latent_and_the_address_follows(tab, app):
    features(tab, app)
    tab.locator(".stage").first.scroll_into_view_if_needed()
    box = tab.locator(".stage").first.bounding_box()
    before = in_view(tab)
    for share in (0.5, 0.45, 0.55, 0.6):
        tab.mouse.click(box["x"] + box["width"] * share, box["y"] + box["height"] * share)
        tab.wait_for_timeout(500)
        at_rest(tab)
        if in_view(tab) != before:
            break
    assert in_view(tab) != before
    assert f"latent={in_view(tab)}" in tab.url


def test_a_link_opens_its_latent(tab, app):
    features(tab, app)
    latent = number(cell(tab, 1, 3))
    features(tab, app, f"?latent={latent}")
    assert in_view(tab) == latent


def test_after_sorting_a_picked_line_opens_what_stands_in_it(tab, app):
    features(tab, app)
    first = cell(tab, 1, 0)
    _, box = grid(tab)
    tab.mouse.click(box["x"] + 90, box["y"] + ROW / 2)  # the header of the latents' numbers
    tab.wait_for_timeout(500)
    if cell(tab, 1, 0) == first:
        pytest.fail("the table was not sorted by a click on its header")
    for line in (4, 1):
        wanted = number(cell(tab, 1, line))
        pick(tab, line)
        expect_latent(tab, wanted)
        at_rest(tab)


def test_after_narrowing_a_picked_line_opens_what_stands_in_it(tab, app):
    features(tab, app)
    pick(tab, 5)
    at_rest(tab)
    chip(tab, "covered").click()
    tab.wait_for_timeout(300)
    at_rest(tab)
    wanted = number(cell(tab, 1, 2))
    pick(tab, 2)
    expect_latent(tab, wanted)


def n_pinned(workspace):
    """Rows pinned in the selection in use."""
    return len(Workspace.open(workspace).in_use("selection").config["pinned"])


def test_one_key_adds_the_row_and_another_takes_it_back(tab, app, workspace):
    features(tab, app)
    chip(tab, "uncovered").click()
    tab.wait_for_timeout(300)
    at_rest(tab)
    lacking = tab.get_by_text(re.compile(r"^[\d,]+ uncovered latents?")).first.inner_text()
    tab.keyboard.press("a")
    told = tab.get_by_text(re.compile(r"is pinned for latent \d+")).first
    told.wait_for(timeout=PATIENCE)
    at_rest(tab)
    assert n_pinned(workspace) == 1
    tab.keyboard.press("z")
    told.wait_for(state="detached", timeout=PATIENCE)
    at_rest(tab)
    tab.get_by_text(lacking, exact=True).first.wait_for(timeout=PATIENCE)
    assert n_pinned(workspace) == 0


def test_a_letter_that_is_typed_is_no_key(tab, app):
    features(tab, app)
    chip(tab, "uncovered").click()
    at_rest(tab)
    tab.get_by_label("Find latents").first.click()
    tab.keyboard.type("a")
    tab.wait_for_timeout(800)
    assert tab.get_by_text(re.compile(r"is pinned for latent")).count() == 0


def test_opening_a_latent_is_measured(tab, app, capsys):
    features(tab, app)
    wanted = [number(cell(tab, 1, line)) for line in range(1, OPENED + 1)]
    for line in range(1, OPENED + 1):  # the tokens are read once
        pick(tab, line)
        expect_latent(tab, wanted[line - 1])
        at_rest(tab)
    took = []
    for line in range(1, OPENED + 1):
        began = time.monotonic()
        pick(tab, line)
        expect_latent(tab, wanted[line - 1])
        took.append(1000 * (time.monotonic() - began))
        at_rest(tab)
    with capsys.disabled():
        sys.stdout.write(
            f"\nopening a latent whose tokens are kept, click to its name on the page: median "
            f"{statistics.median(took):.0f} ms of {OPENED}, slowest {max(took):.0f} ms\n"
        )
