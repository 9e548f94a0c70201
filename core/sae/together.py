"""Features that the same rows have: how often two of them meet, against chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from core.records import FeatureSets, Floats, Ids, Pointers, Rows

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Together:
    """Every feature beside one; all (n_features,). The one itself has 0 in common with itself."""

    both: Counts  # rows that have the two
    jaccard: Floats  # both / rows that have either
    lift: Floats  # both * rows / (rows of one * rows of the other); 1 is chance

    def best(self, count: int) -> Rows:
        """The features with the largest Jaccard; of equal ones the lower number first."""
        order = np.lexsort((np.arange(len(self.both)), -self.jaccard))[:count]
        return order[self.both[order] > 0].astype(np.int64)


def together(sets: FeatureSets, feature: int) -> Together:
    """Count in one pass over the rows that have `feature` what else they have."""
    rows = sets.columns.row(feature)
    both = np.zeros(sets.n_features, dtype=np.int64)
    _count(np.asarray(sets.rows.indptr), np.asarray(sets.rows.indices), np.asarray(rows), both)
    own, others = len(rows), sets.columns.lengths()
    both[feature] = 0
    either = np.maximum(own + others - both, 1)
    expected = np.maximum(own * others.astype(np.float64), 1)
    return Together(
        both,
        (both / either).astype(np.float32),
        (both * sets.n_rows / expected).astype(np.float32),
    )


@njit(cache=True, nogil=True)
def _count(starts: Pointers, features: Ids, rows: Ids, both: Counts) -> None:
    for at in range(len(rows)):
        row = rows[at]
        for place in range(starts[row], starts[row + 1]):
            both[features[place]] += 1
