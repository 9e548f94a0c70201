"""Scans in rounds: go down an order and accept each row that brings enough that is new.

The complexity-first diverse sampling of #InsTag (arXiv 2308.07074, algorithm 1) with features in
place of tags; with a ceiling on similarity it is the accept rule of SAE-SimScale.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from core.records import Bools, FeatureSets, Ids, Pointers, Progress, Rows, silent
from core.select.arrays import read_only
from core.select.constraints import NO_CONSTRAINTS, Constraints
from core.select.ordering import RoundOrder, by_id, tie_order

Counts = NDArray[np.int64]


def scan_order(
    features: FeatureSets,
    budget: int,
    *,
    id_rank: Rows,
    constraints: Constraints = NO_CONSTRAINTS,
    order: Rows | None = None,
    min_new: int = 1,
    ceiling: float = 1.0,
    progress: Progress = silent,
) -> RoundOrder:
    """`budget` rows by repeated scans of `order` (default: larger sets first, ties by example id).

    A row is accepted when it brings at least `min_new` features and the covered share of its set
    is below `ceiling`. After each scan coverage starts again; when a scan accepts nothing the rest
    follows in order. Pinned rows come first and cover their features. O(nnz) a scan.
    """
    order = tie_order(features.rows.lengths(), id_rank) if order is None else order
    free = constraints.free(features.n_rows)
    starts, ids = read_only(features.rows.indptr), read_only(features.rows.indices)
    covered = np.zeros(features.n_features, dtype=np.bool_)
    rows = np.empty(budget, dtype=np.int64)
    gains = np.zeros(budget, dtype=np.int64)
    pinned = by_id(constraints.pinned, id_rank)
    count = len(pinned)
    rows[:count] = pinned
    _cover_all(pinned, starts, ids, covered, gains)
    rounds, is_fresh = [0], not count
    while count < budget:
        kept = order[free[order]]
        found = _scan(kept, starts, ids, covered, min_new, ceiling, rows[count:], gains[count:])
        if is_fresh and not found:
            rows[count:] = kept[: budget - count]
            break
        if is_fresh and count:
            rounds.append(count)
        free[rows[count : count + found]] = False
        count += found
        progress(count, budget, f"round {len(rounds)}")
        covered[:] = False
        is_fresh = True
    return RoundOrder(rows, gains, np.array(rounds, dtype=np.int64))


@njit(cache=True, nogil=True)
def _cover(row: int, starts: Pointers, features: Ids, covered: Bools) -> int:
    gained = 0
    for at in range(starts[row], starts[row + 1]):
        if not covered[features[at]]:
            covered[features[at]] = True
            gained += 1
    return gained


@njit(cache=True, nogil=True)
def _cover_all(rows: Rows, starts: Pointers, features: Ids, covered: Bools, gains: Counts) -> None:
    for position in range(len(rows)):
        gains[position] = _cover(rows[position], starts, features, covered)


@njit(cache=True, nogil=True)
def _scan(
    order: Rows,
    starts: Pointers,
    features: Ids,
    covered: Bools,
    min_new: int,
    ceiling: float,
    rows: Rows,
    gains: Counts,
) -> int:
    found = 0
    for row in order:
        if found == len(rows):
            break
        size = starts[row + 1] - starts[row]
        new = 0
        for at in range(starts[row], starts[row + 1]):
            new += not covered[features[at]]
        if new >= min_new and size - new < ceiling * size:
            rows[found] = row
            gains[found] = _cover(row, starts, features, covered)
            found += 1
    return found
