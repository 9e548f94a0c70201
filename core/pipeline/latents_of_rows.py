"""Distinct latents of rows, in all and part by part: one pass over the non-zeros of the rows."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from core.records import Bools, Csr, Ids, Pointers, Rows
from core.select.arrays import read_only

Labels = NDArray[np.int32]


def latents_of(sets: Csr, rows: Rows) -> Bools:
    """Which latents these rows have, (n_latents,)."""
    everything: Labels = np.zeros(len(sets.indptr) - 1, dtype=np.int32)
    return _marked(sets, rows, everything, 1)[0]


def latents_by_part(sets: Csr, rows: Rows, labels: Labels, n_parts: int) -> Rows:
    """How many distinct latents these rows have in each part, (n_parts,)."""
    return _marked(sets, rows, labels, n_parts).sum(axis=1)


def _marked(sets: Csr, rows: Rows, labels: Labels, n_parts: int) -> Bools:
    """Which latents these rows have in each part, (n_parts, n_latents); label -1 is in no part."""
    seen = np.zeros((n_parts, sets.n_columns), dtype=np.bool_)
    starts, latents = read_only(sets.indptr), read_only(sets.indices)
    _mark(starts, latents, read_only(rows), read_only(labels), seen)
    return seen


@numba.njit(cache=True, nogil=True)
def _mark(starts: Pointers, latents: Ids, rows: Rows, labels: Labels, seen: Bools) -> None:
    for row in rows:
        if labels[row] >= 0:
            for at in range(starts[row], starts[row + 1]):
                seen[labels[row], latents[at]] = True
