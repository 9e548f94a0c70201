"""How many features chosen rows have, and whether that is but another word for length."""

from __future__ import annotations

import numpy as np

from core.metrics.registry import metric
from core.metrics.subject import Chosen
from core.records import FeatureSets, Rows


def mean_features(features: FeatureSets, rows: Rows) -> float:
    """Mean number of features of the chosen rows; NaN without rows."""
    return float(features.rows.lengths()[rows].mean()) if len(rows) else float("nan")


def length_correlation(lengths: Rows, features: FeatureSets, rows: Rows) -> float:
    """Pearson correlation of length and number of features over these rows, -1 to 1.

    The probe of arXiv 2502.14050, which reports 0.92 with its SAE. NaN below two rows, or where
    all lengths or all numbers of features are equal.
    """
    if len(rows) < 2:
        return float("nan")
    pairs = np.stack([lengths[rows], features.rows.lengths()[rows]]).astype(np.float64)
    if (np.ptp(pairs, axis=1) == 0).any():
        return float("nan")
    gaps = pairs - pairs.mean(axis=1, keepdims=True)
    gaps /= np.linalg.norm(gaps, axis=1, keepdims=True)
    return float(np.clip(gaps[0] @ gaps[1], -1, 1))


@metric(
    "features-mean",
    title="Features a row",
    formula="mean number of features of the chosen rows",
    source="the complexity of #InsTag (arXiv 2308.07074) with features in place of tags",
    unit="features",
    direction="neither",
    needs=("codes",),
)
def _mean_features(chosen: Chosen) -> float:
    return mean_features(chosen.subject.codes, chosen.rows)


@metric(
    "length-correlation",
    title="Correlation of length and features",
    formula="Pearson correlation of words of the response and number of features, chosen rows",
    source="arXiv 2502.14050 (0.92 with its SAE)",
    unit="correlation",
    direction="neither",
    needs=("codes", "lengths"),
    note="Near 1, choosing by features is choosing by length.",
)
def _length_correlation(chosen: Chosen) -> float:
    return length_correlation(chosen.subject.lengths, chosen.subject.codes, chosen.rows)
