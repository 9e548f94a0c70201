"""The states of a page while data loads, work goes on, fails or is out of date, in a real browser.

Screenshots go to CORESET_SCREENSHOTS, or to the test's own folder.
"""

import os
import shutil
from pathlib import Path

import pytest

from core import jobs
from core.pipeline import features
from core.workspace import Workspace
from tests.browser.conftest import app_on

PATIENCE = 90_000  # ms
AT_REST = "[data-testid=stApp][data-test-script-state=notRunning]"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def workspace(demo_workspace, tmp_path_factory):
    """The demo workspace, to be worked in."""
    return shutil.copytree(demo_workspace, tmp_path_factory.mktemp("states") / "w")


@pytest.fixture(scope="module")
def app(workspace, tmp_path_factory):
    with app_on(workspace, tmp_path_factory.mktemp("state")) as address:
        yield address


@pytest.fixture
def shots(tmp_path):
    return Path(os.environ.get("CORESET_SCREENSHOTS") or tmp_path)


def test_a_running_job_shows_its_progress_and_the_page_stays_in_use(tab, app, workspace, shots):
    arguments = ["sae", "train", "--set", "n_latents=2048", "--set", "epochs=200"]
    job = jobs.start(workspace, arguments, title="Train an SAE")
    try:
        tab.goto(f"{app}/model")
        tab.get_by_text("Train an SAE").first.wait_for(timeout=PATIENCE)
        tab.get_by_role("button", name="Cancel").wait_for(timeout=PATIENCE)
        tab.screenshot(path=shots / "model-running.png")
        assert tab.locator("[data-testid=stProgress]").count() >= 1
        assert tab.get_by_text("How it was read").is_visible()
        tab.get_by_role("button", name="Cancel").click()
        tab.get_by_role("button", name="Resume").wait_for(timeout=PATIENCE)
    finally:
        jobs.cancel(workspace, job)
    assert jobs.read(workspace, job).state == "cancelled"


def test_a_failed_job_says_one_line_and_keeps_its_log_one_click_away(tab, app, workspace, shots):
    job = jobs.start(workspace, ["ingest", "no-such-file.jsonl"], title="Read sources")
    tab.goto(f"{app}/dataset")
    tab.get_by_role("button", name="Start again").wait_for(timeout=PATIENCE)
    tab.screenshot(path=shots / "dataset-failed.png")
    shown = tab.locator(f".st-key-job-{job}")
    assert "no-such-file.jsonl" in shown.inner_text()
    assert "Traceback" not in shown.inner_text()
    shown.get_by_text("Log").click()
    assert "error" in shown.locator("[data-testid=stCode]").inner_text()
    assert tab.get_by_text("751", exact=True).first.is_visible()


class Held:
    """Answers to these addresses are held back until they are let go."""

    def __init__(self, tab, addresses):
        self.routes, self.is_open = [], False
        tab.route(addresses, self.take)

    def take(self, route):
        if self.is_open:
            route.continue_()
        else:
            self.routes.append(route)

    def let_go(self):
        self.is_open = True
        for route in self.routes:
            route.continue_()


def below_the_map(tab):
    """Where things stand: what is above, the map's room, and what is below it."""
    found = {
        "title": tab.locator("h1"),
        "bar": tab.locator(".st-key-budget-bar"),
        "stage": tab.locator(".st-key-stage-map"),
        "table": tab.get_by_text("of them chosen"),
    }
    boxes = {name: one.first.bounding_box() for name, one in found.items()}
    return {name: (round(box["x"]), round(box["y"])) for name, box in boxes.items()}


def test_the_map_keeps_its_room_while_it_is_on_its_way(tab, app, shots):
    held = Held(tab, "**/_stcore/bidi-components/**")
    tab.goto(app)
    tab.get_by_text("of them chosen").wait_for(timeout=PATIENCE)
    tab.locator(".st-key-map-search input").first.wait_for(timeout=PATIENCE)
    tab.wait_for_selector(AT_REST, timeout=PATIENCE)
    tab.screenshot(path=shots / "map-loading.png")
    assert held.routes
    assert not tab.locator(".atlas-map[data-ready=true]").count()
    before = below_the_map(tab)
    held.let_go()
    tab.locator(".atlas-map[data-ready=true]").wait_for(timeout=PATIENCE)
    tab.screenshot(path=shots / "map-loaded.png")
    assert below_the_map(tab) == before


def test_the_map_keeps_its_room_while_its_points_are_on_their_way(tab, app):
    held = Held(tab, "**/atlas/**")
    tab.goto(app)
    tab.locator(".atlas-map").wait_for(timeout=PATIENCE)
    tab.get_by_text("of them chosen").wait_for(timeout=PATIENCE)
    tab.wait_for_selector(AT_REST, timeout=PATIENCE)
    assert held.routes
    before = tab.locator(".st-key-stage-map").bounding_box()
    held.let_go()
    tab.locator(".atlas-map[data-ready=true]").wait_for(timeout=PATIENCE)
    assert tab.locator(".st-key-stage-map").bounding_box() == before


@pytest.mark.parametrize("page", ["dataset", "clusters", "features", "coverage", "export"])
def test_the_title_stands_in_its_place_from_the_first(tab, app, page):
    tab.goto(f"{app}/{page}")
    tab.wait_for_selector("h1", timeout=PATIENCE)
    first = tab.locator("h1").bounding_box()
    tab.wait_for_selector(AT_REST, timeout=PATIENCE)
    tab.wait_for_function(
        "() => !document.querySelector('[data-testid=stSkeleton], [data-testid=stSpinner]')",
        timeout=PATIENCE,
    )
    assert tab.locator("h1").bounding_box()["y"] == first["y"]


def test_numbers_keep_their_second_line_when_talk_enlarges_them(tab, app):
    tab.goto(f"{app}/features")
    numbers = tab.locator("[data-testid=stElementContainer]:has(> [data-testid=stMetric])")
    numbers.first.wait_for(timeout=PATIENCE)
    tab.wait_for_selector(AT_REST, timeout=PATIENCE)
    tab.keyboard.press("t")
    tab.locator("[data-testid=stSidebar]").wait_for(state="hidden", timeout=PATIENCE)
    hidden = numbers.evaluate_all("(all) => all.map((one) => one.scrollHeight - one.clientHeight)")
    assert hidden
    assert max(hidden) <= 1


def test_a_subset_on_other_features_says_so_and_is_chosen_again(tab, app, workspace, shots):
    opened = Workspace.open(workspace)
    before = opened.in_use("features").config
    features.make(opened, {"value": 3.0})
    try:
        for page in ("export", "coverage", "subset"):
            tab.goto(f"{app}/{page}")
            said = tab.locator(".st-key-stale-selection")
            said.wait_for(timeout=PATIENCE)
            tab.screenshot(path=shots / f"{page}-stale.png")
            assert "was chosen on other features." in said.inner_text()
            assert "Threshold now: 3, a median of" in said.inner_text()
            bar = tab.locator(".st-key-budget-bar")
            assert "was chosen on other features." in bar.inner_text()
        said.get_by_role("button", name="Select 100 rows again").click()
        said.wait_for(state="detached", timeout=PATIENCE)
        assert "by sae-greedy" in tab.locator(".st-key-budget-bar").inner_text()
    finally:
        features.make(opened, before)


def test_going_back_to_the_former_threshold_brings_the_subset_back(tab, app, workspace):
    opened = Workspace.open(workspace)
    roles = opened.current()
    features.make(opened, {"value": 3.5})
    tab.goto(f"{app}/export")
    tab.get_by_role("button", name="Go back to the former threshold").click(timeout=PATIENCE)
    tab.locator(".st-key-stale-selection").wait_for(state="detached", timeout=PATIENCE)
    assert opened.current() == roles
