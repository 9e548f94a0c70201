"""The text of the hovered row: fetched for one point, shown as text, and never while dragging."""

import re

import pytest

from tests.browser.map_hand import middle, opened

pytestmark = pytest.mark.browser

ADDRESS = re.compile(r"/atlas/[0-9a-f]{16}/\d+/[0-9a-f]{32}$")


def watched(tab, server, query):
    """The addresses of the texts that the map asks for from now on."""
    asked = []
    tab.on("request", lambda sent: asked.append(sent) if ADDRESS.search(sent.url) else None)
    opened(tab, server, query)
    return asked


def test_a_point_shows_its_own_text_as_text(tab, map_server):
    asked = watched(tab, map_server, "hover&colour=cluster")
    x, y = middle(tab)
    tab.mouse.move(x, y)
    tab.wait_for_selector(".tip .text:not(:empty)")
    row = re.search(r"/(\d+)/[0-9a-f]+$", asked[0].url).group(1)
    assert tab.locator(".tip .text").inner_text().startswith(f"<img src=x onerror=alert({row})>")
    assert tab.locator(".tip img").count() == 0
    assert re.match("cluster|noise|other", tab.locator(".tip .facts").inner_text())
    assert asked[0].headers["x-atlas-token"]
    answer = asked[0].response()
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert len(answer.text()) <= 400


def test_a_pointer_that_hurries_on_asks_for_little_and_a_known_text_for_nothing(tab, map_server):
    asked = watched(tab, map_server, "hover&n=5000")
    x, y = middle(tab)
    for step in range(40):
        tab.mouse.move(x + 2 * step, y)
    tab.mouse.move(x, y)
    tab.wait_for_selector(".tip .text:not(:empty)")
    assert len(asked) < 20
    text = tab.locator(".tip .text").inner_text()
    before = len(asked)
    tab.mouse.move(x, y - 2000)
    tab.mouse.move(x, y)
    tab.wait_for_timeout(300)
    assert tab.locator(".tip .text").inner_text() == text
    assert len(asked) == before


def test_nothing_is_asked_for_while_dragging_or_after_leaving(tab, map_server):
    asked = watched(tab, map_server, "hover&n=5000")
    x, y = middle(tab)
    tab.mouse.move(x, y)
    tab.mouse.down()
    asked.clear()
    for step in range(10):
        tab.mouse.move(x + 9 * step, y)
        tab.wait_for_timeout(30)
    assert asked == []
    tab.mouse.up()
    tab.mouse.move(x, 20)
    tab.wait_for_timeout(300)
    assert tab.locator(".tip").is_hidden()
    assert len(asked) <= 1


def test_without_texts_the_category_is_still_told(tab, map_server):
    asked = watched(tab, map_server, "colour=cluster&n=5000")
    tab.mouse.move(*middle(tab))
    tab.wait_for_selector(".tip:not([hidden])")
    assert asked == []
