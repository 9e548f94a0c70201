"""How soon the compare page shows five subsets, and its numbers beside pandas and scipy.

    python -m benchmarks.compare WORKSPACE [--repeats 5] [--out NAME]
    python -m benchmarks.compare --tiny

The workspace holds a pool with features, map and clusters, and orders of sae-greedy, mads and kmq
at the budget (5,000 rows); what is missing is solved before the clock starts. The server is fresh
in every repeat: its imports and compiled loops are warm from the page on another workspace, its
caches are cold. Times are by the browser's clock, from navigation to everything of a view drawn;
Chromium with software GL, its own cache of scripts warm, as for a visitor who comes again.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks import compare_peer
from benchmarks.machine import circumstances, deliver, seconds
from core.pipeline import comparison_coverage, comparison_members, comparison_sets
from core.pipeline.cuts import cut_by
from core.pipeline.requests import Request
from core.pipeline.selection import select_subset, solve
from core.pipeline.views import open_features, open_pool
from core.records import Rows
from core.select.budget import Budget
from core.workspace import Workspace
from scripts.served import ARGUMENTS, ROOT, SOFTWARE_GL, chromium, serving

METHODS = ("sae-greedy", "mads", "kmq")
PACKAGES = ("streamlit", "plotly", "numpy", "numba", "pandas", "scipy", "playwright")
BUDGET, TINY = 5_000, 100
LIMIT = 3.0  # seconds that the first view may take
VIEW = {"width": 1440, "height": 1000}
PATIENCE = 120_000  # ms
CUT = "clusters"

# Everything of a view is there: the script is at rest, nothing is stale or on its way, and each
# component, chart and table that belongs to the view is drawn.
DRAWN = """([inShadow, charts, tables]) => {
  const app = document.querySelector('[data-testid=stApp]');
  if (app?.dataset.testScriptState !== 'notRunning') return false;
  if (document.querySelector('[data-stale=true], [data-testid=stSkeleton]')) return false;
  const roots = [...document.querySelectorAll('*')].map((one) => one.shadowRoot).filter(Boolean);
  const held = (what) => roots.some((root) => root.querySelector(what));
  if (!inShadow.every((what) => held(what))) return false;
  if (document.querySelectorAll('.js-plotly-plot .main-svg').length < charts) return false;
  if (document.querySelectorAll('[data-testid=stDataFrame] canvas').length < tables) return false;
  return performance.now();
}"""
FIRST = [[".upset[data-ready=true]", ".atlas-map[data-ready=true]"], 0, 1]
SECOND = [[], 2, 3]  # of the coverage view: bands and parts; bands, latents, parts


def main(words: list[str] | None = None) -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("workspace", type=Path, nargs="?")
    parser.add_argument("--tiny", action="store_true", help="the demo pool, once, to see it work")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--out", help="name under benchmarks/results to write the figures to")
    asked = parser.parse_args(words)
    if asked.workspace is None and not asked.tiny:
        parser.error("name a workspace, or --tiny")
    with tempfile.TemporaryDirectory() as folder:
        other = demo(Path(folder) / "demo")
        root = other if asked.tiny else asked.workspace
        budget, repeats = (TINY, 1) if asked.tiny else (BUDGET, asked.repeats)
        deliver(measured(Workspace.open(root), other, budget, repeats), asked.out)


def demo(folder: Path) -> Path:
    """The demo pool with everything made: what the imports are warmed with."""
    source = ROOT / "assets" / "demo.jsonl"
    command = [sys.executable, "-m", "core", "run", str(source), "--budget", str(TINY)]
    subprocess.run([*command, "--workspace", str(folder)], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    return folder


def measured(workspace: Workspace, other: Path, budget: int, repeats: int) -> dict[str, Any]:
    """The page in the browser, and the numbers behind it in this process."""
    told = circumstances(PACKAGES)
    solved = orders(workspace, budget)
    page = in_browser(workspace, other, repeats)
    keys = [one.key for one in comparison_members.offers(workspace) if one.name in METHODS]
    keys += ["baseline:random", "baseline:longest"]
    found = comparison_members.members(workspace, keys, Budget("rows", budget))
    return {
        "what": "the compare page of five subsets, and its numbers beside pandas and scipy",
        "circumstances": told | {"browser": page.pop("browser")},
        "rows": open_pool(workspace).n_rows,
        "budget": budget,
        "subsets": [one.name for one in found],
        "solved_before_s": solved,
        "page": page,
        "numbers": beside_peer(workspace, [one.rows for one in found], repeats),
    }


def orders(workspace: Workspace, budget: int) -> dict[str, float]:
    """Solve what is missing; sae-greedy is put in use, as the page's first subset."""
    taken = {}
    for method in METHODS:
        solved = solve(workspace, Request(method, Budget("rows", budget)))
        taken[method] = float(solved.artifact.notes["solve_seconds"])
    select_subset(workspace, Request(METHODS[0], Budget("rows", budget)))
    return taken


def in_browser(workspace: Workspace, other: Path, repeats: int) -> dict[str, Any]:
    """Seconds of the first view on cold and on warm caches, and of the second view."""
    from playwright.sync_api import sync_playwright

    cold, warm, second = [], [], []
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=chromium(), args=ARGUMENTS + SOFTWARE_GL
        )
        context = launched.new_context(viewport=VIEW)
        for _ in range(repeats):
            with ExitStack() as stack:
                state = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                link = state / "workspace"
                link.symlink_to(other.absolute())
                surroundings = {"CORESET_WORKSPACE": str(link)}
                server = serving(ROOT / "app.py", state, environment=surroundings)
                address = stack.enter_context(server)
                for see in ("", "?see=coverage"):
                    visit(context, f"{address}/compare{see}", FIRST if not see else SECOND)
                link.unlink()
                link.symlink_to(workspace.root.absolute())
                cold.append(visit(context, f"{address}/compare", FIRST))
                second.append(switched(context, f"{address}/compare"))
                warm.append(visit(context, f"{address}/compare", FIRST))
        version = launched.version
        launched.close()
    return {
        "browser": f"Chromium {version}, SwiftShader",
        "first_view": spread(cold),
        "first_view_again": spread(warm),
        "second_view": spread(second),
        "limit_s": LIMIT,
        "met": statistics.median(cold) <= LIMIT,
    }


def visit(context: Any, address: str, awaited: Any) -> float:
    """Seconds from navigation to everything drawn."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address, wait_until="commit")
    taken = drawn(page, awaited)
    page.close()
    return taken


def switched(context: Any, address: str) -> float:
    """Seconds from a click on the second view to everything of it drawn, on cold caches of it."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    drawn(page, FIRST)
    page.wait_for_timeout(1_000)
    button = page.get_by_text("Coverage", exact=True).last
    start = page.evaluate("() => performance.now()")
    button.click()
    page.get_by_text("By part of the pool").first.wait_for()
    taken = drawn(page, SECOND) - start / 1000
    page.close()
    return taken


def drawn(page: Any, awaited: Any) -> float:
    """Seconds on the page's clock when everything awaited was first seen, to 0.05 s."""
    found = page.wait_for_function(DRAWN, arg=awaited, polling=50)
    return float(found.json_value()) / 1000


def beside_peer(workspace: Workspace, subsets: Sequence[Rows], repeats: int) -> dict[str, Any]:
    """The same numbers by us and by pandas and scipy: equal, and how long each takes."""
    sets, n_pool = open_features(workspace).sets, open_pool(workspace).n_rows
    labels = cut_by(workspace, CUT).labels

    def ours() -> dict[str, Any]:
        found = comparison_sets.overlap(subsets, n_pool)
        covered = comparison_coverage.covered_latents(workspace, subsets)
        parts = comparison_coverage.by_part(workspace, CUT, subsets)
        return {
            "intersections": {one.members: one.n_rows for one in found.intersections},
            "jaccard": found.jaccard.round(9).tolist(),
            "covered": [int(one) for one in covered.sum(axis=1)],
            "parts": sorted(part.covered for part in parts.parts),
        }

    def theirs() -> dict[str, Any]:
        by_part = compare_peer.covered_by_part(sets, subsets, labels)
        return {
            "intersections": compare_peer.intersections(subsets, n_pool),
            "jaccard": [[round(one, 9) for one in line] for line in compare_peer.jaccard(subsets)],
            "covered": compare_peer.covered(sets, subsets),
            "parts": sorted(zip(*by_part, strict=True)),
        }

    if ours() != theirs():  # also compiles our loops, and loads pandas
        raise SystemExit("error: our numbers are not those of pandas and scipy")
    mine, other = seconds(ours, repeats), seconds(theirs, repeats)
    ratio = mine["median_s"] / other["median_s"]
    return {"ours": mine, "pandas_and_scipy": other, "ratio": round(ratio, 4), "equal": True}


def spread(values: list[float]) -> dict[str, Any]:
    """Median, least and most, and each of them, in seconds."""
    return {
        "median_s": round(statistics.median(values), 3),
        "min_s": round(min(values), 3),
        "max_s": round(max(values), 3),
        "runs_s": [round(value, 3) for value in values],
    }


if __name__ == "__main__":
    main()
