"""Compiled hashing of runs of words; 64 bits, so that two runs of a million pools never meet."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from core.records import Pointers

Hashes = NDArray[np.uint64]

# The finaliser of splitmix64 (Steele, Lea and Flood 2014).
SHIFT_1, SHIFT_2, SHIFT_3 = np.uint64(30), np.uint64(27), np.uint64(31)
FACTOR_1, FACTOR_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)

COUNTED_BITS = 22  # 32 MB of counters
LEVEL_BITS, KEPT_BITS = np.uint64(5), np.uint64(59)  # a level is the log2 of a count


@njit(cache=True, nogil=True)
def mixed(bits: np.uint64) -> np.uint64:
    """64 well-mixed bits, one to one."""
    bits = (bits ^ (bits >> SHIFT_1)) * FACTOR_1
    bits = (bits ^ (bits >> SHIFT_2)) * FACTOR_2
    return bits ^ (bits >> SHIFT_3)


@njit(cache=True, nogil=True)
def run_hash(words: Hashes, at: int, size: int) -> np.uint64:
    """The hash of `size` words from `at` on, their order included."""
    bits = np.uint64(size)
    for word in words[at : at + size]:
        bits = mixed(bits ^ word)
    return bits


@njit(cache=True, nogil=True)
def run_hashes(words: Hashes, starts: Pointers, size: int) -> tuple[Hashes, Pointers]:
    """Every run of `size` words inside a text: its hash, and the position of its first word."""
    hashes = np.empty(len(words), dtype=np.uint64)
    places = np.empty(len(words), dtype=np.int64)
    n_found = 0
    for row in range(len(starts) - 1):
        for at in range(starts[row], starts[row + 1] - size + 1):
            hashes[n_found] = run_hash(words, at, size)
            places[n_found] = at
            n_found += 1
    return hashes[:n_found], places[:n_found]


@njit(cache=True, nogil=True)
def shingle_rows(words: Hashes, starts: Pointers, size: int) -> tuple[Hashes, Pointers]:
    """Each text's distinct runs of `size` words, ascending, one text after the other, and counts.

    A text of fewer words has one run, the whole of it; so has one of none.
    """
    n_texts = len(starts) - 1
    hashes = np.empty(len(words) + n_texts, dtype=np.uint64)
    counts = np.zeros(n_texts, dtype=np.int64)
    n_found = 0
    for row in range(n_texts):
        first, n_words = starts[row], starts[row + 1] - starts[row]
        length = min(size, n_words)
        found = np.empty(n_words - length + 1, dtype=np.uint64)
        for at in range(len(found)):
            found[at] = run_hash(words, first + at, length)
        found.sort()
        for at in range(len(found)):
            if at == 0 or found[at] != found[at - 1]:
                hashes[n_found + counts[row]] = found[at]
                counts[row] += 1
        n_found += counts[row]
    return hashes[:n_found], counts


@njit(cache=True, nogil=True)
def put_rarest_first(starts: Pointers, hashes: Hashes) -> None:
    """Make keys of the hashes in place: 5 bits of how many texts have one, 59 of the hash itself.

    Sorted so, two sets show within a few steps that they differ, even where most of both is a
    template that half of the pool shares. Counts are of hashes that agree in COUNTED_BITS.
    """
    counts = np.zeros(1 << COUNTED_BITS, dtype=np.int64)
    shift = np.uint64(64 - COUNTED_BITS)
    for bits in hashes:
        counts[np.int64(bits >> shift)] += 1
    for at in range(len(hashes)):
        level, count = np.uint64(0), counts[np.int64(hashes[at] >> shift)]
        while count > 1:
            level, count = level + np.uint64(1), count >> 1
        hashes[at] = (level << KEPT_BITS) | (hashes[at] >> LEVEL_BITS)
    for row in range(len(starts) - 1):
        hashes[starts[row] : starts[row + 1]].sort()


@njit(cache=True, nogil=True)
def set_hashes(starts: Pointers, hashes: Hashes) -> Hashes:
    """One hash for each text's whole set of shingles, (n_texts,)."""
    found = np.empty(len(starts) - 1, dtype=np.uint64)
    for row in range(len(found)):
        found[row] = run_hash(hashes, starts[row], starts[row + 1] - starts[row])
    return found


@njit(cache=True, nogil=True)
def fold_in(keys: Hashes, values: NDArray[np.uint32]) -> None:
    """Mix one more column into the key of every row, (n_rows,) each."""
    for row in range(len(keys)):
        keys[row] = mixed(keys[row] ^ np.uint64(values[row]))
