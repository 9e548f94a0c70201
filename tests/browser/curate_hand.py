"""The hand of the curate page in a tab, on a store of its own: pressed, and asked what it holds."""

import re
import uuid
from pathlib import Path

import pytest

from tests.browser.conftest import serving

MODULES = "/_stcore/bidi-components/coreset-atlas.curate"

# While `window.deaf` is set, nothing reaches the server.
DEAFEN = """
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    if (!window.deaf) send.call(this, data);
  };
"""


@pytest.fixture(scope="module")
def curate_server(tmp_path_factory):
    app = Path(__file__).parent / "curate_app.py"
    with serving(app, tmp_path_factory.mktemp("state")) as address:
        yield address


@pytest.fixture
def address(curate_server):
    """The hand with a store of its own."""
    return f"{curate_server}/?store={uuid.uuid4().hex}"


def opened(tab, address, *, front=1):
    tab.set_default_timeout(30_000)
    tab.add_init_script(DEAFEN)
    tab.goto(address)
    tab.wait_for_selector(".curate[data-ready=true]:not([hidden])")
    for _ in range(front - 1):
        tab.keyboard.press("j")
    assert at(tab) == front
    return tab


@pytest.fixture
def hand(tab, address):
    return opened(tab, address)


def at(tab):
    """The number of the row in front, None at the end."""
    front = tab.locator(".curate").get_attribute("data-front")
    return int(front, 16) if front else None


def press(tab, *keys):
    for key in keys:
        tab.keyboard.press(key)


def until_stored(tab):
    tab.wait_for_selector(".curate[data-pending='0']")


def verdicts(tab, expected):
    """Waits until the store holds exactly these, by row; a timeout fails the test."""
    pattern = re.compile(rf"^verdicts: {re.escape(expected)}$")
    tab.get_by_text(pattern).wait_for()
    return True


def holds(tab, n_events):
    """Waits until that many events are in the store's log; a timeout fails the test."""
    tab.get_by_text(re.compile(rf"^log: {n_events} events$")).wait_for()
    return True


def button(tab, name):
    return tab.locator(f".act.{name}")


def states(tab):
    """How far each decision in the strip has come, the newest first."""
    return tab.locator("[data-stroke]").evaluate_all("nodes => nodes.map(one => one.dataset.state)")


def style(locator, name):
    return locator.evaluate(f"node => getComputedStyle(node).{name}")
