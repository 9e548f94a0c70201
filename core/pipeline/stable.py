"""How much of a method's answer the seed decides."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from core.metrics import stability
from core.pipeline.requests import Request
from core.pipeline.selection import solve
from core.pipeline.views import open_pool
from core.records import Rows
from core.reporting import Quiet, Reporter
from core.workspace import Workspace


def seed_stability(
    workspace: Workspace, request: Request, seeds: int, *, reporter: Reporter | None = None
) -> dict[str, Any]:
    """Mean Jaccard of a request's answers under seeds 0, 1, 2, …, with its interval."""
    progress = (reporter or Quiet()).stage("Drawing again", "seeds")
    subsets: list[Rows] = []
    for seed in range(seeds):
        progress(seed, seeds, request.method)
        subsets.append(solve(workspace, replace(request, seed=seed)).subset.rows)
    progress(seeds, seeds, request.method)
    found = asdict(stability(subsets, n_rows=open_pool(workspace).n_rows))
    found.pop("jaccard")
    return {"seeds": seeds, **{name: _number(value) for name, value in found.items()}}


def _number(value: float) -> float | None:
    """A number as JSON can hold it: None for one that is not defined."""
    return None if value != value else value
