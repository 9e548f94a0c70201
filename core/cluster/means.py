"""The middle of each cluster, and where every row stands between its own and the next one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from core.cluster.clustering import Labels
from core.records import Floats, Halves, Progress, silent

BLOCK = 1 << 14  # rows whose distances to all means are held at once


@dataclass(frozen=True, slots=True)
class Standing:
    """Where each row stands among the means of the clusters; distances are Euclidean.

    A row of noise has no cluster of its own: `own` is then its distance to the nearest mean, which
    `second` names, and `other` that to the next one.
    """

    own: Floats  # (n,), to the mean of its cluster
    other: Floats  # (n,), to the nearest other mean; infinite where there is no other
    second: Labels  # (n,), the cluster of that mean; -1 where there is no other

    @property
    def margin(self) -> Floats:
        """(other - own) / max(other, own), (n,): the centroid form of the silhouette.

        1 is deep inside, 0 halfway between two clusters, below 0 nearer to another one
        (Hruschka, de Castro and Campello 2004). 1 where there is no other cluster, 0 where both
        distances are.
        """
        larger = np.maximum(self.own, self.other)
        apart = np.where(np.isinf(self.other), 1, self.other - self.own)
        scale = np.where(np.isinf(larger), 1, np.where(larger > 0, larger, 1))
        return (apart / scale).astype(np.float32)


def cluster_means(points: Floats | Halves, labels: NDArray[np.integer], n_clusters: int) -> Floats:
    """The mean of the points (n, d) of each cluster, (n_clusters, d); 0 where it has no row."""
    sums = np.zeros((n_clusters, points.shape[1]))
    for start in range(0, len(points), BLOCK):
        part = np.asarray(labels[start : start + BLOCK])
        rows = np.flatnonzero(part >= 0)
        places = (part[rows], rows)
        held = sparse.csr_matrix(
            (np.ones(len(rows), np.float32), places), shape=(n_clusters, len(part))
        )
        sums += held @ points[start : start + BLOCK].astype(np.float32)
    sizes = np.bincount(labels[labels >= 0], minlength=n_clusters)
    return (sums / np.maximum(sizes, 1)[:, None]).astype(np.float32)


def standing(
    points: Floats | Halves,
    labels: NDArray[np.integer],
    means: Floats,
    *,
    progress: Progress = silent,
) -> Standing:
    """Distances of points (n, d) to the mean of their cluster and to the nearest other one.

    `means` are (n_clusters, d); labels -1 are noise. O(n n_clusters d).
    """
    n_rows = len(points)
    found = Standing(
        np.zeros(n_rows, np.float32),
        np.full(n_rows, np.inf, np.float32),
        np.full(n_rows, -1, np.int32),
    )
    if not len(means):
        return found
    middle = means.mean(axis=0)
    near = means - middle  # products of centred vectors cancel less
    for start in range(0, n_rows, BLOCK):
        part = slice(start, min(start + BLOCK, n_rows))
        _stand(points[part].astype(np.float32) - middle, labels[part], near, part, found)
        progress(part.stop, n_rows, "distances to clusters")
    return found


def _stand(
    points: Floats, labels: NDArray[np.integer], means: Floats, part: slice, found: Standing
) -> None:
    squared = np.einsum("ij,ij->i", means, means) - 2 * (points @ means.T)
    squared += np.einsum("ij,ij->i", points, points)[:, None]
    at = np.arange(len(points))
    own = np.where(labels >= 0, labels, squared.argmin(axis=1))
    found.own[part] = np.sqrt(np.maximum(squared[at, own], 0))
    found.second[part] = np.where(labels >= 0, -1, own)
    if len(means) > 1:
        squared[at, own] = np.inf
        second = squared.argmin(axis=1)
        found.second[part] = np.where(labels >= 0, second, own)
        found.other[part] = np.sqrt(np.maximum(squared[at, second], 0))
