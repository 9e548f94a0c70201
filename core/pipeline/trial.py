"""A preview of a selection that takes long: the method on a sample, else coverage alone.

It is shown while the job runs, named for what it is, and never put in use.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from core.data.pool import Pool
from core.errors import CoreError, RequestError
from core.fingerprint import digest
from core.pipeline.requests import Request, constraints_of
from core.pipeline.views import in_use, open_features, open_pool, selection_view
from core.records import Csr, FeatureSets, NeuronStates, Rows
from core.select import View, select
from core.select.budget import Budget, resolve
from core.select.carriers import gathered, new_features
from core.select.constraints import Constraints
from core.select.hashing import hash_order
from core.select.selection import Selection
from core.sparse import transpose
from core.workspace import Workspace

SAMPLE = 4_000  # rows: a dense method compares all of them with all in about a second
MOST = 2_000  # rows that a sample is asked for; beyond, coverage stands in
COVERAGE = "sae-greedy"
SEED = 0
BY_ROW = ("clusters", "quality", "lengths", "tokens", "scores", "embeddings")


@dataclass(frozen=True, slots=True)
class Trial:
    """An order that is not the answer, and what it is in a sentence."""

    order: Selection
    what: str

    @property
    def fingerprint(self) -> str:
        """Names the order by its rows."""
        return digest(self.order.rows.tobytes())[:16]


def trial(workspace: Workspace, request: Request) -> Trial | None:
    """A preview of what a request will choose; None where nothing quick can stand for it.

    Where the budget fits a sample of the pool, the method itself chooses from that; its gains are
    those on the whole pool. Else the rows that cover most under the same constraints.
    """
    for attempt in (_on_a_sample, _by_coverage):
        try:
            found = attempt(workspace, request)
        except CoreError:
            continue
        if found is not None:
            return found
    return None


def _on_a_sample(workspace: Workspace, request: Request) -> Trial | None:
    n_rows = int(in_use(workspace, "pool").notes["n_rows"])
    limits = constraints_of(workspace, request)
    budget = _rows(request, n_rows, limits)
    if budget > MOST or n_rows <= SAMPLE or request.given or request.targets:
        return None
    view = selection_view(workspace, device="cpu")
    rows = sample(view, limits)
    options = dict(request.options)
    order = select(
        request.method,
        sampled(workspace, view, rows),
        Budget("rows", budget),
        options,
        constraints=_within(limits, rows),
        seed=request.seed,
    )
    told = f"Preview: {request.method} on a random {len(rows):,} of {n_rows:,} rows"
    return Trial(
        replace(order, rows=rows[order.rows], gains=_gains(workspace, rows[order.rows])),
        f"{told}, until the whole pool is solved.",
    )


def _by_coverage(workspace: Workspace, request: Request) -> Trial | None:
    if "features" not in workspace.current() or request.method == COVERAGE:
        return None
    n_rows = int(in_use(workspace, "pool").notes["n_rows"])
    limits = replace(constraints_of(workspace, request), costs=None, feature_weights=None)
    order = select(
        COVERAGE,
        selection_view(workspace, device="cpu"),
        Budget("rows", _rows(request, n_rows, limits)),
        constraints=limits,
        seed=request.seed,
    )
    return Trial(
        order,
        f"Preview: the rows that cover most ({COVERAGE}), not those of {request.method}, until "
        "these are solved.",
    )


def sample(view: View, limits: Constraints) -> Rows:
    """SAMPLE random rows with all pinned ones among them and no forbidden ones, ascending."""
    order = hash_order(SEED, view.id_hash, view.id_rank)
    free = order[limits.free(view.n_rows)[order]]
    n_free = max(SAMPLE - len(limits.pinned), 0)
    return np.sort(np.concatenate([limits.pinned, free[:n_free]])).astype(np.int64)


def sampled(workspace: Workspace, view: View, rows: Rows) -> View:
    """The same pool with nothing but some of its rows."""
    loaders: dict[str, Callable[[], Any]] = {
        "id_rank": lambda: np.argsort(np.argsort(view.id_rank[rows])),
        "id_hash": lambda: view.id_hash[rows],
        "columns": lambda: _columns(open_pool(workspace), rows),
    }
    if view.offers("codes"):
        loaders["codes"] = lambda: _sets(view.codes.rows, rows)
    if view.offers("neurons"):
        loaders["neurons"] = lambda: _neurons(view.neurons, rows)
    for name in BY_ROW:
        if view.offers(name):
            loaders[name] = partial(_of_rows, view, name, rows)
    return View(len(rows), loaders, device="cpu")


def _rows(request: Request, n_rows: int, limits: Constraints) -> int:
    if request.budget.kind == "tokens":
        raise RequestError("a budget of tokens has no preview")
    n_forbidden, n_pinned = len(limits.forbidden), len(limits.pinned)
    return resolve(request.budget, n_rows=n_rows, n_forbidden=n_forbidden, n_pinned=n_pinned)


def _within(limits: Constraints, rows: Rows) -> Constraints:
    """The same constraints on a sample that holds every pinned row and no forbidden one."""
    return replace(
        limits,
        pinned=np.searchsorted(rows, limits.pinned).astype(np.int64),
        forbidden=np.empty(0, dtype=np.int64),
        costs=None if limits.costs is None else limits.costs[rows],
        groups=None if limits.groups is None else np.asarray(limits.groups)[rows],
    )


def _gains(workspace: Workspace, rows: Rows) -> Any:
    if "features" not in workspace.current():
        return None
    return new_features(open_features(workspace).sets, rows)


def _sets(csr: Csr, rows: Rows) -> FeatureSets:
    part = _part(csr, rows)
    return FeatureSets(part, transpose(part))


def _part(csr: Csr, rows: Rows) -> Csr:
    """Some rows of a Csr, with their values."""
    starts = np.concatenate([[0], np.cumsum(csr.lengths()[rows])]).astype(np.int64)
    columns, owners = gathered(csr, rows)
    at = csr.indptr[rows][owners] + np.arange(len(owners)) - starts[owners]
    values = None if csr.values is None else np.asarray(csr.values[at])
    return Csr(starts, columns, values, csr.n_columns)


def _neurons(states: NeuronStates, rows: Rows) -> NeuronStates:
    return replace(states, rows=_part(states.rows, rows))


def _columns(pool: Pool, rows: Rows) -> dict[str, Any]:
    return {one.name: pool.column(one.name)[rows] for one in pool.columns()}


def _of_rows(view: View, name: str, rows: Rows) -> Any:
    return np.asarray(getattr(view, name)[rows])
