"""Accepts a row by how like it is to each single row that the round has accepted already."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from core.records import FeatureSets, Ids, Pointers, Rows
from core.select.arrays import read_only
from core.select.judge import Accepted
from core.select.limits_kernels import Bounds, admit

STEP = 1 << 11
Numbers = NDArray[np.int32]


class Sets(NamedTuple):
    """The feature sets, and where the round's rows with each feature are kept: read only."""

    row_starts: Pointers  # (n_rows + 1,)
    features: Ids  # (nnz,)
    room_starts: Pointers  # (n_features + 1,), room for every row that has the feature


class Memory(NamedTuple):
    """The rows that the round has accepted, by number, and an inverted index of them."""

    numbers: Numbers  # (nnz,), accepted rows that have each feature
    filled: Numbers  # (n_features,), how many these are
    sizes: Numbers  # (n_rows,), set size of each accepted row
    lacking: Numbers  # (n_rows,), shared features that a candidate lacks to be too like it
    n_taken: Numbers  # (1,), accepted rows


class PairJudge:
    """The largest Jaccard index of a row with a row of the round has to be below `ceiling`.

    The first row of a round has nothing to be like and is accepted; rows without features never
    are. Intersections with all accepted rows are counted at once, and no further than to the first
    row that is too like. Memory: a 32-bit number a non-zero, touched as rows are accepted.
    """

    step = STEP

    def __init__(self, features: FeatureSets, *, ceiling: float) -> None:
        self._sets = Sets(
            read_only(features.rows.indptr),
            read_only(features.rows.indices),
            read_only(features.columns.indptr),
        )
        self._memory = Memory(
            numbers=np.empty(features.rows.nnz, dtype=np.int32),
            filled=np.zeros(features.n_features, dtype=np.int32),
            sizes=np.empty(features.n_rows, dtype=np.int32),
            lacking=np.empty(features.n_rows, dtype=np.int32),
            n_taken=np.zeros(1, dtype=np.int32),
        )
        largest = int(features.rows.lengths().max(initial=0))
        self._needed = shared_needed(2 * largest, ceiling)

    def begin(self) -> None:
        """Begin a round: no row is accepted."""
        self._memory.filled[:] = 0
        self._memory.n_taken[0] = 0

    def take(self, rows: Rows, accepted: Accepted) -> None:
        """Accept these rows whatever they are like."""
        _take(rows, self._sets, self._memory, self._needed, accepted)

    def look(self, candidates: Rows, bounds: Bounds, accepted: Accepted) -> int:
        """Go down the candidates until `accepted` is full; how many were accepted."""
        return _look(candidates, self._sets, self._memory, self._needed, bounds, accepted)


def shared_needed(largest: int, ceiling: float) -> Numbers:
    """For two sets of each total size, the fewest shared features that reach the ceiling.

    Of total s and c shared the Jaccard index is c / (s - c), (largest + 1,); 0 at ceiling 0, which
    any two sets reach.
    """
    totals = np.maximum(np.arange(largest + 1), 2)
    needed = np.ceil(ceiling * totals / (1 + ceiling)).astype(np.int64)
    needed -= (needed >= 1) & ((needed - 1) / (totals - needed + 1) >= ceiling)
    needed += needed / (totals - needed) < ceiling
    return needed.astype(np.int32)


@njit(cache=True, nogil=True)
def _remember(row: int, sets: Sets, memory: Memory) -> int:
    """Enter an accepted row into the index; how many of its features the round lacked."""
    number, gained = memory.n_taken[0], 0
    start, stop = sets.row_starts[row], sets.row_starts[row + 1]
    for at in range(start, stop):
        feature = sets.features[at]
        gained += memory.filled[feature] == 0
        memory.numbers[sets.room_starts[feature] + memory.filled[feature]] = number
        memory.filled[feature] += 1
    memory.sizes[number] = stop - start
    memory.n_taken[0] = number + 1
    return gained


@njit(cache=True, nogil=True)
def _is_apart(row: int, sets: Sets, memory: Memory, needed: Numbers) -> bool:
    """Whether no accepted row is too like; `lacking` is then counted to the end."""
    start, stop = sets.row_starts[row], sets.row_starts[row + 1]
    for number in range(memory.n_taken[0]):
        memory.lacking[number] = needed[stop - start + memory.sizes[number]]
    if memory.n_taken[0] and memory.lacking[0] == 0:
        return False  # a ceiling of 0
    for at in range(start, stop):
        feature = sets.features[at]
        first = sets.room_starts[feature]
        for to in range(first, first + memory.filled[feature]):
            number = memory.numbers[to]
            memory.lacking[number] -= 1
            if memory.lacking[number] == 0:
                return False
    return True


@njit(cache=True, nogil=True)
def _largest_index(size: int, memory: Memory, needed: Numbers) -> float:
    """The largest Jaccard index of a row whose shared features were counted, 0 if alone."""
    largest = 0.0
    for number in range(memory.n_taken[0]):
        total = size + memory.sizes[number]
        shared = needed[total] - memory.lacking[number]
        largest = max(largest, shared / (total - shared))
    return largest


@njit(cache=True, nogil=True)
def _take(rows: Rows, sets: Sets, memory: Memory, needed: Numbers, accepted: Accepted) -> None:
    for at, row in enumerate(rows):
        accepted.rows[at] = row
        if sets.row_starts[row + 1] > sets.row_starts[row]:
            accepted.gains[at] = _remember(row, sets, memory)


@njit(cache=True, nogil=True)
def _look(
    candidates: Rows,
    sets: Sets,
    memory: Memory,
    needed: Numbers,
    bounds: Bounds,
    accepted: Accepted,
) -> int:
    found = 0
    for row in candidates:
        if found == len(accepted.rows):
            break
        size = sets.row_starts[row + 1] - sets.row_starts[row]
        if bounds.free[row] and size and _is_apart(row, sets, memory, needed):
            admit(row, bounds)
            accepted.rows[found] = row
            accepted.likeness[found] = _largest_index(size, memory, needed)
            accepted.gains[found] = _remember(row, sets, memory)
            found += 1
    return found
