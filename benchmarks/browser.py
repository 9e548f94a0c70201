"""How fast the map answers in a real browser, beside st.plotly_chart in the same run.

    python -m benchmarks.browser [--sizes 52000 1000000] [--repeats 10] [--out NAME]

Chromium with software GL, one page at a time, a server that is already warm. Times are by the
browser's clock: from navigation to the first drawn map, from the slider's event to the finished
frame, from the end of a lasso to the table's new count. Bytes are counted on the websocket.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.browser_hand import OURS, PLOTLY, Hand, draw_lasso, heap
from benchmarks.machine import circumstances, deliver
from scripts.served import ARGUMENTS, SOFTWARE_GL, chromium, serving

HERE = Path(__file__).parent
PAGES = HERE / "browser_pages"
PACKAGES = ("streamlit", "plotly", "playwright", "numpy")
PRECISE = ["--enable-precise-memory-info", "--js-flags=--expose-gc"]
VIEW = {"width": 1440, "height": 1000}


@contextmanager
def opened(browser: Any, address: str) -> Iterator[Any]:
    """A page with the probe in it; scripts stay cached from page to page, as for a visitor."""
    page = browser.new_page()
    page.set_default_timeout(120_000)
    page.add_init_script(path=HERE / "browser_probe.js")
    try:
        page.goto(address)
        yield page
    finally:
        page.close()


def spread(values: list[float]) -> dict[str, Any]:
    """Median, least and most, and each of them, in milliseconds."""
    return {
        "median_ms": round(statistics.median(values), 1),
        "min_ms": round(min(values), 1),
        "max_ms": round(max(values), 1),
        "runs_ms": [round(value, 1) for value in values],
    }


def of_page(browser: Any, address: str, repeats: int, hand: Hand) -> dict[str, Any]:
    """Everything about one kind of map at one size."""
    loads, lassos = [], []
    for _ in range(repeats + 1):  # the first load warms the server and the browser's cache
        with opened(browser, address) as page:
            loads.append(hand.first(page))
            lassos.append(draw_lasso(page, hand.stage))
    with opened(browser, address) as page:
        hand.first(page)
        moved = hand.slide(page, repeats)
        return {
            "first_map": spread(loads[1:]),
            "lasso_to_table": spread(lassos[1:]),
            "slider_step": spread(moved.times),
            "bytes_before_the_state": moved.bytes_before,
            "bytes_after_the_state": moved.bytes_after,
            "heap_mb": heap(page),
        }


def ratios(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, float]:
    """Ours as a share of theirs; below 1 is faster."""
    names = ("first_map", "slider_step", "lasso_to_table")
    return {name: round(ours[name]["median_ms"] / theirs[name]["median_ms"], 3) for name in names}


def measure(asked: argparse.Namespace) -> dict[str, Any]:
    """Both, size by size."""
    from playwright.sync_api import sync_playwright

    sizes: dict[str, Any] = {}
    with ExitStack() as stack:
        state = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(2)]
        ours = stack.enter_context(serving(PAGES / "atlas_app.py", state[0]))
        theirs = stack.enter_context(serving(PAGES / "plotly_page.py", state[1]))
        playwright = stack.enter_context(sync_playwright())
        launched = playwright.chromium.launch(
            executable_path=chromium(), args=ARGUMENTS + SOFTWARE_GL + PRECISE
        )
        for size in asked.sizes:
            browser = launched.new_context(viewport=VIEW)
            sizes[str(size)] = {"map": of_page(browser, f"{ours}/?n={size}", asked.repeats, OURS)}
            browser.close()
            if size in asked.plotly_sizes:
                browser = launched.new_context(viewport=VIEW)
                peer = of_page(browser, f"{theirs}/?n={size}", asked.repeats, PLOTLY)
                browser.close()
                sizes[str(size)] |= {
                    "plotly": peer, "ratio": ratios(sizes[str(size)]["map"], peer)
                }  # fmt: skip
        version = launched.version
        launched.close()
    return {
        "what": "the map in a browser, beside st.plotly_chart with scattergl",
        "circumstances": circumstances(PACKAGES) | {"browser": f"Chromium {version}, SwiftShader"},
        "repeats": asked.repeats,
        "sizes": sizes,
    }


def main(words: list[str] | None = None) -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[52_000, 1_000_000])
    parser.add_argument("--plotly-sizes", type=int, nargs="*", default=[52_000])
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--out", help="name under benchmarks/results to write the figures to")
    asked = parser.parse_args(words)
    deliver(measure(asked), asked.out)


if __name__ == "__main__":
    main()
