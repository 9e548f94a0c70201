"""A server on a free port and a Chromium that reaches nothing but it."""

import contextlib
import os
from pathlib import Path

import pytest

from core.pipeline.bundle.opening import open_bundle
from core.pipeline.bundle.packing import Ask, bundle
from core.workspace import Workspace
from scripts.served import ARGUMENTS, ROOT, SOFTWARE_GL, serving
from scripts.served import chromium as chromium_found
from tests.browser import workspaces


@contextlib.contextmanager
def app_on(folder, state):
    """The address of the app on a workspace."""
    environment = {"CORESET_WORKSPACE": str(folder)}
    with serving(ROOT / "app.py", state, environment=environment) as address:
        yield address


@pytest.fixture(scope="package")
def map_server(tmp_path_factory):
    with serving(Path(__file__).parent / "map_app.py", tmp_path_factory.mktemp("state")) as address:
        yield address


@pytest.fixture(scope="package")
def demo_workspace(tmp_path_factory):
    """The demo pool with everything made; not to be changed."""
    return workspaces.run(workspaces.DEMO, tmp_path_factory.mktemp("demo") / "w", 100)


@pytest.fixture(scope="package")
def large_workspace(tmp_path_factory):
    """52,000 short rows with everything made; CORESET_JOURNEY_WORKSPACE takes its place."""
    other = os.environ.get("CORESET_JOURNEY_WORKSPACE")
    return Path(other) if other else workspaces.large(tmp_path_factory.mktemp("large") / "w")


@pytest.fixture(scope="package")
def bundle_workspace(demo_workspace, tmp_path_factory):
    """A share bundle of the demo with half of its texts, unpacked as the app does it."""
    place = tmp_path_factory.mktemp("bundle")
    told = bundle(Workspace.open(demo_workspace), place, Ask(n_texts=workspaces.N_DEMO // 2))
    return open_bundle(Path(told["file"]), place / "open")


def chromium_path():
    found = chromium_found()
    if found is None:
        pytest.skip("NO BROWSER TEST RAN: chromium is not installed (apt-get install chromium)")
    return found


@pytest.fixture(scope="package")
def playwright():
    """Ends with this folder: its event loop would be in the way of other tests."""
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="NO BROWSER TEST RAN: pip install playwright"
    )
    with sync_api.sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def chromium(playwright):
    browser = playwright.chromium.launch(
        executable_path=chromium_path(), args=ARGUMENTS + SOFTWARE_GL
    )
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def profile(chromium):
    """One browser profile, so that Streamlit's scripts are fetched and compiled once."""
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    yield context
    context.close()


@pytest.fixture
def tab(profile):
    """A page; the test fails when a script breaks or anything but the server is asked."""
    page = profile.new_page()
    broken, abroad = [], []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda said: broken.append(said.text) if is_broken(said) else None)
    page.on("request", lambda asked: abroad.append(asked.url) if is_abroad(asked.url) else None)
    yield page
    page.close()
    assert not broken
    assert not abroad


def is_broken(said):
    """An error on the console; a refusal that a test asked for is reported there too."""
    return said.type == "error" and "Failed to load resource" not in said.text


def is_abroad(url):
    return not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "blob:", "data:"))
