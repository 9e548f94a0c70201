"""Accepts a row by how much of its feature set the round has covered already."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from core.records import Bools, FeatureSets, Ids, Pointers, Rows
from core.select.arrays import read_only
from core.select.judge import Accepted
from core.select.limits_kernels import Bounds, admit

BLOCK = 32  # features counted between two looks at the limit: a branch each would cost more
STEP = 1 << 15
Limit = NDArray[np.int64]


class UnionJudge:
    """At least `min_new` features have to be new, and the share that is not below `ceiling`.

    While the round has covered nothing there is nothing to be like, and `min_new` alone decides.
    """

    step = STEP

    def __init__(self, features: FeatureSets, *, min_new: int, ceiling: float) -> None:
        self._starts = read_only(features.rows.indptr)
        self._ids = read_only(features.rows.indices)
        self._covered = np.zeros(features.n_features, dtype=np.bool_)
        self._fresh = np.ones(1, dtype=np.bool_)
        largest = int(features.rows.lengths().max(initial=0))
        self._most = most_covered(largest, min_new=min_new, ceiling=ceiling)
        self._min_new = min_new

    def begin(self) -> None:
        """Begin a round: nothing is covered."""
        self._covered[:] = False
        self._fresh[0] = True

    def take(self, rows: Rows, accepted: Accepted) -> None:
        """Cover the features of these rows."""
        _take(rows, self._starts, self._ids, self._covered, self._fresh, accepted)

    def look(self, candidates: Rows, bounds: Bounds, accepted: Accepted) -> int:
        """Go down the candidates until `accepted` is full; how many were accepted."""
        return _look(
            candidates,
            self._starts,
            self._ids,
            self._covered,
            self._fresh,
            self._most,
            self._min_new,
            bounds,
            accepted,
        )


def most_covered(largest: int, *, min_new: int, ceiling: float) -> Limit:
    """For a set of each size, the most covered features with which it is accepted, (largest + 1,).

    Compares covered / size with the ceiling, never covered with ceiling × size: only the quotient
    of 11 and 20 is the same float as 0.55.
    """
    sizes = np.maximum(np.arange(largest + 1), 1)
    least_alike = np.ceil(ceiling * sizes).astype(np.int64)
    least_alike -= (least_alike - 1) / sizes >= ceiling
    least_alike += least_alike / sizes < ceiling
    return np.minimum(least_alike - 1, np.arange(largest + 1) - min_new)


@njit(cache=True, nogil=True)
def _cover(row: int, starts: Pointers, features: Ids, covered: Bools) -> int:
    gained = 0
    for at in range(starts[row], starts[row + 1]):
        gained += not covered[features[at]]
        covered[features[at]] = True
    return gained


@njit(cache=True, nogil=True)
def _take(
    rows: Rows, starts: Pointers, features: Ids, covered: Bools, fresh: Bools, accepted: Accepted
) -> None:
    for at, row in enumerate(rows):
        size = starts[row + 1] - starts[row]
        gained = _cover(row, starts, features, covered)
        accepted.rows[at] = row
        accepted.gains[at] = gained
        accepted.likeness[at] = 1 - gained / size if size else 0
        fresh[0] = fresh[0] and size == 0


@njit(cache=True, nogil=True)
def _covers_at_most(most: int, start: int, stop: int, features: Ids, covered: Bools) -> bool:
    count = 0
    for block in range(start, stop, BLOCK):
        for at in range(block, min(block + BLOCK, stop)):
            count += covered[features[at]]
        if count > most:
            return False
    return count <= most


@njit(cache=True, nogil=True)
def _look(
    candidates: Rows,
    starts: Pointers,
    features: Ids,
    covered: Bools,
    fresh: Bools,
    most: Limit,
    min_new: int,
    bounds: Bounds,
    accepted: Accepted,
) -> int:
    found = 0
    for row in candidates:
        if found == len(accepted.rows):
            break
        if not bounds.free[row]:
            continue
        start, stop = starts[row], starts[row + 1]
        size = stop - start
        if fresh[0]:
            is_in = size >= min_new
        else:
            is_in = most[size] >= 0 and _covers_at_most(most[size], start, stop, features, covered)
        if is_in:
            admit(row, bounds)
            gained = _cover(row, starts, features, covered)
            accepted.rows[found] = row
            accepted.gains[found] = gained
            accepted.likeness[found] = 1 - gained / size
            fresh[0] = False
            found += 1
    return found
