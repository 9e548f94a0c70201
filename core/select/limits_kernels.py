"""Compiled bookkeeping of what may still be chosen: rows close as caps fill and needs press."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from core.records import Bools, Pointers, Rows

Numbers = NDArray[np.int32]
Counts = NDArray[np.int64]


class Bounds(NamedTuple):
    """Caps are sets of rows with bounds on how many are chosen; the caps of one side are disjoint.

    A side whose caps have needs has `slack`: picks left that need not meet a need of that side.
    """

    row_starts: Pointers  # (n_rows + 1,)
    caps: Numbers  # the caps that each row falls under
    cap_starts: Pointers  # (n_caps + 1,)
    members: Numbers  # the rows of each cap
    side: Numbers  # (n_caps,)
    room: Counts  # (n_caps,), rows that may still be chosen
    need: Counts  # (n_caps,), rows that must still be chosen
    slack: Counts  # (n_sides,)
    free: Bools  # (n_rows,), may still be chosen
    closed: Rows  # (n_rows,), rows that stopped being free, in the order they did
    n_closed: Counts  # (1,)


@njit(cache=True, nogil=True)
def close_row(row: int, bounds: Bounds) -> None:
    """A row may not be chosen any more."""
    if bounds.free[row]:
        bounds.free[row] = False
        bounds.closed[bounds.n_closed[0]] = row
        bounds.n_closed[0] += 1


@njit(cache=True, nogil=True)
def close_cap(cap: int, bounds: Bounds) -> None:
    """No row of a cap may be chosen any more."""
    for at in range(bounds.cap_starts[cap], bounds.cap_starts[cap + 1]):
        close_row(bounds.members[at], bounds)


@njit(cache=True, nogil=True)
def press(side: int, bounds: Bounds) -> None:
    """Every pick left has to meet a need of this side: its other caps close."""
    for cap in range(len(bounds.side)):
        if bounds.side[cap] == side and bounds.need[cap] <= 0:
            close_cap(cap, bounds)


@njit(cache=True, nogil=True)
def admit(row: int, bounds: Bounds) -> None:
    """Choose a row, and close what may not be chosen because of it."""
    close_row(row, bounds)
    for at in range(bounds.row_starts[row], bounds.row_starts[row + 1]):
        cap = bounds.caps[at]
        side = bounds.side[cap]
        bounds.room[cap] -= 1
        if bounds.room[cap] <= 0:
            close_cap(cap, bounds)
        if bounds.need[cap] > 0:
            bounds.need[cap] -= 1
            if bounds.need[cap] == 0 and bounds.slack[side] <= 0:
                close_cap(cap, bounds)
        else:
            bounds.slack[side] -= 1
            if bounds.slack[side] == 0:
                press(side, bounds)


@njit(cache=True, nogil=True)
def admit_all(rows: Rows, bounds: Bounds) -> None:
    """Choose rows one after the other, whether they are free or not."""
    for row in rows:
        admit(row, bounds)


@njit(cache=True, nogil=True)
def walk(order: Rows, bounds: Bounds, chosen: Rows) -> int:
    """Fill `chosen` with the rows of `order` that are free when they are reached; how many."""
    count = 0
    for row in order:
        if count == len(chosen):
            break
        if bounds.free[row]:
            admit(row, bounds)
            chosen[count] = row
            count += 1
    return count
