"""Every page by deep link on a fresh server: with nothing read, with the demo, with 52,000 rows.

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


@pytest.mark.parametrize("page", PAGES)
def test_a_page_runs_alone(tab, named_workspace, page, tmp_path):
    name, folder = named_workspace
    tab.set_default_timeout(PATIENCE)
    with app_on(folder, tmp_path) as address:
        tab.goto(f"{address}/{page}")
        settled(tab, n_maps=page == "map" and name != "empty")
        shots = Path(os.environ.get("CORESET_SCREENSHOTS") or tmp_path)
        tab.screenshot(path=shots / f"{page}-{name}.png")
        assert (
            tab.locator("[data-testid=stException], [data-testid=stAlertContentError]").count() == 0
        )
        assert tab.locator("h1").inner_text().lower() == page
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert tab.locator("[data-testid=stSidebarNav]").is_visible()
