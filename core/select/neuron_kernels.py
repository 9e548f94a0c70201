"""Compiled loops that turn stored neuron values into sets of active neurons.

Compiled code has no float16, so values are compared by keys: unsigned integers in the order of
the values, made from their bits. A segment is the stored neurons of one row in one layer.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from core.records import Bools, Ids, Pointers

Keys = NDArray[np.uint16]
Bits = NDArray[np.uint16]  # of float16 values
Counts = NDArray[np.int64]
Numbers = NDArray[np.int32]

ABSENT = 0  # key of a value that is not finite: no finite one has it
NOTHING = 65_535  # a cut that no value is above
INFINITE = 0x7C00  # exponent bits, all set where a value is not finite
SIGN = 0x8000
NARROW = 1 << 15  # keys counted in 16 bits


def keys_of(bits: Bits) -> Keys:
    """Keys of values of any kind, infinities included."""
    return np.where(bits & SIGN, ~bits, bits | SIGN).astype(np.uint16)


@njit(cache=True, nogil=True)
def key_of(bits: int) -> int:
    """The key of a stored value; ABSENT where it is not finite."""
    if bits & INFINITE == INFINITE:
        return ABSENT
    return bits ^ 65_535 if bits & SIGN else bits | SIGN


@njit(cache=True, nogil=True)
def layer_bounds(pointers: Pointers, columns: Ids, layer_size: int, n_layers: int) -> Pointers:
    """Where the stored neurons of each row and layer begin, (n_rows * n_layers + 1,)."""
    n_rows = len(pointers) - 1
    bounds = np.empty(n_rows * n_layers + 1, dtype=np.int64)
    for row in range(n_rows):
        at = pointers[row]
        for layer in range(n_layers):
            bounds[row * n_layers + layer] = at
            high = pointers[row + 1]
            end = (layer + 1) * layer_size
            while at < high:  # the first neuron of a later layer
                middle = (at + high) // 2
                if columns[middle] < end:
                    at = middle + 1
                else:
                    high = middle
    bounds[-1] = pointers[-1]
    return bounds


@njit(cache=True, nogil=True)
def largest_cuts(
    bounds: Pointers, bits: Bits, most: int, cuts: Keys, ends: Pointers, kept: Numbers
) -> None:
    """The cut that keeps the `most` largest values of each segment.

    Keys above `cuts` are kept, and those equal to it that stand before `ends`: of equal values the
    lower neurons. The cut is found by halving the range of keys: counting is a loop that runs in
    vector registers, and a dozen of them cost less than one histogram.
    """
    keys = np.empty(_widest(bounds), dtype=np.uint16)
    for segment in range(len(cuts)):
        start, stop = bounds[segment], bounds[segment + 1]
        size = stop - start
        lowest, highest = _read(bits, start, size, keys)
        finite = _count_from(keys, size, ABSENT + 1)
        kept[segment] = min(most, finite)
        cuts[segment], ends[segment] = ABSENT, start
        if finite <= most:
            continue
        low, high = max(lowest, ABSENT + 1), highest + 1
        while high - low > 1:
            middle = (low + high) // 2
            if _count_from(keys, size, middle) >= most:
                low = middle
            else:
                high = middle
        left = most - _count_from(keys, size, low + 1)
        cuts[segment], ends[segment] = low, start + _after(keys, size, low, left)


@njit(cache=True, nogil=True)
def mass_cuts(
    bounds: Pointers,
    bits: Bits,
    share: float,
    parts: Counts,
    cuts: Keys,
    ends: Pointers,
    kept: Numbers,
) -> None:
    """The cut that keeps the fewest values of each segment that hold a share of its positive sum.

    As `largest_cuts`; `parts` is the value of each key in whole numbers, so that sums are exact
    whatever their order.
    """
    keys = np.empty(_widest(bounds), dtype=np.uint16)
    values = np.empty(len(keys), dtype=np.int64)
    for segment in range(len(cuts)):
        start, stop = bounds[segment], bounds[segment + 1]
        size = stop - start
        lowest, highest = _read(bits, start, size, keys)
        for at in range(size):
            values[at] = parts[keys[at]]
        whole = _sum_from(keys, values, size, 0)
        wanted = min(whole, np.int64(np.ceil(share * whole)))
        cuts[segment], ends[segment], kept[segment] = NOTHING, start, 0
        if wanted <= 0:
            continue
        low, high = lowest, highest + 1
        while high - low > 1:
            middle = (low + high) // 2
            if _sum_from(keys, values, size, middle) >= wanted:
                low = middle
            else:
                high = middle
        missing = wanted - _sum_from(keys, values, size, low + 1)
        left = -(-missing // parts[low])
        cuts[segment], ends[segment] = low, start + _after(keys, size, low, left)
        kept[segment] = _count_from(keys, size, low + 1) + left


@njit(cache=True, nogil=True)
def write_cut(
    bounds: Pointers,
    columns: Ids,
    bits: Bits,
    cuts: Keys,
    ends: Pointers,
    starts: Pointers,
    members: Ids,
) -> None:
    """Write the neurons that the cuts keep, ascending.

    Like all writing here this needs room for one more in `members`: a column stays where it was
    written only if the next place moves on, which costs less than a branch.
    """
    for segment in range(len(cuts)):
        cut, end, to = cuts[segment], ends[segment], starts[segment]
        for at in range(bounds[segment], bounds[segment + 1]):
            key = key_of(bits[at])
            members[to] = columns[at]
            to += (key > cut) | ((key == cut) & (at < end))


@njit(cache=True, nogil=True)
def count_above(pointers: Pointers, columns: Ids, bits: Bits, limits: Keys, kept: Numbers) -> None:
    """How many values of each row are above the limit of their column, into `kept` (n_rows,)."""
    for row in range(len(kept)):
        count = 0
        for at in range(pointers[row], pointers[row + 1]):
            count += key_of(bits[at]) > limits[columns[at]]
        kept[row] = count


@njit(cache=True, nogil=True)
def write_above(
    pointers: Pointers,
    columns: Ids,
    bits: Bits,
    limits: Keys,
    starts: Pointers,
    members: Ids,
) -> None:
    """Write the columns whose value is above their limit; `starts` is each row's first place."""
    for row in range(len(pointers) - 1):
        to = starts[row]
        for at in range(pointers[row], pointers[row + 1]):
            members[to] = columns[at]
            to += key_of(bits[at]) > limits[columns[at]]


@njit(cache=True, nogil=True)
def rows_of_columns(columns: Ids, n_columns: int) -> Counts:
    """In how many rows each column is, (n_columns,)."""
    counts = np.zeros(n_columns, dtype=np.int64)
    for column in columns:
        counts[column] += 1
    return counts


@njit(cache=True, nogil=True)
def drop(pointers: Pointers, columns: Ids, dropped: Bools, starts: Pointers, members: Ids) -> None:
    """Write the sets without the dropped columns; `members` may be the same memory as `columns`."""
    to = 0
    for row in range(len(pointers) - 1):
        starts[row] = to
        for at in range(pointers[row], pointers[row + 1]):
            column = columns[at]
            members[to] = column
            to += not dropped[column]
    starts[len(pointers) - 1] = to


@njit(cache=True, nogil=True)
def _widest(bounds: Pointers) -> int:
    widest = 0
    for segment in range(len(bounds) - 1):
        widest = max(widest, bounds[segment + 1] - bounds[segment])
    return widest


@njit(cache=True, nogil=True)
def _read(bits: Bits, start: int, size: int, keys: Keys) -> tuple[int, int]:
    """Write the keys of a segment; the smallest and the largest of them."""
    lowest, highest = np.uint16(NOTHING), np.uint16(ABSENT)
    for at in range(size):
        key = np.uint16(key_of(bits[start + at]))
        keys[at] = key
        lowest, highest = min(lowest, key), max(highest, key)
    return int(lowest), int(highest)


@njit(cache=True, nogil=True)
def _count_from(keys: Keys, size: int, cut: int) -> int:
    """How many keys are `cut` or more."""
    total, least = 0, np.uint16(cut)
    for block in range(0, size, NARROW):
        count = np.uint16(0)  # narrow, so that sixteen keys are compared at once
        part = keys[block : min(block + NARROW, size)]
        for at in range(len(part)):
            count = np.uint16(count + np.uint16(part[at] >= least))
        total += int(count)
    return total


@njit(cache=True, nogil=True)
def _sum_from(keys: Keys, values: Counts, size: int, cut: int) -> int:
    """The sum of the values whose keys are `cut` or more."""
    total = 0
    for at in range(size):
        total += values[at] if keys[at] >= cut else 0
    return total


@njit(cache=True, nogil=True)
def _after(keys: Keys, size: int, cut: int, left: int) -> int:
    """The place after the first `left` keys equal to the cut."""
    for at in range(size):
        left -= keys[at] == cut
        if left == 0:
            return at + 1
    return size
