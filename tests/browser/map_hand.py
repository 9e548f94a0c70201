"""What a hand does on a map in a browser, and what the page around it says."""

import contextlib
import io
import re

import numpy as np
from PIL import Image

# Notes when the page sends anything to the server.
WATCH_SENDINGS = """
  window.sendings = [];
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    window.sendings.push(performance.now());
    return send.call(this, data);
  };
"""


def opened(tab, server, query=""):
    """The map's root once its first frame is drawn."""
    tab.add_init_script(WATCH_SENDINGS)
    tab.goto(f"{server}/?{query}")
    tab.wait_for_selector(".atlas-map[data-ready=true]", timeout=30_000)
    return tab.locator(".atlas-map").first


def told(tab, name):
    """What the page says about one value of the last event."""
    text = tab.get_by_text(re.compile(r"budget=")).inner_text()
    return dict(part.split("=") for part in text.split())[name]


def until_told(tab, name, pattern):
    tab.get_by_text(re.compile(rf"{name}={pattern}(\s|$)")).wait_for()
    return told(tab, name)


def state(root, name):
    return root.get_attribute(f"data-{name}")


def coloured_share(tab):
    """Share of the canvas that differs from its background."""
    picture = Image.open(io.BytesIO(tab.locator(".stage").screenshot())).convert("RGB")
    pixels = np.asarray(picture, dtype=int)[60:-10, 10:-10]
    return float((np.abs(pixels - pixels[-1, -1]).sum(axis=2) > 30).mean())


def middle(tab, stage=0):
    box = tab.locator(".stage").nth(stage).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def draw_lasso(tab, radius=120, *, key="Shift", off=(0, 0), stage=0):
    """A circle about the middle of the stage, or beside it, with a key held."""
    x, y = (at + by for at, by in zip(middle(tab, stage), off, strict=True))
    with held(tab, key):
        tab.mouse.move(x + radius, y)
        tab.mouse.down()
        for angle in np.linspace(0, 2 * np.pi, 24):
            tab.mouse.move(x + radius * np.cos(angle), y + radius * np.sin(angle))
        tab.mouse.up()


def drag(tab, start, stop, *, key=None, stage=0):
    """A straight drag between two places, in px from the middle of the stage."""
    x, y = middle(tab, stage)
    with held(tab, key):
        tab.mouse.move(x + start[0], y + start[1])
        tab.mouse.down()
        tab.mouse.move(x + stop[0], y + stop[1], steps=8)
        tab.mouse.up()


@contextlib.contextmanager
def held(tab, key):
    if key:
        tab.keyboard.down(key)
    yield
    if key:
        tab.keyboard.up(key)
