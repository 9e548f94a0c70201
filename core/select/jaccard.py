"""Generalised Jaccard similarity of sparse rows to one dense prototype."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from core.records import Csr, Floats, Ids, Pointers
from core.select.arrays import read_only

Doubles = NDArray[np.float64]
BLOCK = 1 << 14  # rows whose values are held in float32 at once


def prototype_of(rows: Csr, *, by_value: bool) -> Doubles:
    """The mean of sparse rows as one dense row, (n_columns,): of their values, or of 0 and 1."""
    weights = _values(rows, 0, rows.n_rows) if by_value else None
    sums = np.bincount(rows.indices, weights=weights, minlength=rows.n_columns)
    return sums / rows.n_rows


def likeness(rows: Csr, prototype: Doubles, weights: Doubles, *, by_value: bool) -> Doubles:
    """Σ w min(a, p) / Σ w max(a, p) of each row a with the prototype p, (n_rows,).

    Values below 0 or not finite count as 0, and so does a row where both sums are 0. Each row is
    summed by itself in float64, so equal rows are equally like wherever they stand.
    """
    found = np.empty(rows.n_rows)
    whole = float((weights * prototype).sum())
    pointers, columns = read_only(rows.indptr), read_only(rows.indices)
    for start in range(0, rows.n_rows, BLOCK):
        part = slice(start, min(start + BLOCK, rows.n_rows))
        values = _values(rows, part.start, part.stop) if by_value else np.empty(0, np.float32)
        edges = pointers[part.start : part.stop + 1]
        _likeness(edges, columns, values, prototype, weights, whole, found[part])
    return found


def _values(rows: Csr, start: int, stop: int) -> Floats:
    """The values of consecutive rows as float32, 0 where they are negative or not finite."""
    stored = np.asarray(rows.values)[rows.indptr[start] : rows.indptr[stop]].astype(np.float32)
    return np.where(np.isfinite(stored), np.maximum(stored, 0), np.float32(0))


@njit(cache=True, nogil=True)
def _likeness(
    edges: Pointers,
    columns: Ids,
    values: Floats,
    prototype: Doubles,
    weights: Doubles,
    whole: float,
    found: Doubles,
) -> None:
    for row in range(len(found)):
        shared, own = 0.0, 0.0
        for at in range(edges[row], edges[row + 1]):
            column = columns[at]
            value = np.float64(values[at - edges[0]]) if len(values) else 1.0
            own += weights[column] * value
            shared += weights[column] * min(value, prototype[column])
        total = own + whole - shared  # the sum of maxima: a + p - min(a, p)
        found[row] = shared / total if total > 0 else 0.0
