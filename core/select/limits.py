"""Which rows may still be chosen while a method picks: forbids, groups and quotas in one place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.records import Bools, Rows
from core.select import limits_kernels as kernels
from core.select.constraints import Constraints, Side

NEVER = 1 << 62  # slack or room that no budget uses up


class Limits:
    """The state of every constraint on rows; changes only as rows are chosen.

    A row stops being free when it is chosen, when a row of its near-duplicate group is, when the
    quota of its value is full, or when what is left of the budget is owed to other values.
    """

    def __init__(self, bounds: kernels.Bounds) -> None:
        self.bounds = bounds

    @classmethod
    def of(cls, constraints: Constraints, *, n_rows: int, budget: int) -> Limits:
        """Nothing chosen yet; forbidden rows are not free. O(n_rows) a side."""
        free = np.ones(n_rows, dtype=np.bool_)
        free[constraints.forbidden] = False
        bounds = _bounds(constraints.sides, free, budget)
        for cap in np.flatnonzero(bounds.room <= 0):
            kernels.close_cap(cap, bounds)
        for side in np.flatnonzero(bounds.slack <= 0):
            kernels.press(side, bounds)
        return cls(bounds)

    @property
    def free(self) -> Bools:
        """Rows that may still be chosen, (n_rows,); not to be written to."""
        return self.bounds.free

    def take(self, rows: Rows) -> Rows:
        """Choose rows one after the other, free or not; the rows that stopped being free by it."""
        before = int(self.bounds.n_closed[0])
        kernels.admit_all(np.ascontiguousarray(rows, dtype=np.int64), self.bounds)
        return self.bounds.closed[before : int(self.bounds.n_closed[0])]

    def walk(self, order: Rows, most: int) -> Rows:
        """Go down an order choosing each row that is still free, at most `most` of them."""
        chosen = np.empty(most, dtype=np.int64)
        order = np.ascontiguousarray(order, dtype=np.int64)
        return chosen[: kernels.walk(order, self.bounds, chosen)]


def _bounds(sides: Sequence[Side], free: Bools, budget: int) -> kernels.Bounds:
    n_rows = len(free)
    caps, room, need, owner = _caps(sides, n_rows)
    slack = [budget - int(side.least.sum()) if side.least.any() else NEVER for side in sides]
    row_starts, row_caps = _grouped_by_row(caps, n_rows)
    cap_starts, members = _members(caps, len(room), n_rows)
    return kernels.Bounds(
        row_starts=row_starts,
        caps=row_caps,
        cap_starts=cap_starts,
        members=members,
        side=owner,
        room=room,
        need=need,
        slack=np.array(slack, dtype=np.int64),
        free=free,
        closed=np.empty(n_rows, dtype=np.int64),
        n_closed=np.zeros(1, dtype=np.int64),
    )


def _caps(
    sides: Sequence[Side], n_rows: int
) -> tuple[list[NDArray[np.int32]], kernels.Counts, kernels.Counts, kernels.Numbers]:
    """Each row's cap on each side (-1: none), and room, need and side of every cap."""
    caps, room, need, owner = [], [_none()], [_none()], []
    first = 0
    for number, side in enumerate(sides):
        n_labels = len(side.least)
        labels = np.where(side.labels < 0, n_labels, side.labels)  # the last cap holds the others
        caps.append((labels + first).astype(np.int32))
        room.append(np.append(side.most, NEVER))
        need.append(np.append(side.least, 0))
        owner.extend([number] * (n_labels + 1))
        first += n_labels + 1
    return (
        caps,
        np.concatenate(room),
        np.concatenate(need),
        np.array(owner, dtype=np.int32),
    )


def _none() -> kernels.Counts:
    return np.empty(0, dtype=np.int64)


def _grouped_by_row(
    caps: list[NDArray[np.int32]], n_rows: int
) -> tuple[NDArray[np.int64], kernels.Numbers]:
    starts = np.arange(n_rows + 1, dtype=np.int64) * len(caps)
    flat = np.stack(caps, axis=1).ravel() if caps else np.empty(0, dtype=np.int32)
    return starts, flat


def _members(
    caps: list[NDArray[np.int32]], n_caps: int, n_rows: int
) -> tuple[NDArray[np.int64], kernels.Numbers]:
    flat = np.concatenate(caps) if caps else np.empty(0, dtype=np.int32)
    order = np.argsort(flat, kind="stable")
    starts = np.zeros(n_caps + 1, dtype=np.int64)
    np.cumsum(np.bincount(flat, minlength=n_caps), out=starts[1:])
    return starts, (order % max(n_rows, 1)).astype(np.int32)
