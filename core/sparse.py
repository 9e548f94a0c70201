"""Sparse rows turned and thinned: the transpose of a Csr, and its entries above a threshold."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from core.records import Bools, Csr, Floats, Halves, Ids, Pointers

COLUMNS = 1 << 14  # filled at once: their ends stay in cache, half the time at 2,296 a row
BLOCK = 1 << 22  # entries compared at once, so that float32 copies of the values stay small


def transpose(csr: Csr) -> Csr:
    """Columns as rows: (n_rows, n_columns) becomes (n_columns, n_rows), entries ascending.

    A counting sort in O(nnz + n_columns); the values travel with their entries.
    """
    bits = None if csr.values is None else csr.values.view(np.uint16)
    moved = np.empty(0 if bits is None else csr.nnz, dtype=np.uint16)
    source = np.empty(0, dtype=np.uint16) if bits is None else bits
    indptr, indices = _turned(csr.indptr, csr.indices, csr.n_columns, source, moved)
    values = None if bits is None else moved.view(np.float16)
    return Csr(indptr, indices, values, n_columns=csr.n_rows)


def filter_values(csr: Csr, theta: float | Floats) -> Csr:
    """The entries whose value is above `theta`: one number, or one for each column.

    Raises ValueError when the rows carry no values or `theta` has another length.
    """
    if csr.values is None:
        raise ValueError("a threshold needs stored values; these rows hold membership alone")
    if not np.isscalar(theta) and np.shape(theta) != (csr.n_columns,):
        raise ValueError(f"theta has shape {np.shape(theta)}, the rows {csr.n_columns} columns")
    keep = _above(csr.values, csr.indices, theta)
    indptr = _kept_pointers(csr.indptr, keep)
    return Csr(indptr, csr.indices[keep], csr.values[keep], csr.n_columns)


def membership(csr: Csr) -> Csr:
    """The same entries without their values."""
    return Csr(csr.indptr, csr.indices, None, csr.n_columns)


def _above(values: Halves, indices: Ids, theta: float | Floats) -> Bools:
    keep = np.empty(len(values), dtype=np.bool_)
    for start in range(0, len(values), BLOCK):
        part = slice(start, start + BLOCK)
        limit = theta[indices[part]] if isinstance(theta, np.ndarray) else np.float32(theta)
        np.greater(values[part].astype(np.float32), limit, out=keep[part])
    return keep


@numba.njit(cache=True)
def _turned(
    indptr: Pointers,
    indices: Ids,
    n_columns: int,
    source: NDArray[np.uint16],
    moved: NDArray[np.uint16],
) -> tuple[Pointers, Ids]:
    starts = np.zeros(n_columns + 1, dtype=np.int64)
    for column in indices:
        starts[column + 1] += 1
    starts = np.cumsum(starts)
    free = starts[:-1].copy()  # where the next entry of each column goes
    rows = np.empty(len(indices), dtype=np.uint32)
    reached = indptr[:-1].copy()  # where each row goes on
    for first in range(0, n_columns, COLUMNS):
        for row in range(len(indptr) - 1):
            at = reached[row]
            while at < indptr[row + 1] and indices[at] < first + COLUMNS:
                to = free[indices[at]]
                free[indices[at]] = to + 1
                rows[to] = row
                if len(moved):
                    moved[to] = source[at]
                at += 1
            reached[row] = at
    return starts, rows


@numba.njit(cache=True)
def _kept_pointers(indptr: Pointers, keep: Bools) -> Pointers:
    starts = np.zeros(len(indptr), dtype=np.int64)
    for row in range(len(indptr) - 1):
        count = 0
        for at in range(indptr[row], indptr[row + 1]):
            if keep[at]:
                count += 1
        starts[row + 1] = starts[row] + count
    return starts
