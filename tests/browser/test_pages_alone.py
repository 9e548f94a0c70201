"""Every page by deep link on a fresh server: on nothing, the demo, 52,000 rows, a share bundle.

Screenshots go to CORESET_SCREENSHOTS, or to the test's own folder.
"""

import os
from pathlib import Path

import pytest

from tests.browser.conftest import app_on

PAGES = sorted(path.stem for path in (Path(__file__).parents[2] / "pages").glob("*.py"))
PATIENCE = 90_000  # ms; a fresh server compiles and loads on two busy cores
WORKSPACES = ("empty", "demo", "large")

pytestmark = pytest.mark.browser


@pytest.fixture(params=WORKSPACES)
def named_workspace(request, tmp_path):
    """The name of a workspace, and its folder."""
    if request.param == "empty":
        return request.param, tmp_path / "empty"
    return request.param, request.getfixturevalue(f"{request.param}_workspace")


def settled(tab, n_maps):
    """Until the script has run to its end, maps are drawn and nothing waits any more."""
    tab.wait_for_selector("h1", timeout=PATIENCE)
    tab.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    tab.wait_for_function(
        "() => !document.querySelector('[data-testid=stSkeleton], [data-testid=stSpinner]')",
        timeout=PATIENCE,
    )
    if n_maps:
        tab.locator(".atlas-map[data-ready=true]").first.wait_for(timeout=PATIENCE)


def is_whole(tab, page, name, place):
    """Whether the page stands there without an error; a screenshot of it is kept."""
    settled(tab, n_maps=page == "map" and name != "empty")
    shots = Path(os.environ.get("CORESET_SCREENSHOTS") or place)
    tab.screenshot(path=shots / f"{page}-{name}.png")
    assert tab.locator("[data-testid=stException], [data-testid=stAlertContentError]").count() == 0
    assert tab.locator("h1").inner_text().lower() == page
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return tab.locator("[data-testid=stSidebarNav]").is_visible()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_runs_alone(tab, named_workspace, page, tmp_path):
    name, folder = named_workspace
    tab.set_default_timeout(PATIENCE)
    with app_on(folder, tmp_path) as address:
        tab.goto(f"{address}/{page}")
        assert is_whole(tab, page, name, tmp_path)


def contents(folder):
    """Every file below a folder with the time of its last change."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_a_share_bundle_is_read_only_and_says_so(tab, bundle_workspace, page, tmp_path):
    tab.set_default_timeout(PATIENCE)
    before = contents(bundle_workspace)
    with app_on(bundle_workspace, tmp_path) as address:
        tab.goto(f"{address}/{page}")
        assert is_whole(tab, page, "bundle", tmp_path)
        assert "read-only" in tab.locator(".st-key-bundle-note").inner_text()
    assert contents(bundle_workspace) == before
