"""How fast the curate page answers to the keys, in a real browser on a workspace with a subset.

    python -m benchmarks.curate WORKSPACE [--decisions 60] [--tiny] [--out NAME]

The workspace is copied and the copy decided upon. Chromium, one page, a server that is already
warm. Times are by the browser's clock, from the key to the frame that shows the next row, and from
the key to the frame that shows the decision as stored, which is after the commit has answered. A
calm person decides once a second; a hurried one does not wait.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.browser import HERE, VIEW
from benchmarks.machine import circumstances, deliver
from core.workspace import Workspace
from scripts.served import ARGUMENTS, ROOT, SOFTWARE_GL, chromium, serving

PACKAGES = ("streamlit", "playwright", "sqlalchemy")
KEYS = "aasx"  # approve, approve, skip, reject, and again
PAUSES = {"calm": 1_000, "hurried": 150}  # ms from one decision to the next
WARM = 4  # decisions that are not counted
PATIENCE = 60_000  # ms until everything is stored
LIMITS = {"next_row_median_ms": 150, "stored_p95_ms": 400}

HAND = """() => [...document.querySelectorAll('*')]
  .map((host) => host.shadowRoot?.querySelector('.curate[data-ready=true]')).find(Boolean)"""

# Put into the page before the component listens, so that it hears each key first.
LISTEN = "addEventListener('keydown', (event) => { window.keyAt = event.timeStamp; }, true);"

# Notes when a row is in front and when a decision is shown as stored, each in ms from its key.
WATCH = f"""() => {{
  const root = ({HAND})();
  const strokes = new Map(); // stroke -> the time of its key
  const times = window.decided = {{ next: [], stored: [] }};
  let front = root.dataset.front;
  const seen = () => new Promise((go) =>
    requestAnimationFrame(() => setTimeout(() => go(performance.now()), 0)));
  const took = async (list, from) => list.push((await seen()) - from);
  const look = () => {{
    if (root.dataset.front !== front) took(times.next, window.keyAt);
    front = root.dataset.front;
    for (const {{ dataset }} of root.querySelectorAll('[data-stroke]')) {{
      if (!strokes.has(dataset.stroke)) {{
        strokes.set(dataset.stroke, {{ key: window.keyAt, isStored: false }});
      }}
      const stroke = strokes.get(dataset.stroke);
      if (dataset.state === 'stored' && !stroke.isStored) took(times.stored, stroke.key);
      stroke.isStored ||= dataset.state === 'stored';
    }}
  }};
  look(); // what was decided before
  Object.assign(times, {{ next: [], stored: [] }});
  new MutationObserver(look).observe(root, {{ attributes: true, childList: true, subtree: true }});
}}"""


def introduced(page: Any, name: str) -> None:
    """Say who decides and wait for the first card."""
    page.get_by_test_id("stTextInputField").first.fill(name)
    page.keyboard.press("Enter")
    page.wait_for_selector(".curate[data-ready=true]:not([hidden])")
    page.evaluate("() => document.activeElement.blur()")


def decide(page: Any, decisions: int, pause: int) -> dict[str, Any]:
    """Decide row after row; a sole carrier is rejected by the second X."""
    before = page.evaluate("() => window.bytes.sent + window.bytes.got")
    page.evaluate(WATCH)
    for at in range(decisions):
        key = KEYS[at % len(KEYS)]
        page.keyboard.press(key)
        if key == "x" and page.locator(".alert.ask").count():
            page.keyboard.press(key)
        page.wait_for_timeout(pause)
    page.wait_for_selector(".curate[data-pending='0']", timeout=PATIENCE)
    page.wait_for_timeout(pause)
    times = page.evaluate("() => window.decided")
    moved = page.evaluate("() => window.bytes.sent + window.bytes.got") - before
    return {
        "decisions": decisions,
        "pause_ms": pause,
        "next_row": spread(times["next"]),
        "stored": spread(times["stored"]),
        "bytes_a_decision": round(moved / decisions),
    }


def spread(values: list[float]) -> dict[str, Any]:
    """Median, 95th percentile, most, and each of them, in milliseconds."""
    ranked = sorted(values)
    return {
        "n": len(ranked),
        "median_ms": round(statistics.median(ranked), 1),
        "p95_ms": round(ranked[min(len(ranked) - 1, int(0.95 * len(ranked)))], 1),
        "max_ms": round(ranked[-1], 1),
        "runs_ms": [round(value, 1) for value in values],
    }


@contextmanager
def at_work(workspace: Path) -> Iterator[tuple[Any, str]]:
    """A page of the app on a copy of the workspace, and the browser's version."""
    from playwright.sync_api import sync_playwright

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        copy = folder / "workspace"
        shutil.copytree(workspace, copy)
        environment = {"CORESET_WORKSPACE": str(copy)}
        server = serving(ROOT / "app.py", folder, environment=environment)
        address = stack.enter_context(server)
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=ARGUMENTS + SOFTWARE_GL
        )
        stack.callback(browser.close)
        context = browser.new_context(viewport=VIEW)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.add_init_script(path=HERE / "browser_probe.js")
        page.add_init_script(LISTEN)
        page.goto(f"{address}/curate")
        yield page, browser.version


def measure(asked: argparse.Namespace) -> dict[str, Any]:
    """Both paces, one after the other on one page."""
    n_decisions = 8 if asked.tiny else asked.decisions
    with at_work(asked.workspace) as (page, version):
        introduced(page, "Ada")
        decide(page, WARM, PAUSES["calm"])
        paces = {name: decide(page, n_decisions, pause) for name, pause in PAUSES.items()}
    calm = paces["calm"]
    return {
        "what": "the curate page: from the key to the next row, and to the decision as stored",
        "circumstances": circumstances(PACKAGES) | {"browser": f"Chromium {version}"},
        "rows": n_rows(asked.workspace),
        "paces": paces,
        "limits": LIMITS,
        "is_within": {
            "next_row_median_ms": calm["next_row"]["median_ms"] <= LIMITS["next_row_median_ms"],
            "stored_p95_ms": calm["stored"]["p95_ms"] <= LIMITS["stored_p95_ms"],
        },
    }


def n_rows(workspace: Path) -> int:
    """Rows of the pool in use."""
    pool = Workspace.create(workspace).in_use("pool")
    return 0 if pool is None else int(pool.notes["n_rows"])


def main(words: list[str] | None = None) -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("workspace", type=Path, help="a workspace with a subset; it is copied")
    parser.add_argument("--decisions", type=int, default=60, help="at each pace")
    parser.add_argument("--tiny", action="store_true", help="a few decisions, to see it work")
    parser.add_argument("--out", help="name under benchmarks/results to write the figures to")
    asked = parser.parse_args(words)
    deliver(measure(asked), asked.out)


if __name__ == "__main__":
    main()
