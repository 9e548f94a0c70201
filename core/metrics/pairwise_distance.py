"""Mean pairwise distance: how unlike two chosen rows are on average."""

from __future__ import annotations

import numpy as np

from core.metrics.blocks import device_of, strips, units_of
from core.metrics.registry import metric
from core.metrics.subject import Chosen
from core.records import Floats, Halves, Rows


def mean_pairwise_distance(embeddings: Floats | Halves, rows: Rows) -> float:
    """Mean of 1 - cosine over all pairs of different chosen rows; NaN below two rows.

    One less the average pairwise similarity of OpenDataArena-Tool, ApsScorer. The cosines of all
    ordered pairs, a row with itself among them, add up to the squared length of the sum of the unit
    rows, so it is exact in O(m d).
    """
    m = len(rows)
    if m < 2:
        return float("nan")
    where = device_of("cpu")
    total = np.zeros(embeddings.shape[1])
    own = 0.0
    for part in strips(m, embeddings.shape[1]):
        units = units_of(embeddings, rows[part], where, exact=True).numpy()
        total += units.sum(axis=0)
        own += float((units * units).sum())  # 1 a row, 0 for a row of zeros
    cosine = (float(total @ total) - own) / (m * (m - 1))
    return min(max(1 - cosine, 0.0), 2.0)


@metric(
    "pairwise-distance",
    title="Mean pairwise distance",
    formula="mean of 1 - cosine(i, j) over all pairs of different chosen rows",
    source="OpenDataArena-Tool, ApsScorer (one less its similarity)",
    unit="cosine distance",
    direction="higher",
    needs=("embeddings",),
)
def _mean_pairwise_distance(chosen: Chosen) -> float:
    return mean_pairwise_distance(chosen.subject.embeddings, chosen.rows)
