"""Coverage against the number of rows, for a subset and for its two baselines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.pipeline.requests import Request
from core.pipeline.selection import solve
from core.pipeline.views import in_use, open_features
from core.records import Rows
from core.select.budget import Budget
from core.select.selection import Selection
from core.workspace import Workspace

BASELINES = ("random", "longest")
SATURATED = 0.999  # share of what is reachable at which a curve counts as complete
N_DRAWN = 400  # points of a curve that are drawn


@dataclass(frozen=True, slots=True)
class Curve:
    """Latents covered after each of some numbers of rows."""

    method: str
    rows: Rows  # (n_drawn,), ascending, from 0
    covered: Rows  # (n_drawn,)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a subset covers, beside its baselines at the same number of rows."""

    budget: int
    n_reachable: int  # latents that at least one row of the pool has
    n_latents: int
    covered: dict[str, int]  # method -> latents covered at the budget
    curves: tuple[Curve, ...]
    saturates_at: int | None  # rows at which the subset's coverage is complete, if within it

    @property
    def saturates_early(self) -> bool:
        """Whether coverage is complete by half the budget: the rest adds no feature."""
        return self.saturates_at is not None and self.saturates_at * 2 <= self.budget


def coverage(workspace: Workspace, order: Selection, budget: int) -> Coverage:
    """Coverage of the first `budget` rows of an order, with `random` and `longest` beside it."""
    sets = open_features(workspace).sets
    orders = {order.method: order} | {
        name: baseline(workspace, name, budget) for name in BASELINES if name != order.method
    }
    curves = {name: _cumulative(one)[: budget + 1] for name, one in orders.items()}
    own = curves[order.method]
    complete = np.flatnonzero(own >= SATURATED * sets.n_reachable)
    return Coverage(
        budget=budget,
        n_reachable=sets.n_reachable,
        n_latents=sets.n_features,
        covered={name: int(curve[-1]) for name, curve in curves.items()},
        curves=tuple(_drawn(name, curve) for name, curve in curves.items()),
        saturates_at=int(complete[0]) if len(complete) else None,
    )


def baseline(workspace: Workspace, method: str, budget: int) -> Selection:
    """The order of a baseline on the pool in use, at least `budget` rows long."""
    n_rows = int(in_use(workspace, "pool").notes["n_rows"])
    return solve(workspace, Request(method, Budget("rows", min(budget, n_rows)))).order


def covered_at(order: Selection, budget: int) -> int:
    """Latents covered by the first `budget` rows of an order."""
    return int(_cumulative(order)[min(budget, len(order))])


def _cumulative(order: Selection) -> NDArray[np.int64]:
    if order.gains is None:
        return np.zeros(len(order) + 1, dtype=np.int64)
    return np.concatenate([[0], np.cumsum(order.gains)]).astype(np.int64)


def _drawn(method: str, curve: NDArray[np.int64]) -> Curve:
    at = np.unique(np.linspace(0, len(curve) - 1, N_DRAWN).astype(np.int64))
    return Curve(method, at, curve[at])
