"""Compiled loops over lists of similarities: each row's list holds what it may still add to.

A list entry whose row of the pool is already covered better never counts again, so lists shrink
whenever they are read.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from core.records import Floats, Rows
from core.select.facility_kernels import (
    NOBODY,
    UNSETTLED,
    Leaders,
    Similar,
    Wide,
    fixed,
    gain_of,
    leader,
    tighten,
)

ABSENT = -1  # in place of the length of a list
GROUP = 64  # similarities held against the smallest of the best ones before any is looked at


class Lists(NamedTuple):
    """For each row the rows of the pool that it resembles, and how much."""

    starts: Wide  # (n_rows,), where its list begins
    lengths: NDArray[np.int32]  # (n_rows,), ABSENT where it has none
    near: NDArray[np.int32]  # (capacity,), rows of the pool
    similar: Similar  # (capacity,)


@njit(cache=True, nogil=True)
def gain_listed(row: int, lists: Lists, cover: Similar) -> int:
    """The gain of a row that has a list; entries that will never count again leave the list."""
    start, stop = lists.starts[row], lists.starts[row] + lists.lengths[row]
    near, similar = lists.near[start:stop], lists.similar[start:stop]
    total, kept = np.int64(0), 0
    for at in range(len(near)):
        more = np.int64(similar[at]) - np.int64(cover[near[at]])
        near[kept], similar[kept] = near[at], similar[at]  # no branch: it would be mispredicted
        kept += int(more > 0)
        total += more if more > 0 else np.int64(0)
    lists.lengths[row] = kept
    return int(total)


@njit(cache=True, nogil=True)
def gains_listed(rows: Rows, lists: Lists, cover: Similar, gains: Wide) -> None:
    """The gain of each of these rows, all of which have lists, into `gains` (n,)."""
    for at in range(len(rows)):
        gains[at] = gain_listed(rows[at], lists, cover)


@njit(cache=True, nogil=True)
def raise_listed(row: int, lists: Lists, cover: Similar) -> None:
    """Choose a row that has a list."""
    for at in range(lists.starts[row], lists.starts[row] + lists.lengths[row]):
        cover[lists.near[at]] = max(cover[lists.near[at]], lists.similar[at])


@njit(cache=True, nogil=True)
def settle_listed(lists: Lists, cover: Similar, leaders: Leaders, chosen: int, most: int) -> int:
    """The best row of all while those that lead have lists; else UNSETTLED or NOBODY."""
    for _ in range(most):
        row = leader(leaders)
        if row == NOBODY or leaders.seen[row] == chosen:
            return row
        if lists.lengths[row] == ABSENT:
            return UNSETTLED
        tighten(row, gain_listed(row, lists, cover), chosen, leaders)
    return UNSETTLED


@njit(cache=True, nogil=True)
def absorb(
    products: Floats, rows: Rows, lists: Lists, cover: Similar, longest: int, gains: Wide
) -> None:
    """Gains of rows from their cosines to the pool, (len(rows), n_rows), into `gains` (n,).

    Keeps the list of each row that has at most `longest` entries, where its start says; there has
    to be room for one more.
    """
    similar = np.empty(len(cover), dtype=np.int16)
    for at in range(len(rows)):
        fixed(products[at], similar)
        gains[at] = gain_of(similar, cover)
        count = _above(similar, cover)
        if count <= longest:
            start = lists.starts[rows[at]]
            stop = start + count + 1
            _keep(similar, cover, lists.near[start:stop], lists.similar[start:stop])
            lists.lengths[rows[at]] = count


@njit(cache=True, nogil=True)
def _above(similar: Similar, cover: Similar) -> int:
    count = np.uint32(0)
    for near in range(len(cover)):
        count = np.uint32(count + np.uint32(similar[near] > cover[near]))
    return int(count)


@njit(cache=True, nogil=True)
def _keep(similar: Similar, cover: Similar, near: NDArray[np.int32], kept: Similar) -> None:
    count = 0
    for at in range(len(cover)):
        near[count], kept[count] = at, similar[at]  # no branch; the last one may be left over
        count += int(similar[at] > cover[at])


@njit(cache=True, nogil=True)
def add_sums(products: Floats, row: int, column: int, sums: Wide) -> None:
    """Add a tile's similarities to the sums of its rows and, off the diagonal, of its columns."""
    n_rows, width = products.shape
    similar = np.empty(width, dtype=np.int16)
    down = np.zeros(width, dtype=np.int32)
    for at in range(n_rows):
        fixed(products[at], similar)
        across = np.int64(0)
        for to in range(width):
            across += np.int64(similar[to])
            down[to] += np.int32(similar[to])
        sums[row + at] += across
    if row != column:
        for to in range(width):
            sums[column + to] += down[to]


@njit(cache=True, nogil=True)
def nearest(
    products: Floats, k: int, near: NDArray[np.int32], similar: Similar, found: NDArray[np.int32]
) -> None:
    """The k largest similarities above 0 of each row, equal ones by position; all (n, k).

    What passes the smallest of the k best so far is collected, and sorted once 2 k have come.
    """
    width = products.shape[1]
    row = np.empty(width, dtype=np.int16)
    keys = np.empty(2 * k + GROUP, dtype=np.int64)
    for at in range(len(products)):
        fixed(products[at], row)
        count, floor = 0, np.int16(0)
        for start in range(0, width, GROUP):
            part = row[start : start + GROUP]
            best = np.int16(0)
            for to in range(len(part)):
                best = part[to] if part[to] > best else best
            if best <= floor:
                continue
            for to in range(len(part)):
                if part[to] > floor:
                    keys[count] = (np.int64(part[to]) << 32) | (width - 1 - (start + to))
                    count += 1
            if count >= 2 * k:
                count = _best_keys(keys, count, k)
                floor = np.int16(keys[k - 1] >> 32)
        count = _best_keys(keys, count, k)
        found[at] = count
        for to in range(count):
            near[at, to] = width - 1 - (keys[to] & 0xFFFFFFFF)
            similar[at, to] = keys[to] >> 32


@njit(cache=True, nogil=True)
def _best_keys(keys: Wide, count: int, k: int) -> int:
    ordered = np.sort(keys[:count])[::-1]
    kept = min(count, k)
    keys[:kept] = ordered[:kept]
    return kept


@njit(cache=True, nogil=True)
def turn(near: NDArray[np.int32], similar: Similar, found: NDArray[np.int32], lists: Lists) -> None:
    """The lists of rows that are near, from those of the rows that they are near to."""
    lists.lengths[:] = 0
    for at in range(len(found)):
        for to in range(found[at]):
            lists.lengths[near[at, to]] += 1
    place = np.int64(0)
    for row in range(len(lists.starts)):
        lists.starts[row] = place
        place += lists.lengths[row]
        lists.lengths[row] = 0
    for at in range(len(found)):
        for to in range(found[at]):
            row = near[at, to]
            place = lists.starts[row] + lists.lengths[row]
            lists.near[place], lists.similar[place] = at, similar[at, to]
            lists.lengths[row] += 1
