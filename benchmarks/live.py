"""How fast the subset page answers: a changed constraint, and the handle of its live curve.

    python -m benchmarks.live WORKSPACE [--repeats 5] [--peer-rows 600] [--tiny] [--out NAME]

The workspace holds a pool with features and an order of sae-greedy; a copy of it is used. Core:
from a request with another constraint to the stored order put in use. Peer, in the same run: a
greedy choice of as many rows on the same features by submodlib's LazyGreedy where it is
installed, and one sparse product a pick. Browser: from the key that commits a pin to the frame
with the new curve, and from a movement of the handle to its frame, by the browser's clock.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.live_hand import DRAG, FIND, PRESSED
from benchmarks.machine import circumstances, deliver, seconds
from benchmarks.peers.coverage import naive, submodlib
from core.pipeline.requests import Request
from core.pipeline.selection import select_subset
from core.pipeline.views import in_use, open_features, open_pool, selection_view
from core.records import Rows
from core.select import Budget, select
from core.workspace import Workspace
from scripts.served import ARGUMENTS, ROOT, chromium, serving

PACKAGES = ("numpy", "numba", "streamlit", "playwright", "submodlib-py")
METHOD = "sae-greedy"
NAIVE_PICKS = 20
MOVES = 40
PATIENCE = 120_000  # ms
VIEW = {"width": 1440, "height": 1000}


def changes(workspace: Workspace, repeats: int) -> dict[str, Any]:
    """Seconds from another constraint to the order in use, a kind; each repeat is a new one."""
    ids, number = open_pool(workspace).ids(), count(1)
    budget = Budget("rows", min(5_000, len(ids) // 4))
    select_subset(workspace, Request(METHOD, budget))  # loaded and compiled, as while one works

    def of(kind: str) -> dict[str, Any]:
        def run() -> None:
            at = next(number)
            asked = {
                "pin": {"pinned": (ids[at],)},
                "forbid": {"forbidden": (ids[-at],)},
                "mute": {"weights": {at: 0.0}},
                "length": {"length_power": 1 + at / 1000},
            }[kind]
            select_subset(workspace, Request(METHOD, budget, **asked))

        return seconds(run, repeats)

    return {kind: of(kind) for kind in ("pin", "forbid", "mute", "length")}


def beside_peers(workspace: Workspace, rows: int, repeats: int) -> dict[str, Any]:
    """As many rows by ours and by others, all from features that lie in memory already."""
    sets, view = open_features(workspace).sets, selection_view(workspace, device="cpu")
    rows = min(rows, sets.n_rows // 2)

    def solve() -> Rows:
        return select(METHOD, view, Budget("rows", rows)).rows

    ours = seconds(solve, repeats)
    other = submodlib(sets.rows, rows)
    one_by_one = naive(sets.rows, min(NAIVE_PICKS, rows), view.id_rank, solve())
    whole = one_by_one["per_pick_s"] * rows
    found = {
        "rows": rows,
        "ours": ours,
        "sparse_product": {**one_by_one, "times_ours": round(whole / ours["median_s"], 1)},
    }
    if other is None:
        return {**found, "submodlib": "not measured: not installed"}
    taken = other["set_up_s"] + other["picking_s"]
    return {**found, "submodlib": {**other, "times_ours": round(taken / ours["median_s"], 1)}}


@contextmanager
def page_on(workspace: Path) -> Iterator[Any]:
    """The subset page of the app on a workspace, in a browser that reaches nothing else."""
    from playwright.sync_api import sync_playwright

    environment = {"CORESET_WORKSPACE": str(workspace)}
    with (
        tempfile.TemporaryDirectory() as state,
        serving(ROOT / "app.py", Path(state), environment=environment) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        page = browser.new_page(viewport=VIEW)
        page.set_default_timeout(PATIENCE)
        page.goto(f"{address}/subset")
        settled(page)
        yield page
        browser.close()


def settled(page: Any) -> None:
    """Wait until the server has said what the curve shows."""
    page.locator(".live-curve[data-confirmed=true]").wait_for()
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_timeout(1_000)


def drawn(page: Any, examples: list[str]) -> list[float]:
    """Milliseconds from the key that commits a pin to the new curve, a pin each."""
    page.get_by_text("Settings and constraints").click()
    field, taken = page.get_by_role("textbox", name="Always choose"), []
    for example in examples:
        field.fill(example)
        page.evaluate(PRESSED.replace("FIND", FIND))
        field.press("Control+Enter")
        page.wait_for_function("() => window.drawnAfter !== undefined")
        taken.append(float(page.evaluate("() => window.drawnAfter")))
        settled(page)
    return taken


def dragged(page: Any) -> list[float]:
    """Milliseconds from each movement of the handle to its finished frame."""
    box = page.locator(".handle .grip").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    taken = page.locator("svg.chart").evaluate(DRAG, {"x": x, "y": y, "moves": MOVES})
    page.mouse.up()
    settled(page)
    return [float(one) for one in taken]


def in_browser(workspace: Workspace, repeats: int) -> dict[str, Any]:
    """What a person waits for on the page."""
    ids = open_pool(workspace).ids()
    budget = Budget("rows", min(5_000, len(ids) // 4))
    select_subset(workspace, Request(METHOD, budget))
    with page_on(workspace.root) as page:
        frames = dragged(page)
        pins = drawn(page, [ids[at] for at in range(50, 50 + repeats + 1)])[1:]
    return {"constraint_to_drawn": spread(pins), "movement_to_frame": spread(frames)}


def spread(values: list[float]) -> dict[str, float]:
    """Median, 95th percentile and most, in milliseconds."""
    return {
        "n": len(values),
        "median_ms": round(statistics.median(values), 1),
        "p95_ms": round(float(np.percentile(values, 95)), 1),
        "max_ms": round(max(values), 1),
    }


def main(argv: list[str] | None = None) -> None:
    """Measure on a copy, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--peer-rows", type=int, default=600, help="rows that peers choose too")
    parser.add_argument("--tiny", action="store_true", help="one repeat and a few rows")
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--out", help="name under benchmarks/results to write the figures to")
    asked = parser.parse_args(argv)
    if asked.tiny:
        asked.repeats, asked.peer_rows = 1, 10
    with tempfile.TemporaryDirectory() as folder:
        root = Path(shutil.copytree(asked.workspace, Path(folder) / "w"))
        deliver(measured(Workspace.open(root), asked), asked.out)


def measured(workspace: Workspace, asked: argparse.Namespace) -> dict[str, Any]:
    """Everything about one workspace."""
    found = {
        "what": "the subset page: a changed constraint, and the handle of its curve",
        "circumstances": circumstances(PACKAGES),
        "rows": in_use(workspace, "pool").notes["n_rows"],
        "constraint_to_solved": changes(workspace, asked.repeats),
        "beside_peers": beside_peers(workspace, asked.peer_rows, asked.repeats),
    }
    if asked.no_browser or chromium() is None:
        return {**found, "browser": "not measured: no browser"}
    return {**found, "browser": in_browser(workspace, asked.repeats)}


if __name__ == "__main__":
    main()
