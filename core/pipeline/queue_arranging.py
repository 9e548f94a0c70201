"""Arranging a queue: a scope put in an order, near-duplicates folded into one card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from core.errors import RequestError
from core.fingerprint import digest
from core.pipeline.cluster_edits import edited
from core.pipeline.duplicates import open_groups
from core.pipeline.lack import Lack
from core.pipeline.queue_orders import (
    ORDERS,
    Nearness,
    by_disagreement,
    by_number,
    in_turn,
    units_of,
    votes_of,
)
from core.pipeline.queue_places import places
from core.pipeline.queue_scopes import Scope, scope_rows
from core.pipeline.queues import Queue
from core.pipeline.selection import stored_order
from core.pipeline.solutions import Solution, names, solutions
from core.pipeline.views import open_pool, open_readings
from core.records import Rows
from core.select.selection import Selection
from core.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Votes:
    """Which methods choose each row, at the budget of the subset in view."""

    methods: tuple[str, ...]
    counts: Rows  # (n_rows,)


@dataclass(frozen=True, slots=True)
class Arranged:
    """A queue with what its order needs while it is worked through.

    `nearness` is there where the order follows the decisions; it is of the queue's rows.
    """

    queue: Queue
    votes: Votes | None = None
    nearness: Nearness | None = None

    def left(self, workspace: Workspace, done: Rows, decided: Rows) -> Rows:
        """The rows still to be decided: without `done`, nearest to `decided` first if so asked."""
        open_rows = ~self.queue.is_done(done)
        if self.nearness is None or not len(decided):
            return self.queue.rows[open_rows]
        near = self.nearness.cosines(decided, open_readings(workspace).embeddings)
        at = np.flatnonzero(open_rows)
        return self.queue.rows[at[np.argsort(-near[at], kind="stable")]]

    def onwards(self, left: Rows, row: int) -> Rows:
        """What is left from a row on, then the rest; an order that moves begins at its first row.

        The row itself may be decided already.
        """
        if self.nearness is None:
            return self.queue.onwards(left, row)
        at = np.flatnonzero(left == row)
        return np.roll(left, -int(at[0])) if len(at) else left


def arranged(
    workspace: Workspace,
    scope: Scope,
    order: str = "gain",
    *,
    chosen: Selection | None,
    further: Selection | None = None,
    disputed: Rows | None = None,
    folds: bool = True,
    falls_to: Callable[[Sequence[str]], Sequence[str]] | None = None,
) -> Arranged:
    """The queue over a scope in one of ORDERS.

    `further` is the subset's order solved further than the subset; `folds` shows near-duplicates
    as one card, where they were grouped; `falls_to` keeps those example ids that fall to somebody.
    RequestError where the order needs what is not there yet.
    """
    if order not in ORDERS:
        raise RequestError(f"a queue is ordered by one of {', '.join(ORDERS)}; seen {order!r}")
    rows = scope_rows(workspace, scope, chosen=chosen, order=further, disputed=disputed)
    groups = open_groups(workspace).labels if folds and can_fold(workspace) else None
    votes = None
    if order == "clusters":
        rows = in_turn(rows, np.asarray(edited(workspace, "clusters").labels))
    elif order == "methods":
        votes = method_votes(workspace, chosen)
        rows = by_disagreement(rows, votes.counts, len(votes.methods))
    elif order == "uncovered":
        if chosen is None:
            raise RequestError("nothing is chosen yet; select a subset first")
        rows = by_number(rows, Lack.of(workspace, chosen).gains)
    queue = Queue.of(rows, groups)
    if falls_to is not None:
        ids = open_pool(workspace).table["id"].take(pa.array(queue.rows)).to_pylist()
        queue = replace(queue, rows=places(workspace).of(falls_to(ids)))
    nearness = None
    if order == "nearest":
        nearness = Nearness(units_of(np.asarray(open_readings(workspace).embeddings[queue.rows])))
    return Arranged(queue, votes, nearness)


def can_fold(workspace: Workspace) -> bool:
    """Whether near-duplicates of the pool in use were grouped."""
    return "duplicates" in workspace.current()


def offered_orders(workspace: Workspace) -> dict[str, str]:
    """The orders that this workspace can answer, with their titles."""
    roles = workspace.current()
    needs = {"clusters": "clusters", "nearest": "readings", "uncovered": "features"}
    found = {name: title for name, title in ORDERS.items() if needs.get(name, "pool") in roles}
    if "selection" not in roles:
        found.pop("uncovered", None)
    if len(solutions(workspace)) < 2:
        found.pop("methods")
    return found


def solved_stamp(workspace: Workspace) -> str:
    """Names the orders that are stored, for whoever keeps what was made from them."""
    folder = workspace.root / "selection"
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    return digest("\n".join(names).encode())[:16]


def method_votes(workspace: Workspace, chosen: Selection | None) -> Votes:
    """Who chooses each row at the size of the subset, of all methods solved on this pool.

    A method without prefixes votes with the order whose size is nearest. RequestError where fewer
    than two methods were solved.
    """
    found = solutions(workspace)
    if len(found) < 2:
        raise RequestError(
            "methods can disagree once two of them were solved on this pool; "
            "select rows by another method too"
        )
    told = names(found)
    picked = [_answer(one, None if chosen is None else len(chosen)) for one in found]
    votes = votes_of(picked, open_pool(workspace).n_rows)
    return Votes(tuple(told[one.key] for one in found), votes)


def _answer(solution: Solution, budget: int | None) -> Rows:
    if solution.nested:
        order = stored_order(solution.orders[-1]).rows
        return order if budget is None else order[:budget]
    wanted = solution.sizes[-1] if budget is None else budget
    nearest = min(range(len(solution.sizes)), key=lambda at: abs(solution.sizes[at] - wanted))
    return stored_order(solution.orders[nearest]).rows
