"""Compiled picking where rows have costs: the best row has the largest gain for what it costs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from core.records import Rows
from core.select.greedy_kernels import BLOCK, Sets, State, Ties, Wide, Worth, choose
from core.select.limits_kernels import Bounds

Doubles = NDArray[np.float64]


class Prices(NamedTuple):
    """What a row's gain is divided by, as a factor, and what is known of each block of rows."""

    factors: Doubles  # (n_rows,), one over the cost
    tops: Doubles  # (n_blocks,), no gain for its cost of the block is larger
    heads: NDArray[np.int32]  # (n_blocks,), no row with that top stands earlier in the tie order


def prices_of(factors: Doubles) -> Prices:
    """Prices of which nothing is known yet."""
    n_blocks = -(-len(factors) // BLOCK)
    return Prices(factors, np.full(n_blocks, np.inf), np.zeros(n_blocks, dtype=np.int32))


@njit(cache=True, nogil=True)
def look(block: int, prices: Prices, ties: Ties, state: State) -> None:
    """Find the best row of a block; its top is 0 where none gains."""
    start = block * BLOCK
    top, head = 0.0, np.int32(len(state.gains))
    for row in range(start, min(start + BLOCK, len(state.gains))):
        if state.gains[row] > 0:
            value = state.gains[row] * prices.factors[row]
            if value > top or (value == top and ties.place[row] < head):
                top, head = value, ties.place[row]
    prices.tops[block] = top
    prices.heads[block] = head


@njit(cache=True, nogil=True)
def best_place(prices: Prices, ties: Ties, state: State) -> int:
    """Place in the tie order of the best row, or -1 where none gains."""
    fresh = -1
    while True:
        block = 0
        for other in range(1, len(prices.tops)):
            ahead = prices.tops[other] > prices.tops[block]
            level = prices.tops[other] == prices.tops[block]
            if ahead or (level and prices.heads[other] < prices.heads[block]):
                block = other
        if prices.tops[block] <= 0:
            return -1
        if block == fresh:
            return int(prices.heads[block])
        look(block, prices, ties, state)
        fresh = block


@njit(cache=True, nogil=True)
def pick_priced(
    sets: Sets,
    worth: Worth,
    ties: Ties,
    state: State,
    bounds: Bounds,
    prices: Prices,
    rows: Rows,
    gained: Wide,
) -> int:
    """Fill `rows` with the rows of largest gain for their cost; returns how many still gained."""
    for done in range(len(rows)):
        place = best_place(prices, ties, state)
        if place < 0:
            return done
        row = ties.order[place]
        rows[done] = row
        gained[done] = state.gains[row]
        choose(row, sets, worth, state, bounds)
    return len(rows)
