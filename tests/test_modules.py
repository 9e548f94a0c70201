"""Scripts of components: entries lead to addresses that change when any of the scripts does."""

import re

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from pages.components.modules import Modules

ENTRY = "/_stcore/bidi-components/coreset-atlas.map/index.js"


@pytest.fixture
def assets(tmp_path):
    (tmp_path / "map").mkdir()
    (tmp_path / "map" / "index.js").write_text('export { default } from "./view.js";')
    (tmp_path / "map" / "view.js").write_text("export default 1;")
    return tmp_path


def client(assets):
    app = Starlette(routes=[Route("/{rest:path}", lambda request: PlainTextResponse("the app"))])
    app.add_middleware(Modules, assets=assets)
    return TestClient(app)


def led_to(client):
    """Where a browser goes from the entry."""
    (to,) = re.findall(r'from "\.\./\.\./\.\.(.+)"', client.get(ENTRY).text)
    return to


def test_an_entry_leads_to_the_script_itself(assets):
    browser = client(assets)
    found = browser.get(led_to(browser))
    assert found.text == (assets / "map" / "index.js").read_text()
    assert found.headers["content-type"].startswith("text/javascript")


def test_a_script_is_kept_for_good_and_its_entry_never(assets):
    browser = client(assets)
    assert "immutable" in browser.get(led_to(browser)).headers["cache-control"]
    assert browser.get(ENTRY).headers["cache-control"] == "no-cache"


def test_the_neighbours_of_a_script_stand_beside_it(assets):
    browser = client(assets)
    beside = led_to(browser).replace("index.js", "view.js")
    assert browser.get(beside).text == "export default 1;"


def test_a_change_of_any_script_changes_every_address(assets):
    before = led_to(client(assets))
    (assets / "map" / "view.js").write_text("export default 2;")
    after = client(assets)
    assert led_to(after) != before
    assert after.get(before).status_code == 404


def test_what_is_no_script_of_ours_is_not_there(assets):
    browser = client(assets)
    assert browser.get(led_to(browser).replace("index.js", "none.js")).status_code == 404


def test_everything_else_is_the_apps(assets):
    browser = client(assets)
    assert browser.get("/").text == "the app"
    assert browser.get(ENTRY.replace("index.js", "map.css")).text == "the app"
