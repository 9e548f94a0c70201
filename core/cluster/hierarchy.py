"""The tree over clusters: which of them lie near each other, and the groups that a cut leaves."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from core.records import Floats, Rows

Linkage = NDArray[np.float64]  # (n_clusters - 1, 4), as scipy.cluster.hierarchy writes it


def cluster_tree(means: Floats, sizes: Rows) -> Linkage:
    """Agglomerative tree over the means (n_clusters, d) of clusters: average linkage on cosine.

    The mean of all rows is taken away first: the vectors of a language model share one large
    direction, beside which all clusters look alike. `sizes` (n_clusters,) weigh that mean only.
    A mean that equals it has no direction: its cosine to all others is 0.
    """
    from scipy.cluster.hierarchy import linkage

    if len(means) < 2:
        return np.empty((0, 4))
    middle = np.average(means.astype(np.float64), axis=0, weights=np.maximum(sizes, 1))
    apart = means - middle
    units = apart / np.maximum(np.linalg.norm(apart, axis=1, keepdims=True), np.finfo(float).tiny)
    cosines = np.clip(units @ units.T, -1, 1)
    return linkage(1 - cosines[np.triu_indices(len(means), 1)], "average")


def n_groups_for(n_clusters: int) -> int:
    """The number of groups that are shown: the square root of the clusters', up to 16."""
    return max(1, min(16, round(math.sqrt(n_clusters))))


def groups_of(tree: Linkage, n_groups: int) -> Rows:
    """The group of each cluster when the tree is cut into at most so many, (n_clusters,).

    Groups are numbered by their first cluster.
    """
    from scipy.cluster.hierarchy import fcluster

    if not len(tree):
        return np.zeros(1, dtype=np.int64)
    found = fcluster(tree, n_groups, "maxclust")
    _, first, places = np.unique(found, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[places]
