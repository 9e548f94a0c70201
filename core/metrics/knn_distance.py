"""kNN distance: how far a chosen row is from its nearest chosen neighbours, on average."""

from __future__ import annotations

import numpy as np

from core.metrics.nearest import nearest_distances
from core.metrics.registry import metric
from core.metrics.subject import Chosen
from core.records import Floats, Halves, Progress, Rows, silent

K = 5  # OpenDataArena-Tool, KNNScorer


def knn_distance(
    embeddings: Floats | Halves,
    rows: Rows,
    *,
    k: int = K,
    device: str = "cpu",
    progress: Progress = silent,
) -> float:
    """Mean over chosen rows of the mean Euclidean distance to the k nearest others.

    All others where there are fewer than k; NaN below two rows. A row is not its own neighbour:
    of its k + 1 nearest, itself included, the first is dropped, which is at 0. O(m² d).
    """
    if len(rows) < 2:
        return float("nan")
    near = nearest_distances(embeddings, rows, rows, k + 1, device=device, progress=progress)
    return float(near[:, 1:].mean(dtype=np.float64))


@metric(
    "knn-distance",
    title="Distance to 5 nearest neighbours",
    formula="mean over chosen rows of the mean Euclidean distance to the 5 nearest other ones",
    source="OpenDataArena-Tool, KNNScorer",
    unit="distance",
    direction="higher",
    needs=("embeddings",),
    cost="heavy",
    note="Falls as more rows are chosen: compare at equal rows.",
)
def _knn_distance(chosen: Chosen) -> float:
    subject = chosen.subject
    return knn_distance(
        subject.embeddings, chosen.rows, device=subject.device, progress=chosen.progress
    )
