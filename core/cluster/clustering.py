"""Clusterings by name: points in, one label a row out, the largest cluster first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.options import configure
from core.records import Floats, Progress, Rows, silent
from core.registry import Registry

Labels = NDArray[np.int32]
NOISE = -1


@dataclass(frozen=True, slots=True)
class Clustering:
    """A cluster for every row; cluster 0 is the largest, ties by first row."""

    method: str
    labels: Labels  # (n,): -1 is noise
    n_clusters: int
    centroids: Floats | None  # (n_clusters, d) in the space that was clustered
    distances: Floats | None  # (n,): Euclidean, of each row to its centroid
    inertia: float | None = None  # sum of squared distances

    @property
    def noise_share(self) -> float:
        """Share of rows in no cluster."""
        return float((self.labels == NOISE).mean())

    def sizes(self) -> Rows:
        """Rows in each cluster, (n_clusters,), falling."""
        return np.bincount(self.labels[self.labels >= 0], minlength=self.n_clusters)


class Clusterer(Protocol):
    """A way of clustering."""

    def __call__(self, points: Floats, config: Any, *, progress: Progress = silent) -> Clustering:
        """Cluster (n, d) points."""


@dataclass(frozen=True, slots=True)
class ClusterMethod:
    """A registered clustering; `reads` says which points it wants."""

    name: str
    title: str
    config: type
    reads: str  # 'embeddings', or 'layout': a projection to 5 dimensions
    run: Clusterer


CLUSTERINGS: Registry[ClusterMethod] = Registry("clustering")


def clustering(
    name: str, title: str, config: type, *, reads: str
) -> Callable[[Clusterer], Clusterer]:
    """Register a clustering under `name`."""

    def register(run: Clusterer) -> Clusterer:
        CLUSTERINGS.add(name, ClusterMethod(name, title, config, reads, run))
        return run

    return register


def cluster(
    name: str, points: Floats, config: Any = None, *, progress: Progress = silent
) -> Clustering:
    """Cluster points (n, d) by the named method; RequestError names the choices."""
    method = CLUSTERINGS.get(name)
    if points.ndim != 2 or len(points) == 0 or not np.isfinite(points).all():
        raise ValueError(f"points of shape {points.shape} must be finite rows of numbers")
    settings = configure(method.config, {}) if config is None else config
    return method.run(np.ascontiguousarray(points, np.float32), settings, progress=progress)


def by_size(labels: NDArray[Any]) -> tuple[Labels, Rows]:
    """Renumber labels by falling size, ties by first row; noise (any negative) stays -1.

    Gives the new labels (n,) and the old number of each new one.
    """
    found, first, counts = np.unique(labels, return_index=True, return_counts=True)
    real = found >= 0
    order = np.lexsort((first[real], -counts[real]))
    old = found[real][order].astype(np.int64)
    renumbered = np.full(len(labels), NOISE, dtype=np.int32)
    rank = np.full(len(found), NOISE, dtype=np.int32)
    rank[np.flatnonzero(real)[order]] = np.arange(len(old))
    renumbered[:] = rank[np.searchsorted(found, labels)]
    return renumbered, old
