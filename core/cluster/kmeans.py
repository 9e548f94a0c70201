"""k-means on the embeddings as they are, as the authors of kMQ use it (arXiv 2409.11378)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core.centroids import fit_centroids
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
        50,
        "Most iterations of a start, which ends as soon as nothing changes; the kMQ authors' code "
        "uses 300.",
        minimum=1,
        maximum=10_000,
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
    found = fit_centroids(
        points,
        n_clusters_for(len(points), config.k),
        n_iterations=config.n_iterations,
        n_starts=config.n_starts,
        seed=config.seed,
        progress=progress,
    )
    labels, old = by_size(found.labels)
    return Clustering(
        method="k-means",
        labels=labels,
        n_clusters=len(old),
        centroids=found.centroids[old],
        distances=np.sqrt(found.squared).astype(np.float32),
        inertia=found.inertia,
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
