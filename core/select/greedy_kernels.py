"""Compiled loops of exact greedy selection: cover a row, find the best one, pick many.

Gains are exact at all times: when a feature's worth falls, the transpose names every row that
loses. The best row is found by block maxima: gains only fall within a round, so a block's stored
best is an upper bound, and only the block that leads has to be looked at again.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from core.records import Ids, Pointers, Rows
from core.select.limits_kernels import Bounds, admit
from core.select.prefetch import prefetch

BLOCK = 1024  # rows a bound stands for
GROUP = 32  # blocks under one top: at a million rows the largest of 977 bounds is found in 63 looks
LINE = 16  # row numbers in a cache line
AHEAD = 8  # lines asked for ahead
GAIN_SHIFT = 32  # a key is (gain, how early the tie order has the row), packed
TIE_MASK = (1 << GAIN_SHIFT) - 1
Wide = NDArray[np.int64]
Gains = NDArray[np.signedinteger[Any]]  # as narrow as the largest gain allows


class Sets(NamedTuple):
    """The feature sets and their transpose, read only."""

    row_starts: Pointers  # (n_rows + 1,)
    features: Ids  # (nnz,)
    feature_starts: Pointers  # (n_features + 1,)
    rows: Ids  # (nnz,)


class Worth(NamedTuple):
    """What a feature adds to a gain: weights[f] × steps[times it has been covered]."""

    steps: Wide  # (levels + 1,), falling to the last, which holds ever after
    weights: Wide  # (n_features,), or empty where every feature weighs 1
    counts_on: bool  # whether it matters how often a feature is covered beyond the last step


class Ties(NamedTuple):
    """The order that decides between equal gains."""

    order: Rows  # (n_rows,), rows from first to last
    place: NDArray[np.int32]  # (n_rows,), where each row stands in it


class State(NamedTuple):
    """What changes while picking."""

    covered: NDArray[np.int32]  # (n_features,), times each feature was covered
    gains: Gains  # (n_rows,), zero or less where a row may not be picked
    bounds: Wide  # (n_blocks,), no key of the block is larger
    tops: Wide  # (n_groups,), the largest bound of each group of blocks


@njit(cache=True, nogil=True)
def lower(sets: Sets, feature: int, fall: int, gains: Gains, coming: int) -> None:
    """Lower the gain of every row that has a feature.

    Lists of rows lie far apart in memory, and waiting for them was a quarter of the time: the next
    list's first lines and this list's coming ones are asked for ahead (100 M non-zeros: 0.25 s
    without, 0.18 s with).
    """
    for line in range(AHEAD):
        prefetch(sets.rows, coming + line * LINE)
    narrow = gains.dtype.type(fall)
    start, stop = sets.feature_starts[feature], sets.feature_starts[feature + 1]
    whole = stop - (stop - start) % LINE
    for line in range(start, whole, LINE):
        prefetch(sets.rows, line + 2 * AHEAD * LINE)
        for to in range(line, line + LINE):
            gains[sets.rows[to]] -= narrow
    for to in range(whole, stop):
        gains[sets.rows[to]] -= narrow


@njit(cache=True, nogil=True)
def count_in(row: int, sets: Sets, worth: Worth, state: State) -> tuple[Wide, Wide]:
    """Cover one row's features once more: those worth less from now on, and how much less."""
    steps, weights, covered = worth.steps, worth.weights, state.covered
    levels = len(steps) - 1
    start, stop = sets.row_starts[row], sets.row_starts[row + 1]
    fell, falls, count = np.empty(stop - start, np.int64), np.empty(stop - start, np.int64), 0
    for at in range(start, stop):
        feature = sets.features[at]
        times = covered[feature]
        if times >= levels:
            if worth.counts_on:
                covered[feature] = times + 1
            continue
        covered[feature] = times + 1
        fall = steps[times] - steps[times + 1]
        if len(weights):
            fall *= weights[feature]
        if fall:
            fell[count], falls[count] = feature, fall
            count += 1
    return fell[:count], falls[:count]


@njit(cache=True, nogil=True)
def cover(row: int, sets: Sets, worth: Worth, state: State) -> None:
    """Cover one row's features once more and lower the gain of every row that shares them."""
    fell, falls = count_in(row, sets, worth, state)
    for at in range(len(fell)):
        coming = sets.feature_starts[fell[min(at + 1, len(fell) - 1)]]
        lower(sets, fell[at], falls[at], state.gains, coming)


@njit(cache=True, nogil=True)
def choose(row: int, sets: Sets, worth: Worth, state: State, bounds: Bounds) -> None:
    """Choose one row: nothing that may not be chosen any more gains, and its features are covered.

    Gains of closed rows go on falling from 0, and are never the best again.
    """
    before = bounds.n_closed[0]
    admit(row, bounds)
    for at in range(before, bounds.n_closed[0]):
        state.gains[bounds.closed[at]] = 0
    state.gains[row] = 0
    cover(row, sets, worth, state)


@njit(cache=True, nogil=True)
def take(rows: Rows, sets: Sets, worth: Worth, state: State, bounds: Bounds, gained: Wide) -> None:
    """Choose the given rows in order, free or not, writing the gain of each, (len(rows),)."""
    for at in range(len(rows)):
        gained[at] = max(0, state.gains[rows[at]])
        choose(rows[at], sets, worth, state, bounds)


@njit(cache=True, nogil=True)
def best_of_block(block: int, ties: Ties, gains: Gains) -> int:
    """Key of the best row of a block, or 0 where none gains."""
    start = block * BLOCK
    stop = min(start + BLOCK, len(gains))
    best = gains[start]
    for row in range(start, stop):
        best = max(best, gains[row])
    if best <= 0:
        return 0
    first = np.int32(len(gains))
    for row in range(start, stop):  # a pass of its own, so that both run in vector registers
        first = min(first, ties.place[row] if gains[row] == best else np.int32(len(gains)))
    return int((np.int64(best) << GAIN_SHIFT) | (len(gains) - 1 - first))


@njit(cache=True, nogil=True)
def leading(group: int, state: State) -> int:
    """The block of a group with the largest bound."""
    best = group * GROUP
    for block in range(best + 1, min(best + GROUP, len(state.bounds))):
        if state.bounds[block] > state.bounds[best]:
            best = block
    return int(best)


@njit(cache=True, nogil=True)
def best_key(ties: Ties, state: State) -> int:
    """Key of the best row of all, or 0 where none gains; tightens bounds on the way."""
    fresh = -1  # the block whose bound is known to be exact
    while True:
        group = int(np.argmax(state.tops))
        block = leading(group, state)
        if block == fresh or state.bounds[block] == 0:
            return int(state.bounds[block])
        state.bounds[block] = best_of_block(block, ties, state.gains)
        state.tops[group] = state.bounds[leading(group, state)]
        fresh = block


@njit(cache=True, nogil=True)
def pick(
    sets: Sets, worth: Worth, ties: Ties, state: State, bounds: Bounds, rows: Rows, gained: Wide
) -> int:
    """Fill `rows` with the best rows one after the other; returns how many still gained."""
    for done in range(len(rows)):
        key = best_key(ties, state)
        if key == 0:
            return done
        row = ties.order[len(ties.order) - 1 - (key & TIE_MASK)]
        rows[done] = row
        gained[done] = key >> GAIN_SHIFT
        choose(row, sets, worth, state, bounds)
    return len(rows)


@njit(cache=True, nogil=True)
def gains_of(sets: Sets, worth: Worth, covered: NDArray[np.int32], gains: Wide) -> None:
    """Every row's gain given how often each feature is covered, into `gains` (n_rows,)."""
    for row in range(len(gains)):
        total = np.int64(0)
        for at in range(sets.row_starts[row], sets.row_starts[row + 1]):
            feature = sets.features[at]
            weight = worth.weights[feature] if len(worth.weights) else np.int64(1)
            total += worth.steps[min(covered[feature], len(worth.steps) - 1)] * weight
        gains[row] = total


@njit(cache=True, nogil=True)
def least_covered(
    sets: Sets, worth: Worth, covered: NDArray[np.int32], free: NDArray[np.bool_]
) -> int:
    """How often the least covered feature of any free row is covered; 0 where there is none."""
    least = np.int32(2147483647)
    for row in range(len(free)):
        if free[row]:
            for at in range(sets.row_starts[row], sets.row_starts[row + 1]):
                feature = sets.features[at]
                if not len(worth.weights) or worth.weights[feature] > 0:
                    least = min(least, covered[feature])
    return int(least) if least < 2147483647 else 0
