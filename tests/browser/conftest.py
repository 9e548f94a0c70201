"""A server on a free port and a Chromium that reaches nothing but it."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.browser import workspaces

ROOT = Path(__file__).parents[2]
BOOT = 60  # s a server may take
ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
SOFTWARE_GL = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def serving(script, state, *options):
    """The address of `streamlit run script`, until the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    command += ["--server.address", "127.0.0.1", "--server.headless", "true"]
    command += ["--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none"]
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), "CORESET_STATE_DIR": str(state)}
    log = Path(state) / "server.log"
    with log.open("wb") as stream:
        server = subprocess.Popen(
            [*command, *options], cwd=ROOT, env=surroundings, stdout=stream, stderr=stream
        )
    try:
        _wait(f"http://127.0.0.1:{port}", server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


@contextlib.contextmanager
def app_on(folder, state):
    """The address of the app on a workspace."""
    os.environ["CORESET_WORKSPACE"] = str(folder)
    with serving(ROOT / "app.py", state) as address:
        yield address
    del os.environ["CORESET_WORKSPACE"]


def _wait(address, server, log):
    for _ in range(BOOT * 10):
        if server.poll() is not None:
            break
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=2).close()
            return
        time.sleep(0.1)
    pytest.fail(f"the server did not start: {log.read_text()[-2000:]}")


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


def chromium_path():
    found = shutil.which("chromium") or shutil.which("chromium-browser")
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
