"""Selection files under every metric, beside their baselines, and how much the seed decides."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import DataError, RequestError
from core.pipeline.requests import Request
from core.pipeline.scores import measure_subset
from core.pipeline.selection_file import read_selection
from core.pipeline.stable import seed_stability
from core.pipeline.views import in_use, open_pool
from core.reporting import Quiet, Reporter
from core.select.budget import Budget
from core.workspace import Workspace

MOST_SEEDS = 50


@dataclass(frozen=True, slots=True)
class Ask:
    """Which metrics, and over how many seeds the method is drawn again."""

    names: tuple[str, ...] | None = None  # None: all
    seeds: int = 0


def evaluate(
    workspace: Workspace, files: Sequence[Path], ask: Ask, *, reporter: Reporter | None = None
) -> dict[str, Any]:
    """Metrics of each selection file and of random and longest beside it.

    Raises DataError for a file that is no selection or of another pool.
    """
    started = time.monotonic()
    reporter = reporter or Quiet()
    if ask.seeds == 1 or not 0 <= ask.seeds <= MOST_SEEDS:
        raise RequestError(f"stability takes 2 to {MOST_SEEDS} seeds; seen {ask.seeds}")
    found = [_evaluated(workspace, file, ask, reporter) for file in files]
    return {"subsets": found, "seconds": round(time.monotonic() - started, 3)}


def _evaluated(workspace: Workspace, file: Path, ask: Ask, reporter: Reporter) -> dict[str, Any]:
    chosen = read_selection(file)
    pool = in_use(workspace, "pool")
    if chosen["dataset"] != pool.fingerprint:
        raise DataError(
            f"{file} was chosen from the pool {chosen['dataset']}, and {pool.fingerprint} is in "
            "use; evaluate it in the workspace it was made in"
        )
    rows = open_pool(workspace).rows_of(chosen["rows"])
    values = measure_subset(workspace, rows, ask.names, reporter=reporter)
    found: dict[str, Any] = {
        "file": str(file),
        "method": chosen["method"],
        "rows": len(rows),
        "metrics": values,
    }
    if ask.seeds:
        config = workspace.get("selection", chosen["fingerprint"]).config
        request = Request.of(config, Budget("rows", len(rows)))
        found["stability"] = seed_stability(workspace, request, ask.seeds, reporter=reporter)
    return found
