"""Several subsets of one pool held against each other: exact intersections, Jaccard, chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.records import Bools, Rows

MOST = 6  # subsets at once: 63 intersections can still be read
REACH = 12.0  # standard deviations of the overlap that are summed over

Matrix = NDArray[np.float64]
Patterns = NDArray[np.uint8]  # bit i is set where a row lies in subset i


@dataclass(frozen=True, slots=True)
class Intersection:
    """Rows that lie in exactly these subsets and in no other one."""

    pattern: int
    members: tuple[int, ...]  # positions of the subsets, ascending
    n_rows: int
    n_expected: float  # of random subsets of the same sizes, mean


@dataclass(frozen=True, slots=True)
class Overlap:
    """How subsets of a pool overlap; `intersections` are those with rows, largest first."""

    patterns: Patterns  # (n_rows,), of the whole pool
    sizes: tuple[int, ...]
    intersections: tuple[Intersection, ...]
    shared: NDArray[np.int64]  # (s, s), rows of both
    jaccard: Matrix  # (s, s)
    chance: Matrix  # (s, s), expected Jaccard of random subsets of the same sizes

    @property
    def n_union(self) -> int:
        """Rows that lie in at least one subset."""
        return sum(one.n_rows for one in self.intersections)

    def exactly(self, pattern: int) -> Rows:
        """Rows that lie in exactly the subsets of a pattern, ascending."""
        return np.flatnonzero(self.patterns == pattern).astype(np.int64)

    def within(self, member: int) -> Bools:
        """Which rows of the pool a subset holds, (n_rows,)."""
        found: Bools = (self.patterns >> member & 1).astype(np.bool_)
        return found


def overlap(subsets: Sequence[Rows], n_pool: int) -> Overlap:
    """Exact intersections and pairwise Jaccard of at most MOST subsets; O(rows of the pool).

    Jaccard is |A and B| / |A or B|, 1 for two empty subsets. ValueError for more subsets.
    """
    if not 1 <= len(subsets) <= MOST:
        raise ValueError(f"1 to {MOST} subsets are held against each other; seen {len(subsets)}")
    patterns = np.zeros(n_pool, dtype=np.uint8)
    for at, rows in enumerate(subsets):
        patterns[rows] |= np.uint8(1 << at)
    counts = np.bincount(patterns, minlength=1 << len(subsets))
    sizes = tuple(len(rows) for rows in subsets)
    shared = _shared(counts, len(subsets))
    across = np.array(sizes)[:, None] + np.array(sizes)[None, :] - shared
    jaccard = np.divide(shared, across, out=np.ones(shared.shape), where=across > 0)
    found = [
        Intersection(pattern, _members(pattern), int(counts[pattern]),
                     expected_rows(pattern, sizes, n_pool))
        for pattern in range(1, len(counts)) if counts[pattern]
    ]  # fmt: skip
    found.sort(key=lambda one: (-one.n_rows, one.pattern))
    chance = np.array([[expected_jaccard(a, b, n_pool) for b in sizes] for a in sizes])
    np.fill_diagonal(chance, 1.0)
    return Overlap(patterns, sizes, tuple(found), shared, jaccard, chance)


def expected_rows(pattern: int, sizes: Sequence[int], n_pool: int) -> float:
    """Rows in exactly these subsets where each is drawn at random by itself: n times the shares."""
    shares = [size / max(n_pool, 1) for size in sizes]
    inside = [one if pattern >> at & 1 else 1 - one for at, one in enumerate(shares)]
    return n_pool * math.prod(inside)


def expected_jaccard(a: int, b: int, n_pool: int) -> float:
    """Mean Jaccard of two random subsets of a and b rows, drawn independently of each other.

    The overlap X is hypergeometric, and this is the sum of P(X = x) x / (a + b - x), exact but
    for overlaps further than REACH standard deviations from their mean.
    """
    from scipy.special import gammaln

    if not a and not b:
        return 1.0
    mean = a * b / max(n_pool, 1)
    spread = math.sqrt(mean * (1 - a / n_pool) * (n_pool - b) / max(n_pool - 1, 1))
    low = max(0, a + b - n_pool, math.floor(mean - REACH * spread))
    high = min(a, b, math.ceil(mean + REACH * spread))
    x = np.arange(low, high + 1, dtype=np.float64)
    logs = _log_choose(gammaln, b, x) + _log_choose(gammaln, n_pool - b, a - x)
    weights = np.exp(logs - logs.max())
    return float((weights * x / (a + b - x)).sum() / weights.sum())


def _log_choose(gammaln: np.ufunc, n: int, k: Matrix) -> Matrix:
    found: Matrix = gammaln(n + 1.0) - gammaln(k + 1) - gammaln(n - k + 1)
    return found


def _members(pattern: int) -> tuple[int, ...]:
    return tuple(at for at in range(MOST) if pattern >> at & 1)


def _shared(counts: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Rows of each pair of subsets, from the counts of exact intersections."""
    bits = (np.arange(len(counts))[:, None] >> np.arange(n)) & 1
    found: NDArray[np.int64] = (bits * counts[:, None]).T @ bits
    return found
