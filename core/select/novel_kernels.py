"""Compiled lists of sorted distances, brought up to date for the rows that might lead."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from core.records import Floats, Rows

Doubles = NDArray[np.float64]


@njit(cache=True, nogil=True)
def settle(
    bounds: Doubles,
    seen: Rows,
    lists: Floats,
    history: Floats,
    weights: Doubles,
    count: int,
    blur: float,
) -> None:
    """Bring lists up to date until no stale bound is within `blur` (a share) of the best sum.

    A slot holds one row: `lists[slot, :seen[slot]]` are its distances to the first chosen rows,
    ascending; `history[j, slot]` that to chosen row j, for those not seen. `bounds` are at or above
    the weighted sums, and equal to them where seen is `count`.
    """
    pending = np.empty(count, dtype=np.float32)
    while True:
        best = np.argmax(bounds)
        if bounds[best] == -np.inf or seen[best] == count:
            break
        bounds[best] = _update(best, seen, lists, history, weights, count, pending)
    least = bounds[best] - blur * bounds[best]
    for slot in range(len(bounds)):
        if bounds[slot] > -np.inf and bounds[slot] >= least and seen[slot] < count:
            bounds[slot] = _update(slot, seen, lists, history, weights, count, pending)


@njit(cache=True, nogil=True)
def _update(
    slot: int,
    seen: Rows,
    lists: Floats,
    history: Floats,
    weights: Doubles,
    count: int,
    pending: Floats,
) -> float:
    held = lists[slot]
    old = seen[slot] - 1
    n_new = count - seen[slot]
    pending[:n_new] = history[seen[slot] : count, slot]
    new = np.sort(pending[:n_new])
    left, place = n_new - 1, count - 1
    while left >= 0:  # merged from the far end, in place
        if old >= 0 and held[old] > new[left]:
            held[place] = held[old]
            old -= 1
        else:
            held[place] = new[left]
            left -= 1
        place -= 1
    seen[slot] = count
    return _weighed(held, weights, count)


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"})
def _weighed(held: Floats, weights: Doubles, count: int) -> float:
    total = 0.0
    for rank in range(count):
        total += weights[rank] * held[rank]
    return total
