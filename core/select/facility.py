"""Exact lazy greedy on facility location: a subset in which every row of the pool finds its like.

FL(S) sums, over all rows v of the pool, the largest max(0, cos(v, a)) of a chosen row a. It is
monotone and submodular, so greedy reaches 1 - 1/e of the best possible (Nemhauser, Wolsey and
Fisher 1978), and a stale gain is an upper bound (Minoux 1978): a row whose bound cannot win is
never touched. Rows are put in the order of their example ids first, so that the first of equal rows
is the one to choose, and neither rows nor gains depend on the order of the pool.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from core.records import Floats, Progress, Rows, silent
from core.select import facility_kernels as kernels
from core.select.constraints import Constraints
from core.select.facility_dense import AllPairs, Tell
from core.select.facility_lists import Anew, Nearest
from core.select.limits import Limits
from core.select.memory import memory_allowed
from core.select.vectors import unit_vectors_of
from core.select.view import View

NEIGHBOURS_HELP = (
    "Compare each row of the pool with its k nearest rows only (an approximation, less memory); "
    "empty to compare all pairs, which is exact and mostly no slower."
)
PICKS = 32  # picks between two looks at the progress


class Similarities(Protocol):
    """Where gains come from; rows are those of the vectors it was made of."""

    form: str  # what is kept, in words
    passes: float  # time of picking, in times of building
    early: int  # picks after which rows are looked at in next to no time
    narrowest: int  # rows of the first sweep of a pick
    widest: int  # rows of the widest sweep

    def build(self, tell: Tell) -> kernels.Wide:
        """Get ready; the gain of each row as the first one, (n_rows,)."""

    def gains(self, rows: Rows) -> kernels.Wide:
        """The gain of each of these rows given what is chosen, (len(rows),)."""

    def settle(self, leaders: kernels.Leaders, chosen: int) -> int:
        """The best row if a short look finds it, else UNSETTLED; NOBODY where none is left."""

    def take(self, row: int) -> int:
        """Choose a row; its gain."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What a pick is worth: `slope` times its gain in facility location, plus `bonus`."""

    slope: kernels.Doubles  # (n_rows,), above 0
    bonus: kernels.Doubles  # (n_rows,)


@dataclass(frozen=True, slots=True)
class FacilityOrder:
    """Rows in pick order with the worth of each when it was picked, and how that was found."""

    rows: Rows
    worth: kernels.Doubles  # (n_chosen,), never rising after the pinned rows
    form: str

    def explains(self, view: View) -> dict[str, Any]:
        """What explains the picks, as `Picks` holds it."""
        facts: dict[str, Any] = {"own_gains": self.worth, "similarities": self.form}
        return {**facts, "device": view.device} if view.device.startswith("cuda") else facts

    def notes(self) -> tuple[str, ...]:
        """Sentences for the person who asked."""
        return (f"similarities: {self.form}",)


def facility_order(
    view: View,
    budget: int,
    *,
    worth: Worth,
    constraints: Constraints,
    neighbours: int | None = None,
    progress: Progress = silent,
) -> FacilityOrder:
    """`budget` rows, pinned ones first, of which any prefix is the answer to its length.

    Fewer rows come back when nothing is left that may be chosen. O(n^2 d) for the similarities
    and O(n) for each row looked at, 5 to 10 times n in all. Raises RequestError when an embedding
    is not finite.
    """
    order = np.argsort(view.id_rank, kind="stable")
    vectors = unit_vectors_of(view.embeddings[order])
    return greedy(
        similarities(vectors, device=view.device, neighbours=neighbours),
        worth,
        budget,
        order=order,
        pinned=constraints.pinned,
        limits=Limits.of(constraints, n_rows=view.n_rows, budget=budget),
        progress=progress,
    )


def greedy(
    source: Similarities,
    worth: Worth,
    budget: int,
    *,
    order: Rows,
    pinned: Rows,
    limits: Limits,
    progress: Progress = silent,
) -> FacilityOrder:
    """Lazy greedy where row i of `source` is row order[i] of the pool, all else by the pool.

    Of equal rows the first one in `order` is chosen.
    """
    search = _Search(source, worth, order=order, budget=budget, progress=progress)
    search.run(limits, pinned)
    return search.result()


def similarities(
    vectors: Floats, *, device: str = "cpu", neighbours: int | None = None, room: int | None = None
) -> Similarities:
    """The fastest form that fits: `room` bytes, or what this machine can spare."""
    if neighbours is not None:
        return Nearest(vectors, neighbours)
    if device.startswith("cuda"):
        from core.select.facility_torch import OnDevice

        return OnDevice(vectors, device)
    room = memory_allowed() if room is None else room
    return AllPairs(vectors) if AllPairs.size(len(vectors)) <= room else Anew(vectors, room=room)


class _Search:
    """Lazy greedy over rows in the order of their ids."""

    def __init__(
        self, source: Similarities, worth: Worth, *, order: Rows, budget: int, progress: Progress
    ) -> None:
        self.source, self.order, self.budget, self.progress = source, order, budget, progress
        self.worth = Worth(worth.slope[order], worth.bonus[order])
        self.place = np.empty(len(order), dtype=np.int64)
        self.place[order] = np.arange(len(order))
        self.rows: list[int] = []
        self.values: list[float] = []

    def run(self, limits: Limits, pinned: Rows) -> None:
        """Choose the pinned rows, then the best one as long as any may be chosen."""
        leaders = leaders_of(self.source.build(self._built), self.worth)
        for row in np.sort(self.place[pinned]).tolist():
            self._choose(row, limits, leaders)
        leaders.bounds[self.place[~limits.free]] = -np.inf
        while len(self.rows) < self.budget:
            row = self._best(leaders)
            if row == kernels.NOBODY:
                break
            self._choose(row, limits, leaders)

    def result(self) -> FacilityOrder:
        """What was chosen."""
        rows = self.order[np.array(self.rows, dtype=np.int64)]
        return FacilityOrder(rows, np.array(self.values), self.source.form)

    def _best(self, leaders: kernels.Leaders) -> int:
        """The best row: a short look at those that lead, then at more and more of them."""
        width, chosen = self.source.narrowest, len(self.rows)
        while True:
            row = self.source.settle(leaders, chosen)
            if row != kernels.UNSETTLED:
                return row
            rows = rivals(leaders, chosen, width)
            kernels.tighten_all(rows, self.source.gains(rows), chosen, leaders)
            width = min(2 * width, self.source.widest)
            self._picked()

    def _choose(self, row: int, limits: Limits, leaders: kernels.Leaders) -> None:
        gain = self.source.take(row)
        self.values.append(float(self.worth.slope[row] * gain + self.worth.bonus[row]))
        self.rows.append(row)
        leaders.bounds[self.place[limits.take(self.order[row : row + 1])]] = -np.inf
        if len(self.rows) % PICKS == 0 or len(self.rows) == self.budget:
            self._picked()

    def _built(self, share: float) -> None:
        self._tell(share, 0.0, "comparing rows")

    def _picked(self) -> None:
        # rows looked at go with the logarithm of the picks: as many for 1 to 10 as for 10 to 100
        early = min(len(self.rows), self.source.early)
        looked = np.log1p(early) / np.log1p(min(self.budget, self.source.early))
        share = 0.9 * looked + 0.1 * len(self.rows) / self.budget
        self._tell(1.0, float(share), f"{len(self.rows)} rows chosen")

    def _tell(self, built: float, picked: float, note: str) -> None:
        n_rows, picking = len(self.order), self.source.passes * len(self.order)
        self.progress(round(built * n_rows + picked * picking), n_rows + round(picking), note)


def leaders_of(gains: kernels.Wide, worth: Worth) -> kernels.Leaders:
    """Bounds from first gains, before any row is chosen."""
    n_blocks = -(-len(gains) // kernels.BLOCK)
    return kernels.Leaders(
        bounds=worth.slope * gains + worth.bonus,
        tops=np.full(n_blocks, np.inf),
        seen=np.zeros(len(gains), dtype=np.int32),
        slopes=worth.slope,
        bonus=worth.bonus,
    )


def rivals(leaders: kernels.Leaders, chosen: int, width: int) -> Rows:
    """At most `width` rows that may still beat the best row known, those with largest bounds."""
    fresh = leaders.seen == chosen
    best = leaders.bounds[fresh].max(initial=-np.inf)
    rows = np.flatnonzero(~fresh & (leaders.bounds >= best) & (leaders.bounds > -np.inf))
    if len(rows) <= width:
        return rows
    return rows[np.argpartition(-leaders.bounds[rows], width)[:width]]
