"""What a hand does on a map in the browser, and how long the answer takes, in milliseconds."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

CORNERS = 24
RADIUS = 120  # px
REST = 1_500  # ms; longer than any debounce

READY = """() => window.when(() => [...document.querySelectorAll('*')].some(
  (host) => host.shadowRoot?.querySelector('.atlas-map[data-ready=true]')))"""

SLIDER = """() => [...document.querySelectorAll('*')]
  .map((host) => host.shadowRoot?.querySelector('.range')).find(Boolean)"""

# One movement; returns the time until its frame was finished, and the bytes until then.
MOVE = f"""async (value) => {{
  const range = ({SLIDER})();
  const before = window.bytes.sent + window.bytes.got;
  const known = performance.getEntriesByName('atlas-map-budget').length;
  range.value = value;
  range.dispatchEvent(new Event('input', {{ bubbles: true }}));
  await window.when(() => performance.getEntriesByName('atlas-map-budget').length > known);
  const entry = performance.getEntriesByName('atlas-map-budget').at(-1);
  return [entry.duration, window.bytes.sent + window.bytes.got - before];
}}"""

PRESS = """async () => {
  const old = window.drawnChart();
  const before = window.bytes.sent + window.bytes.got;
  let redrawn = false;
  old.on('plotly_afterplot', () => { redrawn = true; });
  const start = performance.now();
  window.pressed = { start, before, old, isDone: () => {
    const now = window.drawnChart();
    return now && (now !== old || redrawn);
  } };
}"""


@dataclass(frozen=True, slots=True)
class Moved:
    """Steps of the budget slider: how long each took, and the bytes of a step."""

    times: list[float]
    bytes_before: int | None  # where drawing needs no server
    bytes_after: int


def first_map(page: Any) -> float:
    """From navigation to the first drawn map that answers to the hand."""
    page.wait_for_function("() => document.readyState !== 'loading'")
    page.evaluate(READY)
    mark = "performance.getEntriesByName('atlas-map-first-frame')[0].startTime"
    return float(page.evaluate(mark))


def first_plotly(page: Any) -> float:
    """From navigation to points on the chart's canvas."""
    page.wait_for_function("() => document.readyState !== 'loading'")
    return float(page.evaluate("() => window.when(() => window.drawnChart())"))


def slide_map(page: Any, repeats: int) -> Moved:
    """Move our slider step by step; bytes are of one step alone, before and after it is told."""
    page.wait_for_timeout(REST)
    start = page.evaluate(f"() => Number(({SLIDER})().value)")
    times, early = [], []
    for step in range(repeats):
        took, sent = page.evaluate(MOVE, start + 1000 * (step + 1))
        times.append(float(took))
        early.append(int(sent))
        page.wait_for_timeout(REST)
    before = page.evaluate("() => window.bytes.sent + window.bytes.got")
    page.evaluate(MOVE, start + 500)
    page.wait_for_timeout(REST)
    after = page.evaluate("() => window.bytes.sent + window.bytes.got") - before
    return Moved(times, max(early), int(after))


def slide_plotly(page: Any, repeats: int) -> Moved:
    """Move Streamlit's slider by key until the chart is drawn anew."""
    times, sizes = [], []
    for _ in range(repeats):
        page.wait_for_timeout(REST)
        page.get_by_role("slider").first.focus()
        page.evaluate(PRESS)
        page.keyboard.press("ArrowRight")
        end = page.evaluate("() => window.when(() => window.pressed.isDone())")
        times.append(float(end - page.evaluate("() => window.pressed.start")))
        page.wait_for_timeout(REST)
        sizes.append(
            page.evaluate("() => window.bytes.sent + window.bytes.got - window.pressed.before")
        )
    return Moved(times, None, int(sorted(sizes)[len(sizes) // 2]))


def draw_lasso(page: Any, stage: str) -> float:
    """Draw a lasso round the middle; from its release to the new count over the table."""
    page.wait_for_timeout(REST)
    box = page.locator(stage).first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    told = page.get_by_text(re.compile(r"examples inside of"))
    before = told.inner_text()
    page.keyboard.down("Shift")
    page.mouse.move(x + RADIUS, y)
    page.mouse.down()
    for corner in range(CORNERS + 1):
        angle = 2 * math.pi * corner / CORNERS
        page.mouse.move(x + RADIUS * math.cos(angle), y + RADIUS * math.sin(angle))
    page.evaluate(
        """(before) => {
          addEventListener('pointerup', () => { window.released = performance.now(); },
            { capture: true, once: true });
          const texts = () => [...document.querySelectorAll('[data-testid=stText]')]
            .map((text) => text.innerText);
          window.changed = window.when(() => texts()
            .some((text) => text.includes('examples inside') && text !== before));
        }""",
        before,
    )
    page.mouse.up()
    page.keyboard.up("Shift")
    return float(page.evaluate("async () => (await window.changed) - window.released"))


def heap(page: Any) -> float:
    """Megabytes of JavaScript after garbage collection, typed arrays included."""
    page.evaluate("() => { gc(); gc(); }")
    page.wait_for_timeout(500)
    page.evaluate("() => gc()")
    return round(page.evaluate("() => performance.memory.usedJSHeapSize") / 1e6, 1)


@dataclass(frozen=True, slots=True)
class Hand:
    """How one kind of map is waited for, drawn on and slid."""

    stage: str  # where a lasso is drawn
    first: Callable[[Any], float]
    slide: Callable[[Any, int], Moved]


OURS = Hand(".stage", first_map, slide_map)
PLOTLY = Hand(".js-plotly-plot .draglayer", first_plotly, slide_plotly)
