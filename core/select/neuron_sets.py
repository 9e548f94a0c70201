"""Neuron states as sets: which neurons count as active in a row, by one of four rules."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import RequestError
from core.records import Bools, Csr, FeatureSets, NeuronStates, Progress, silent
from core.select import neuron_kernels as kernels
from core.select.arrays import read_only
from core.sparse import membership, transpose

RULES = ("top-k", "threshold", "z-score", "top-p")
PART = 1 << 25  # stored neurons between two looks at the progress
BYTES = 8  # a set member takes 4 bytes in the rows and 4 in their transpose


@dataclass(frozen=True, slots=True)
class SetRule:
    """Which neurons of a row are active."""

    kind: str = "top-k"
    share: float = 0.01  # top-k: of each layer
    tau: float = 1.0  # threshold: of the pooled value
    z: float = 3.0  # z-score: standard deviations above the neuron's mean over the pool
    mass: float = 0.3  # top-p: of a layer's stored positive values
    always_on: float = 0.95  # neurons active in more than this share of rows are dropped


@dataclass(frozen=True, slots=True)
class NeuronSets:
    """Each row's active neurons, with how many neurons were dropped as always on."""

    sets: FeatureSets
    n_dropped: int


def neuron_sets(states: NeuronStates, rule: SetRule, *, progress: Progress = silent) -> NeuronSets:
    """The sets of active neurons under a rule, without those that nearly every row has.

    Values that are not finite count as absent, and of equal values the lower neuron is taken.
    Where the stored rows are the sets already they are used as they are. O(nnz). Memory beyond
    the states: 8 bytes a member of the sets. Raises RequestError when more is asked than is
    stored, or than fits this machine's memory.
    """
    if states.rows.values is None:
        raise ValueError("neuron states need values; these rows hold membership alone")
    if rule.kind in ("threshold", "z-score"):
        rows = _above(states, _limits(states, rule), progress)
    else:
        rows = _strongest(states, rule, progress)
    rows, n_dropped = _without_always_on(rows, rule.always_on, is_own=rows is not states.rows)
    rows = membership(rows)
    return NeuronSets(FeatureSets(rows, transpose(rows)), n_dropped)


def _above(states: NeuronStates, limits: kernels.Keys, progress: Progress) -> Csr:
    """The stored neurons whose value is above the limit of their column."""
    pointers, columns, bits = _stored(states.rows)
    kept = np.zeros(states.n_rows, dtype=np.int32)
    for part, ends in _parts(pointers, progress, "counting"):
        kernels.count_above(ends, columns, bits, limits, kept[part])
    starts = _starts(kept)
    members = _room(starts)
    for part, ends in _parts(pointers, progress, "writing"):
        kernels.write_above(ends, columns, bits, limits, starts[part], members)
    return Csr(starts, members[:-1], None, states.rows.n_columns)


def _limits(states: NeuronStates, rule: SetRule) -> kernels.Keys:
    """Key of the largest float16 not above each neuron's limit, (n_neurons,)."""
    if rule.kind == "threshold":
        limits = np.full(states.rows.n_columns, rule.tau)
    else:
        limits = _far_above_mean(states, rule.z)
    with np.errstate(over="ignore"):  # beyond float16 is infinity, which nothing stored exceeds
        halves = limits.astype(np.float16) + np.float16(0)  # no negative zero
    too_high = halves.astype(np.float64) > limits
    halves[too_high] = np.nextafter(halves[too_high], np.float16(-np.inf))
    return kernels.keys_of(halves.view(np.uint16))


def _far_above_mean(states: NeuronStates, z: float) -> NDArray[np.float64]:
    """Mean + z standard deviations of each neuron; infinity where it never varies."""
    mean, variance = (x.astype(np.float64) for x in (states.mean, states.variance))
    known = np.isfinite(mean) & np.isfinite(variance) & (variance > 0)
    return np.where(
        known, mean + z * np.sqrt(variance, where=known, out=np.zeros_like(mean)), np.inf
    )


def _strongest(states: NeuronStates, rule: SetRule, progress: Progress) -> Csr:
    """The neurons of each row and layer that are largest, by number or by mass."""
    pointers, columns, bits = _stored(states.rows)
    bounds = kernels.layer_bounds(pointers, columns, states.layer_size, states.n_layers)
    cuts = np.zeros(len(bounds) - 1, dtype=np.uint16)
    ends = np.zeros(len(bounds) - 1, dtype=np.int64)
    kept = np.zeros(len(bounds) - 1, dtype=np.int32)
    stored = int(np.diff(bounds).max(initial=0))
    most = _count_asked(states, rule.share, stored) if rule.kind == "top-k" else 0
    worth = _worth_of_keys()
    for part, edges in _parts(bounds, progress, "ranking"):
        found = (cuts[part], ends[part], kept[part])
        if rule.kind == "top-k":
            kernels.largest_cuts(edges, bits, most, *found)
        else:
            kernels.mass_cuts(edges, bits, rule.mass, worth, *found)
    if int(kept.sum(dtype=np.int64)) == states.rows.nnz:
        return states.rows
    starts = _starts(kept)
    members = _room(starts)
    for part, edges in _parts(bounds, progress, "writing"):
        kernels.write_cut(edges, columns, bits, cuts[part], ends[part], starts[part], members)
    return Csr(starts[:: states.n_layers].copy(), members[:-1], None, states.rows.n_columns)


def _count_asked(states: NeuronStates, share: float, stored: int) -> int:
    """Neurons of a layer for a share of it; RequestError when fewer are stored."""
    asked = math.ceil(share * states.layer_size)
    if not stored:
        raise RequestError("no row has a stored neuron; extract the neuron states again")
    if asked > stored:
        raise RequestError(
            f"share {share:g} is {asked} neurons of each layer, but {stored} of "
            f"{states.layer_size} are stored; ask for at most {stored / states.layer_size:.4g}, "
            "or extract with a larger neuron_share"
        )
    return asked


def _without_always_on(rows: Csr, share: float, *, is_own: bool) -> tuple[Csr, int]:
    """The sets without neurons that more than this share of rows have, and how many these are.

    Sets of our own are thinned where they are; what is stored is copied only if it changes.
    """
    counts = kernels.rows_of_columns(read_only(rows.indices), rows.n_columns)
    dropped: Bools = counts > share * rows.n_rows
    if not dropped.any():
        return rows, 0
    left = rows.nnz - int(counts[dropped].sum())
    members = rows.indices if is_own else np.empty(left + 1, dtype=np.uint32)
    starts = np.empty(rows.n_rows + 1, dtype=np.int64)
    kernels.drop(read_only(rows.indptr), rows.indices, dropped, starts, members)
    return Csr(starts, members[:left], None, rows.n_columns), int(dropped.sum())


def _stored(rows: Csr) -> tuple[NDArray[np.int64], NDArray[np.uint32], kernels.Bits]:
    """Pointers, columns and the bits of the values, as compiled loops take them."""
    bits = np.asarray(rows.values).view(np.uint16)
    return read_only(rows.indptr), read_only(rows.indices), read_only(bits)


def _parts(
    edges: NDArray[np.int64], progress: Progress, note: str
) -> Iterator[tuple[slice, NDArray[np.int64]]]:
    """Consecutive parts of what lies between edges, each with its own edges, told as they end."""
    total, stored = len(edges) - 1, int(edges[-1])
    size = max(1, total * PART // max(stored, 1))
    for start in range(0, total, size):
        stop = min(start + size, total)
        yield slice(start, stop), edges[start : stop + 1]
        progress(stop, total, note)


def _starts(kept: kernels.Numbers) -> NDArray[np.int64]:
    starts = np.zeros(len(kept) + 1, dtype=np.int64)
    np.cumsum(kept, out=starts[1:])
    return starts


def _room(starts: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Memory for the members of the sets and one more; RequestError when it is out of reach."""
    size = int(starts[-1])
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if size * BYTES > memory:
        raise RequestError(
            f"sets of {size:,} neurons in all need {size * BYTES / 1e9:.0f} GB, and this machine "
            f"has {memory / 1e9:.0f} GB; ask for fewer neurons a row"
        )
    return np.empty(size + 1, dtype=np.uint32)


def _worth_of_keys() -> NDArray[np.int64]:
    """The value of each key in units of 2**-24, 0 where it is negative or not finite, (65536,)."""
    bits = np.arange(kernels.INFINITE, dtype=np.uint16)  # the bits of all finite values from 0 up
    parts = np.zeros(1 << 16, dtype=np.int64)
    parts[kernels.keys_of(bits)] = bits.view(np.float16).astype(np.float64) * 2**24
    return parts
