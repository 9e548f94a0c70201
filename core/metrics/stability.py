"""Stability: how much of a subset stays when the seed changes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.records import Floats, Rows

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Stability:
    """How alike several subsets are: Jaccard of each pair, their mean, and how sure it is."""

    jaccard: NDArray[np.float64]  # (s, s), 1 on the diagonal
    mean: float  # over the pairs of different subsets
    low: float  # NaN below three subsets
    high: float
    level: float  # that the interval from low to high holds the mean over all seeds
    chance: float  # mean Jaccard of random subsets of the same sizes


def stability(subsets: Sequence[Rows], *, n_rows: int, level: float = LEVEL) -> Stability:
    """Mean pairwise Jaccard of subsets chosen with different seeds from n_rows, with an interval.

    Jaccard is |A and B| / |A or B|; two empty subsets are equal, 1.

    The interval is a jackknife over subsets: leave out one subset with all its pairs, take the
    mean of the rest, and from the scatter of those s means the standard error
    sqrt((s - 1) / s * sum (mean_i - their mean)²); then Student's t with s - 1 degrees of freedom,
    cut to 0 and 1. The s (s - 1) / 2 pairs share subsets, so they are not independent: a bootstrap
    over pairs would count each subset s - 1 times over and give an interval far too narrow. A
    bootstrap over subsets draws some subset twice, whose Jaccard with itself is 1, and so lies too
    high. The mean is a U-statistic of the subsets, for which the jackknife is consistent and errs
    on the wide side (Arvesen 1969; Efron and Stein 1981). Simulated at 95 % with 3 to 10 subsets it
    held the truth 99 times in 100 for random subsets and 92 to 94 for seeds that keep more or less
    of a common core, but 68 to 93 where seeds fall into two kinds that share nothing. Two subsets
    give a mean alone.

    ValueError below two subsets, or for a level that is not between 0 and 1.
    """
    if len(subsets) < 2:
        raise ValueError(f"stability compares at least two subsets; seen {len(subsets)}")
    if not 0 < level < 1:
        raise ValueError(f"a level is between 0 and 1; seen {level}")
    jaccard = pairwise_jaccard(subsets)
    low, high = _interval(jaccard, level)
    chance = _chance(np.array([len(one) for one in subsets], dtype=np.float64), n_rows)
    return Stability(jaccard, _mean_of_pairs(jaccard), low, high, level, chance)


def pairwise_jaccard(subsets: Sequence[Rows]) -> NDArray[np.float64]:
    """Jaccard of each pair of subsets, (s, s)."""
    sizes = np.array([len(one) for one in subsets], dtype=np.float64)
    met, place = np.unique(np.concatenate(subsets), return_inverse=True)
    member: Floats = np.zeros((len(subsets), len(met)), dtype=np.float32)
    member[np.repeat(np.arange(len(subsets)), sizes.astype(np.int64)), place] = 1
    shared = (member @ member.T).astype(np.float64)  # whole numbers, exact below 2^24 rows
    either = sizes[:, None] + sizes - shared
    return np.divide(shared, either, out=np.ones_like(shared), where=either > 0)


def _interval(jaccard: NDArray[np.float64], level: float) -> tuple[float, float]:
    from scipy.special import stdtrit

    s = len(jaccard)
    if s < 3:
        return float("nan"), float("nan")
    left_out = np.array(
        [_mean_of_pairs(np.delete(np.delete(jaccard, one, 0), one, 1)) for one in range(s)]
    )
    error = math.sqrt((s - 1) / s * float(np.square(left_out - left_out.mean()).sum()))
    reach = float(stdtrit(s - 1, (1 + level) / 2)) * error
    mean = _mean_of_pairs(jaccard)
    return max(mean - reach, 0.0), min(mean + reach, 1.0)


def _mean_of_pairs(jaccard: NDArray[np.float64]) -> float:
    return float(jaccard[np.triu_indices(len(jaccard), 1)].mean())


def _chance(sizes: NDArray[np.float64], n_rows: int) -> float:
    """Expected overlap over expected union of random subsets, mean over pairs."""
    shared = np.outer(sizes, sizes) / max(n_rows, 1)
    either = sizes[:, None] + sizes - shared
    return _mean_of_pairs(np.divide(shared, either, out=np.ones_like(shared), where=either > 0))
