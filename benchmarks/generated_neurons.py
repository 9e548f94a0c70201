"""Neuron states that benchmarks make up: each layer's strongest neurons of each row, in seconds."""

from __future__ import annotations

import math

import numba
import numpy as np
from numpy.typing import NDArray

from core.records import Csr, NeuronStates
from core.select.threads import in_threads

TOPICS = 8
POWER, OFFSET = 1.1, 10.0
"""Popularity of a layer's neurons by rank, (rank + 10)^-1.1: near what MiniLM does on Alpaca, where
a layer's most popular neuron is in the top 1 % of about 70 % of the rows, its tenth (of 1,536) of
20 %, its hundredth of 3.5 %."""
TABLE = 1 << 16  # equal parts of chance, each with the rank that it falls on

STEP = np.uint64(0x9E3779B97F4A7C15)
WORD = 16  # neurons in a word of the set that a row is drawn into
Units = NDArray[np.uint16]


def neuron_states(
    n_rows: int, n_layers: int, layer_size: int, *, share: float, seed: int = 0
) -> NeuronStates:
    """States of which each row keeps ceil(share * layer_size) neurons of every layer.

    A row belongs to one of eight topics; half its draws are the topic's, half common. Neurons drawn
    earlier have larger values, so that a rule that takes the strongest finds the popular ones.
    Six bytes an entry.
    """
    rng = np.random.default_rng(seed)
    kept = math.ceil(share * layer_size)
    ranks = _ranks(layer_size)
    orders = np.stack(
        [
            [rng.permutation(layer_size).astype(np.uint16) for _ in range(TOPICS + 1)]
            for _ in range(n_layers)
        ]
    )
    columns = np.empty(n_rows * n_layers * kept, dtype=np.uint32)
    bits = np.empty(len(columns), dtype=np.uint16)
    strengths = np.linspace(8.0, 1.0, kept).astype(np.float16).view(np.uint16)
    what = (seed, ranks, orders, strengths, columns, bits)
    in_threads(lambda rows: _fill(rows.start, rows.stop, *what), n_rows)
    pointers = np.arange(n_rows + 1, dtype=np.int64) * (n_layers * kept)
    rows = Csr(pointers, columns, bits.view(np.float16), n_layers * layer_size)
    nothing = np.zeros(rows.n_columns, dtype=np.float32)
    return NeuronStates(rows, layer_size, nothing, nothing, nothing)


def _ranks(layer_size: int) -> Units:
    """The rank that each of TABLE equal chances falls on, (TABLE,)."""
    popularity = np.cumsum((np.arange(layer_size) + OFFSET) ** -POWER)
    chances = (np.arange(TABLE) + 0.5) / TABLE
    return np.searchsorted(popularity / popularity[-1], chances).astype(np.uint16)


@numba.njit(cache=True, inline="always")
def _mixed(bits: np.uint64) -> np.uint64:
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


@numba.njit(cache=True, nogil=True)
def _fill(
    start: int,
    stop: int,
    seed: int,
    ranks: Units,
    orders: NDArray[np.uint16],
    strengths: NDArray[np.uint16],
    columns: NDArray[np.uint32],
    bits: NDArray[np.uint16],
) -> None:
    """Draw every row by a stream of its own, so that threads do not change what comes out."""
    n_layers, _, layer_size = orders.shape
    kept = len(strengths)
    for layer in range(n_layers):  # outside, so that its orders stay near
        for row in range(start, stop):
            own = 1 + np.int64(_mixed(np.uint64(seed) ^ np.uint64(row)) % np.uint64(TOPICS))
            state = _mixed(np.uint64(seed) + STEP * np.uint64(row * n_layers + layer + 1))
            chosen = np.zeros(-(-layer_size // WORD), dtype=np.uint16)
            turn = np.empty(layer_size, dtype=np.uint16)
            drawn = 0
            tries = 0
            while drawn < kept:
                state += STEP
                chance = _mixed(state)
                tries += 1
                if tries > 64 * kept:  # the popular ones are all in: take any
                    unit = np.int64(chance >> np.uint64(17)) % layer_size
                else:
                    rank = ranks[np.int64((chance >> np.uint64(8)) & np.uint64(TABLE - 1))]
                    unit = np.int64(orders[layer, own * np.int64(chance & np.uint64(1)), rank])
                word, bit = unit // WORD, np.uint16(1 << (unit % WORD))
                if not chosen[word] & bit:
                    chosen[word] |= bit
                    turn[unit] = drawn
                    drawn += 1
            at = (row * n_layers + layer) * kept
            for word in range(len(chosen)):
                if chosen[word]:
                    for unit in range(word * WORD, min((word + 1) * WORD, layer_size)):
                        if chosen[word] & np.uint16(1 << (unit % WORD)):
                            columns[at] = layer * layer_size + unit
                            bits[at] = strengths[turn[unit]]
                            at += 1
