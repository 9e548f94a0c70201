"""k-means over embeddings as the kMQ authors run it: faiss, squared L2, several starts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import RequestError
from core.records import Floats, Halves, Progress, silent

POINTS_A_CENTROID = 256  # faiss's own limit: more rows a centroid no longer move it
SEEDS = 1 << 31


def kmeans_labels(
    embeddings: Floats | Halves,
    n_clusters: int,
    *,
    iterations: int,
    restarts: int,
    seed: int,
    progress: Progress = silent,
) -> NDArray[np.int64]:
    """Cluster of each row, (n_rows,), from the start with the lowest objective.

    Centroids are fitted on at most 256 rows each, drawn once; then every row goes to its nearest.
    Raises RequestError when there are fewer rows than clusters or a value is not finite.
    """
    import faiss

    rows = np.ascontiguousarray(embeddings, dtype=np.float32)
    if len(rows) < n_clusters:
        raise RequestError(
            f"{n_clusters} clusters need as many rows; the pool has {len(rows)}, ask for fewer"
        )
    if not np.isfinite(rows).all():
        raise RequestError("some embeddings are not finite; extract them again")
    sample = _sample(rows, n_clusters * POINTS_A_CENTROID, seed)
    best: Any = None
    lowest = np.inf
    for start in range(restarts):
        fit = faiss.Kmeans(
            rows.shape[1],
            n_clusters,
            niter=iterations,
            seed=(seed + start) % SEEDS,
            min_points_per_centroid=1,
            max_points_per_centroid=len(sample),
        )
        objective = fit.train(sample)
        if objective < lowest:
            best, lowest = fit, objective
        progress(start + 1, restarts, "k-means")
    return best.index.search(rows, 1)[1][:, 0]


def _sample(rows: Floats, most: int, seed: int) -> Floats:
    if len(rows) <= most:
        return rows
    drawn = np.random.default_rng(seed % SEEDS).choice(len(rows), size=most, replace=False)
    return rows[np.sort(drawn)]
