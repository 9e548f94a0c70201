"""Compiled union-find: pairs of like rows into groups, without holding the pairs."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from core.records import Rows

Parents = NDArray[np.int64]


def forest(n_rows: int) -> Parents:
    """Every row a group of its own, (n_rows,)."""
    return np.arange(n_rows, dtype=np.int64)


@njit(cache=True, nogil=True)
def root(parents: Parents, row: int) -> int:
    """The row that stands for a row's group; shortens the way there."""
    while parents[row] != row:
        parents[row] = parents[parents[row]]
        row = parents[row]
    return row


@njit(cache=True, nogil=True)
def join(parents: Parents, left: int, right: int) -> None:
    """Make one group of two rows' groups; the earlier root stays."""
    left, right = root(parents, left), root(parents, right)
    parents[max(left, right)] = min(left, right)


@njit(cache=True, nogil=True)
def join_pairs(parents: Parents, lefts: Rows, rights: Rows) -> None:
    """Join each pair."""
    for at in range(len(lefts)):
        join(parents, lefts[at], rights[at])


@njit(cache=True, nogil=True)
def roots(parents: Parents) -> Rows:
    """The root of every row, (n_rows,)."""
    found = np.empty(len(parents), dtype=np.int64)
    for row in range(len(parents)):
        found[row] = root(parents, row)
    return found
