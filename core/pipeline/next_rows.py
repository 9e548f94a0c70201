"""What the next rows would bring: beyond the budget along the order, by chance, and at best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.errors import RequestError
from core.metrics import coverage_curve
from core.pipeline.asking import again, is_quick
from core.pipeline.random_rows import random_orders
from core.pipeline.requests import Request
from core.pipeline.selection import check_budget, solve
from core.pipeline.views import in_use, open_features, selection_view
from core.records import Rows
from core.select import SELECTORS
from core.select.constraints import NO_CONSTRAINTS
from core.select.greedy import GreedyEngine
from core.select.limits import Limits
from core.select.selection import Selection
from core.workspace import Workspace

AHEAD = 100  # rows


@dataclass(frozen=True, slots=True)
class NextRows:
    """New latents of each next row after a subset; every array has at most AHEAD entries.

    `order` goes along the order in use and is None where the method has no next row, or where
    it has to be solved further first. `in_round` counts what a next row brings beyond those of
    its own round, since a method that has covered everything begins anew. `best` picks greedily
    on top of the subset, whatever its method. `at_random` is the mean over seeds of rows drawn
    from those not chosen.
    """

    order: Rows | None
    in_round: Rows | None
    best: Rows
    at_random: float  # new latents of as many random rows in all

    @property
    def begins_anew(self) -> bool:
        """Whether the next rows bring nothing new, and what they bring to their round is told."""
        return self.order is not None and not self.order.any() and self.in_round is not None

    @property
    def shown(self) -> Rows | None:
        """The gains to draw: new to the subset, else new to the round."""
        return self.in_round if self.begins_anew else self.order


def next_rows(workspace: Workspace, order: Selection, budget: int) -> NextRows:
    """The gains beyond the first `budget` rows of an order."""
    rows = order.rows[:budget]
    sets = open_features(workspace).sets
    count = min(AHEAD, sets.n_rows - len(rows))
    gains = own = None
    if order.nested and order.gains is not None and len(order) >= budget + count:
        gains = order.gains[budget : budget + count]
        own = order.own_gains
        own = None if own is None else own[budget : budget + count]
    before = int(coverage_curve(sets, rows)[-1]) if len(rows) else 0
    random = []
    for draw in random_orders(workspace):
        fresh = draw[~np.isin(draw, rows)][:count]
        random.append(int(coverage_curve(sets, np.concatenate([rows, fresh]))[-1]) - before)
    return NextRows(gains, own, _best(workspace, rows, count), float(np.mean(random)))


def further(workspace: Workspace, budget: int) -> Request | None:
    """The request that solves the order in use AHEAD rows beyond the budget.

    None where there is none: a method without prefixes, a budget in tokens, constraints that
    leave too few rows.
    """
    artifact = in_use(workspace, "selection")
    if not artifact.notes["nested"] or artifact.config["reach"]["kind"] != "rows":
        return None
    n_free = int(in_use(workspace, "pool").notes["n_rows"]) - len(artifact.config["forbidden"])
    most = min(budget + AHEAD, n_free)
    if most <= budget:
        return None
    request = again(artifact, most)
    try:
        check_budget(workspace, request)
    except RequestError:
        return None
    return request


def solved_further(workspace: Workspace, order: Selection, budget: int) -> Selection:
    """The order in use, solved beyond the budget where that takes seconds; else as it is.

    A cheap nested order reaches further by itself (core.pipeline.selection.REACH).
    """
    request = further(workspace, budget)
    if request is None or len(order) >= request.budget.value:
        return order
    cheap = SELECTORS.get(request.method).ahead and is_quick(workspace, request)
    return solve(workspace, request).order if cheap else order


def _best(workspace: Workspace, rows: Rows, count: int) -> Rows:
    """Gains of the greedy picks on top of these rows; zeros once nothing is new."""
    sets = open_features(workspace).sets
    limits = Limits.of(NO_CONSTRAINTS, n_rows=sets.n_rows, budget=len(rows) + count)
    ranks = selection_view(workspace, device="cpu").id_rank
    engine = GreedyEngine(sets, limits, id_rank=ranks)
    engine.take(np.ascontiguousarray(rows))
    _, gained = engine.pick(count)
    return np.concatenate([gained, np.zeros(count - len(gained), dtype=np.int64)])
