"""Who carries a feature: the first chosen row that brought it, and rows that carry it alone."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from core.records import Csr, FeatureSets, Ids, Pointers, Rows
from core.select.arrays import read_only

Positions = NDArray[np.int32]


def first_carriers(features: FeatureSets, rows: Rows) -> Positions:
    """For each feature the position in `rows` that first brought it, -1 if none, (n_features,)."""
    first = np.full(features.n_features, -1, dtype=np.int32)
    sets = features.rows
    _mark_first(read_only(sets.indptr), read_only(sets.indices), read_only(rows), first)
    return first


def new_features(features: FeatureSets, rows: Rows) -> NDArray[np.int64]:
    """How many features each row brings that no earlier one had, (len(rows),)."""
    first = first_carriers(features, rows)
    return np.bincount(first[first >= 0], minlength=len(rows)).astype(np.int64)


def sole_carriers(features: FeatureSets, rows: Rows | None = None) -> Rows:
    """For each feature the one row that carries it, -1 where none or several do, (n_features,).

    `rows` are distinct rows to look among; the whole pool when None. Taking a sole carrier out of
    a subset loses the feature.
    """
    among = np.arange(features.n_rows) if rows is None else np.asarray(rows, dtype=np.int64)
    ids, owners = gathered(features.rows, among)
    counts = np.bincount(ids, minlength=features.n_features)
    carriers = np.full(features.n_features, -1, dtype=np.int64)
    carriers[ids] = among[owners]
    carriers[counts != 1] = -1
    return carriers


def gathered(csr: Csr, rows: Rows) -> tuple[Ids, Rows]:
    """The columns of several rows in one array, and for each its position in `rows`, (nnz,)."""
    sizes = csr.indptr[rows + 1] - csr.indptr[rows]
    owners = np.repeat(np.arange(len(rows)), sizes)
    offsets = np.arange(len(owners)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.asarray(csr.indices[csr.indptr[rows][owners] + offsets]), owners


@njit(cache=True, nogil=True)
def _mark_first(starts: Pointers, features: Ids, rows: Rows, first: Positions) -> None:
    for position in range(len(rows)):
        for at in range(starts[rows[position]], starts[rows[position] + 1]):
            if first[features[at]] < 0:
                first[features[at]] = position
