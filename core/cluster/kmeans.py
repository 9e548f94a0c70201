"""k-means on the embeddings, by faiss, as the authors of kMQ use it (arXiv 2409.11378)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.cluster.clustering import Clustering, by_size, clustering
from core.errors import RequestError
from core.options import option
from core.records import Floats, Progress, silent

FEWEST, MOST = 8, 64  # clusters chosen by the rule; 64 is the best for 52,000 rows in kMQ's table 6


@dataclass(frozen=True, slots=True)
class KMeansConfig:
    """Lloyd's k-means, started several times, the best start kept."""

    k: int | None = option(
        None,
        "Number of clusters; empty means sqrt(rows / 2), from 8 to 64.",
        minimum=1,
    )
    n_iterations: int = option(
        50, "Iterations of each start; the kMQ authors' code uses 300.", minimum=1, maximum=10_000
    )
    n_starts: int = option(
        3,
        "Starts, of which the best is kept; the kMQ authors' code uses 5.",
        minimum=1,
        maximum=100,
    )
    seed: int = option(42, "Seed of the starts.", minimum=0, provenance="confirmed")


@clustering("k-means", "k-means", KMeansConfig, reads="embeddings")
def k_means(points: Floats, config: KMeansConfig, *, progress: Progress = silent) -> Clustering:
    """Partition points (n, d) into k clusters of small squared distance to their centroid.

    RequestError when more clusters are asked than there are rows. Fewer come out when rows are
    identical.
    """
    k = n_clusters_for(len(points), config.k)
    progress(0, 1, f"k-means, {k} clusters")
    centroids = _fitted(points, k, config)
    squared, nearest = _assigned(points, centroids)
    labels, old = by_size(nearest)
    progress(1, 1, f"k-means, {k} clusters")
    return Clustering(
        method="k-means",
        labels=labels,
        n_clusters=len(old),
        centroids=centroids[old],
        distances=np.sqrt(squared),
        inertia=float(squared.sum(dtype=np.float64)),
    )


def n_clusters_for(n_rows: int, asked: int | None) -> int:
    """The number asked for, else sqrt(rows / 2) from 8 to 64; fewer where rows are few."""
    if asked is None:
        fewest = min(FEWEST, max(1, n_rows // 4))
        return min(MOST, max(fewest, round(math.sqrt(n_rows / 2))))
    if asked > n_rows:
        raise RequestError(
            f"{asked:,} clusters were asked of {n_rows:,} rows; choose at most {n_rows:,}"
        )
    return asked


def _fitted(points: Floats, k: int, config: KMeansConfig) -> Floats:
    import faiss

    unique = np.unique(points, axis=0) if len(points) <= 4 * k else points
    if len(unique) <= k:  # a centroid for each distinct row: nothing to fit
        return np.ascontiguousarray(unique, dtype=np.float32)
    fit: Any = faiss.Kmeans(
        points.shape[1],
        k,
        niter=config.n_iterations,
        nredo=config.n_starts,
        seed=config.seed,
        min_points_per_centroid=1,  # else faiss writes a warning to standard error
        max_points_per_centroid=len(points),  # else it fits on a sample
    )
    fit.train(points)
    return np.asarray(fit.centroids, dtype=np.float32)


def _assigned(points: Floats, centroids: Floats) -> tuple[Floats, Any]:
    """Squared distance to the nearest centroid and its number, both (n,)."""
    import faiss

    index = faiss.IndexFlatL2(points.shape[1])
    index.add(centroids)
    squared, nearest = index.search(points, 1)
    return np.maximum(squared[:, 0], 0), nearest[:, 0]
