"""The style in Streamlit's page: behind every other one, in pages of HTML alone, always fresh."""

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from pages.components.first_paint import FirstPaint

PAGE = "<html><head><title>a</title></head><body><div></div></body></html>"
ASKS = {"accept": "text/html,*/*"}


def page(request):
    if "if-none-match" in request.headers:
        return PlainTextResponse("", status_code=304)
    return HTMLResponse(PAGE, headers={"etag": "a"})


@pytest.fixture
def client(tmp_path):
    style = tmp_path / "app.css"
    style.write_text(".a { color: red }")
    routes = [Route("/", page), Route("/text", lambda request: PlainTextResponse(PAGE))]
    app = Starlette(routes=routes)
    app.add_middleware(FirstPaint, style=style)
    return TestClient(app)


def test_the_style_stands_at_the_end_of_the_body(client):
    found = client.get("/", headers=ASKS)
    assert found.text == PAGE.replace("</body>", "<style>.a { color: red }</style></body>")
    assert int(found.headers["content-length"]) == len(found.content)


def test_a_browser_that_has_the_page_gets_the_style_of_today(client):
    found = client.get("/", headers={**ASKS, "if-none-match": "a"})
    assert found.status_code == 200
    assert "etag" not in found.headers


def test_what_is_no_page_stays_as_it_is(client):
    assert client.get("/text", headers=ASKS).text == PAGE
    assert client.get("/", headers={"accept": "application/json"}).text == PAGE
