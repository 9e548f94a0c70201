"""The states of a page while work goes on or has failed, seen in a real browser.

Screenshots go to CORESET_SCREENSHOTS, or to the test's own folder.
"""

import os
import shutil
from pathlib import Path

import pytest

from core import jobs
from tests.browser.conftest import app_on

PATIENCE = 60_000  # ms

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
