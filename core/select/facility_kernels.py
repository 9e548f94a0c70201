"""Compiled loops of facility location: similarities in fixed point, gains, and the leading row.

A similarity is max(0, cosine) in steps of 1 / SCALE. Sums of whole numbers do not depend on their
order, so gains are exact, and equal ones tie exactly.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from core.records import Floats, Rows

SCALE = 32_767  # steps of 3e-5; float32 noise of a cosine is 1e-7, that of float16 vectors 1e-4
GROUP = 32  # rows turned into columns at once: one cache line of the matrix
STRIP = 512  # columns turned before the next ones: their pages stay within reach
STRETCH = 32_768  # similarities summed in 32 bits before the sum widens
BLOCK = 512  # rows a top stands for
NOBODY, UNSETTLED = -1, -2  # in place of a row: none is left; looked at enough for now

Similar = NDArray[np.int16]
Wide = NDArray[np.int64]
Doubles = NDArray[np.float64]


class Leaders(NamedTuple):
    """What each row is worth at most, in an order where the first of equal rows goes first."""

    bounds: Doubles  # (n_rows,), never below the true worth; -inf where a row may not be chosen
    tops: Doubles  # (n_blocks,), never below a bound of the block
    seen: NDArray[np.int32]  # (n_rows,), rows that were chosen when the bound was set
    slopes: Doubles  # (n_rows,), worth of a step of gain
    bonus: Doubles  # (n_rows,), worth beside the gain


@njit(cache=True, nogil=True)
def fixed(products: Floats, out: Similar) -> None:
    """Cosines as similarities in fixed point, both (n,)."""
    scale, half = np.float32(SCALE), np.float32(0.5)
    for at in range(len(products)):
        steps = np.int32(products[at] * scale + half)
        out[at] = np.int16(min(max(steps, np.int32(0)), np.int32(SCALE)))


@njit(cache=True, nogil=True)
def put(products: Floats, matrix: Similar, row: int, column: int) -> None:
    """Write a tile of cosines into the matrix at (row, column)."""
    for at in range(products.shape[0]):
        fixed(products[at], matrix[row + at, column : column + products.shape[1]])


@njit(cache=True, nogil=True)
def put_both(products: Floats, matrix: Similar, row: int, column: int) -> None:
    """Write a tile at (row, column) and, turned, at (column, row).

    `row` and the tile's rows are multiples of GROUP. Four rows are packed into one 64-bit number
    first, so that the turned copy moves four similarities at a time; 32 rows make a cache line.
    """
    whole = matrix.view(np.uint64)  # four columns in one number
    group = np.empty((GROUP, STRIP), dtype=np.int16)
    packed = np.empty((GROUP // 4, STRIP), dtype=np.uint64)
    for left in range(0, products.shape[1], STRIP):
        right = min(left + STRIP, products.shape[1])
        for start in range(0, products.shape[0], GROUP):
            for at in range(GROUP):
                fixed(products[start + at, left:right], group[at])
                line = matrix[row + start + at, column + left : column + right]
                for to in range(len(line)):
                    line[to] = group[at, to]
            pack(group, packed)
            place = (row + start) // 4
            turn(packed, whole[column + left : column + right, place : place + GROUP // 4])


@njit(cache=True, nogil=True)
def pack(group: Similar, packed: NDArray[np.uint64]) -> None:
    """Four rows side by side in one, lowest bits first; similarities are never negative."""
    for part in range(len(packed)):
        a, b, c, d = group[4 * part], group[4 * part + 1], group[4 * part + 2], group[4 * part + 3]
        line = packed[part]
        for at in range(len(line)):
            line[at] = (
                np.uint64(a[at])
                | (np.uint64(b[at]) << np.uint64(16))
                | (np.uint64(c[at]) << np.uint64(32))
                | (np.uint64(d[at]) << np.uint64(48))
            )


@njit(cache=True, nogil=True)
def turn(packed: NDArray[np.uint64], out: NDArray[np.uint64]) -> None:
    """Columns as rows."""
    for at in range(out.shape[0]):
        for part in range(out.shape[1]):
            out[at, part] = packed[part, at]


@njit(cache=True, nogil=True)
def gain_of(similar: Similar, cover: Similar) -> int:
    """How much a row with these similarities adds to the cover, both (n,)."""
    total = np.int64(0)
    for start in range(0, len(cover), STRETCH):
        near, held = similar[start : start + STRETCH], cover[start : start + STRETCH]
        part = np.uint32(0)
        for at in range(len(held)):
            # 16 bits throughout, so that a vector register holds as many as it can
            more = np.int16(near[at] - held[at])
            more = np.int16(more if more > np.int16(0) else np.int16(0))
            part = np.uint32(part + np.uint32(more))
        total += np.int64(part)
    return int(total)


@njit(cache=True, nogil=True)
def gains_of(matrix: Similar, cover: Similar, rows: Rows, gains: Wide) -> None:
    """The gain of each of these rows, into `gains` (n,)."""
    for at in range(len(rows)):
        gains[at] = gain_of(matrix[rows[at]], cover)


@njit(cache=True, nogil=True)
def raise_cover(similar: Similar, cover: Similar) -> None:
    """Choose a row with these similarities."""
    for at in range(len(cover)):
        cover[at] = max(cover[at], similar[at])


@njit(cache=True, nogil=True)
def leader(leaders: Leaders) -> int:
    """The row with the largest bound, the first of equal ones; NOBODY where all are closed.

    Bounds only fall, so a block's stored top is an upper bound, and only the block that leads has
    to be looked at again.
    """
    while True:
        block = int(np.argmax(leaders.tops))
        if leaders.tops[block] == -np.inf:
            return NOBODY
        bounds = leaders.bounds[block * BLOCK : (block + 1) * BLOCK]
        best = int(np.argmax(bounds))
        if bounds[best] == leaders.tops[block]:
            return block * BLOCK + best
        leaders.tops[block] = bounds[best]


@njit(cache=True, nogil=True)
def tighten(row: int, gain: int, chosen: int, leaders: Leaders) -> None:
    """Set a row's bound to its worth now that `chosen` rows are chosen."""
    worth = leaders.slopes[row] * gain + leaders.bonus[row]
    leaders.bounds[row] = min(leaders.bounds[row], worth)
    leaders.seen[row] = chosen


@njit(cache=True, nogil=True)
def tighten_all(rows: Rows, gains: Wide, chosen: int, leaders: Leaders) -> None:
    """Set the bounds of many rows."""
    for at in range(len(rows)):
        tighten(rows[at], gains[at], chosen, leaders)


@njit(cache=True, nogil=True)
def settle(matrix: Similar, cover: Similar, leaders: Leaders, chosen: int, most: int) -> int:
    """The best row of all, looking anew at no more than `most` rows; else UNSETTLED or NOBODY."""
    for _ in range(most):
        row = leader(leaders)
        if row == NOBODY or leaders.seen[row] == chosen:
            return row
        tighten(row, gain_of(matrix[row], cover), chosen, leaders)
    return UNSETTLED
