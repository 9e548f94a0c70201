"""Compiled exact Jaccard similarity: of the pairs that a band proposes, join the like ones."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from core.duplicates.union import Parents, join, root
from core.records import Pointers, Rows

NOISE = 1e-9  # so that 4 of 5 shared is not below a threshold of 0.8


class Sets(NamedTuple):
    """Sets of shingles; set i is the one of text `rows[i]`."""

    rows: Rows  # (n_sets,)
    starts: Pointers  # (n_texts + 1,)
    keys: NDArray[np.uint64]  # ascending and distinct in each text


class Band(NamedTuple):
    """Sets in the order of one band's keys; those of one key stand together."""

    number: int  # of this band
    keys: NDArray[np.uint64]  # (n_sets, n_bands)
    order: Rows  # (n_sets,)
    ends: Rows  # (n_sets,), the position behind the last one of the same key


@njit(cache=True, nogil=True)
def join_alike(
    start: int, stop: int, band: Band, sets: Sets, parents: Parents, threshold: float
) -> None:
    """Join every set at the positions from `start` to `stop` with the like ones of its key.

    Pairs that are one group by now, or that an earlier band has compared, are passed over.
    """
    for at in range(start, stop):
        for other in range(at + 1, band.ends[at]):
            left, right = band.order[at], band.order[other]
            if root(parents, left) == root(parents, right) or met(left, right, band):
                continue
            if alike(left, right, sets, threshold):
                join(parents, left, right)


@njit(cache=True, nogil=True)
def met(left: int, right: int, band: Band) -> bool:
    """Whether two sets share a band before this one."""
    number = 0
    while number < band.number and band.keys[left, number] != band.keys[right, number]:
        number += 1
    return number < band.number


@njit(cache=True, nogil=True)
def alike(left: int, right: int, sets: Sets, threshold: float) -> bool:
    """Whether the Jaccard similarity of two sets is the threshold or more.

    |A ∩ B| / |A ∪ B| >= t is |A ∩ B| >= t / (1 + t) · (|A| + |B|), known before the sets are read.
    """
    i, i_end = sets.starts[sets.rows[left]], sets.starts[sets.rows[left] + 1]
    j, j_end = sets.starts[sets.rows[right]], sets.starts[sets.rows[right] + 1]
    needed = math.ceil(threshold / (1 + threshold) * (i_end - i + j_end - j) - NOISE)
    while needed > 0 and min(i_end - i, j_end - j) >= needed:
        a, b = sets.keys[i], sets.keys[j]
        if a == b:
            needed -= 1
        i += a <= b
        j += b <= a
    return needed <= 0
