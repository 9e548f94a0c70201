"""The threshold above which a latent counts as one of a row's features, calibrated on the pool.

Without one, the union of a row's token codes is nearly every latent, and coverage says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from core.errors import RequestError
from core.options import option
from core.records import Csr, Floats, Pointers, Rows
from core.sparse import filter_values

COVERED = 0.99  # share of the reachable latents at which coverage counts as saturated


@dataclass(frozen=True, slots=True)
class ThresholdConfig:
    """How theta is found: as a number, else as a quantile, else from a target share."""

    value: float | None = option(
        None,
        "Theta itself, in units of the SAE's codes; the paper uses 10 for its own SAE.",
        minimum=0.0,
        provenance="confirmed",
    )
    quantile: float | None = option(
        None,
        "Theta as a quantile of the stored codes, each row's maxima over its tokens.",
        minimum=0.0,
        maximum=1.0,
        provenance="inferred",
    )
    target_share: float = option(
        0.005,
        "Share of the latents that the median row shall have, where theta is not given.",
        minimum=1e-6,
        maximum=1.0,
    )
    seed: int = option(0, "Seed of the random order in which saturation is measured.", minimum=0)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A calibrated theta and what it does to the pool."""

    theta: float
    median_set_size: float  # latents of the median row
    median_share: float  # the same as a share of all latents
    n_reachable: int  # latents that at least one row has
    empty_share: float  # share of rows without any feature
    full_share: float  # share of rows whose stored codes all pass: their sets may be cut short
    saturation_rows: int  # rows of a random order that reach 99 % of the reachable latents
    length_correlation: float | None  # Pearson(length, set size); None if either is constant


def calibrate(codes: Csr, lengths: Rows, config: ThresholdConfig) -> Threshold:
    """Find one theta for the pool and report its effect.

    `codes` are each row's largest maxima over tokens, `lengths` (n_rows,) counts tokens.
    RequestError when there is nothing to calibrate on.
    """
    if codes.values is None:
        raise ValueError("calibration needs stored values")
    if len(lengths) != codes.n_rows:
        raise ValueError(f"{len(lengths)} lengths for {codes.n_rows} rows")
    if codes.nnz == 0:
        raise RequestError("no row has any code; the SAE sees nothing in this pool")
    theta = find_theta(codes, config)
    kept = filter_values(codes, theta)
    sizes, stored = kept.lengths(), codes.lengths()
    order = np.random.default_rng(config.seed).permutation(kept.n_rows)
    fresh = _fresh_latents(kept.indptr, kept.indices, order, kept.n_columns)
    reached = np.cumsum(fresh)
    enough = int(np.searchsorted(reached, COVERED * reached[-1])) + 1
    return Threshold(
        theta=theta,
        median_set_size=float(np.median(sizes)),
        median_share=float(np.median(sizes)) / codes.n_columns,
        n_reachable=int(reached[-1]),
        empty_share=float((sizes == 0).mean()),
        full_share=float(((sizes == stored) & (stored == stored.max())).mean()),
        saturation_rows=min(enough, kept.n_rows),
        length_correlation=correlation(lengths, sizes),
    )


def find_theta(codes: Csr, config: ThresholdConfig) -> float:
    """Theta alone: given, or a quantile of the stored codes, or from the target share."""
    values = codes.values
    if values is None:
        raise ValueError("calibration needs stored values")
    if config.value is not None:
        return float(config.value)
    if config.quantile is not None:
        return float(np.quantile(values.astype(np.float32), config.quantile))
    target = max(1, round(config.target_share * codes.n_columns))
    return theta_for(codes, target)


def theta_for(codes: Csr, target: int) -> float:
    """The theta above which the median row has `target` latents.

    It lies halfway between the medians of the rows' target-th and next largest codes; a row
    with fewer codes counts as zero there.
    """
    values = codes.values
    if values is None:
        raise ValueError("calibration needs stored values")
    ranked = _ranked(codes.indptr, values.astype(np.float32), target)
    inside, outside = np.median(ranked, axis=0)
    return float(np.float32((inside + outside) / 2))


def correlation(left: NDArray[Any], right: NDArray[Any]) -> float | None:
    """Pearson correlation, or None where one side does not vary."""
    if len(left) < 2 or np.ptp(left) == 0 or np.ptp(right) == 0:
        return None
    return float(np.corrcoef(left, right)[0, 1])


@numba.njit(cache=True)
def _ranked(indptr: Pointers, values: Floats, target: int) -> Floats:
    """Each row's target-th and next largest value, (n_rows, 2); 0 where it has fewer."""
    ranked = np.zeros((len(indptr) - 1, 2), dtype=np.float32)
    for row in range(len(indptr) - 1):
        ordered = np.sort(values[indptr[row] : indptr[row + 1]])
        n = len(ordered)
        for offset in range(2):
            if n >= target + offset:
                ranked[row, offset] = ordered[n - target - offset]
    return ranked


@numba.njit(cache=True)
def _fresh_latents(indptr: Pointers, indices: Rows, order: Rows, n_columns: int) -> Rows:
    """How many latents each row of `order` is the first to have."""
    seen = np.zeros(n_columns, dtype=np.bool_)
    fresh = np.zeros(len(order), dtype=np.int64)
    for place in range(len(order)):
        row = order[place]
        for at in range(indptr[row], indptr[row + 1]):
            if not seen[indices[at]]:
                seen[indices[at]] = True
                fresh[place] += 1
    return fresh
