"""Radius: how wide the chosen rows lie in every direction of the embedding."""

from __future__ import annotations

import numpy as np

from core.metrics.registry import metric
from core.metrics.subject import Chosen
from core.records import Floats, Halves, Rows

SMALLEST = 1e-10  # OpenDataArena-Tool, RadiusScorer, in place of a deviation of 0


def geometric_radius(embeddings: Floats | Halves, rows: Rows) -> float:
    """Geometric mean over dimensions of the standard deviation of the chosen rows; NaN without.

    On embeddings as they are, with the deviation of the rows themselves (divided by m). A deviation
    below 1e-10 counts as 1e-10, so that one constant dimension does not make the product 0. O(m d).
    """
    if not len(rows):
        return float("nan")
    deviations = np.std(embeddings[rows], axis=0, dtype=np.float64)
    return float(np.exp(np.log(np.maximum(deviations, SMALLEST)).mean()))


@metric(
    "radius",
    title="Radius",
    formula="geometric mean over the dimensions of the embedding of the standard deviation",
    source="arXiv 2003.08529; OpenDataArena-Tool, RadiusScorer",
    unit="distance",
    direction="higher",
    needs=("embeddings",),
)
def _geometric_radius(chosen: Chosen) -> float:
    return geometric_radius(chosen.subject.embeddings, chosen.rows)
