"""What a cluster holds: its size and its most typical rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.cluster.clustering import Clustering
from core.records import Floats, Rows

N_TYPICAL = 5


@dataclass(frozen=True, slots=True)
class ClusterCard:
    """One cluster in short."""

    label: int
    size: int
    typical: Rows  # rows nearest the centroid, nearest first


def describe(
    result: Clustering, points: Floats, *, n_typical: int = N_TYPICAL
) -> tuple[ClusterCard, ...]:
    """A card for every cluster, largest first; `points` (n, d) are those that were clustered.

    Where the method has no centroids, the mean of the cluster's points serves.
    """
    if len(points) != len(result.labels):
        raise ValueError(f"{len(points)} points for {len(result.labels)} labels")
    order = np.argsort(result.labels, kind="stable")
    edges = np.searchsorted(result.labels[order], np.arange(result.n_clusters + 1))
    cards = []
    for label in range(result.n_clusters):
        rows = order[edges[label] : edges[label + 1]]
        gaps = _gaps(result, points, rows)
        nearest = np.argsort(gaps, kind="stable")[:n_typical]
        cards.append(ClusterCard(label, len(rows), rows[nearest].astype(np.int64)))
    return tuple(cards)


def _gaps(result: Clustering, points: Floats, rows: Rows) -> Floats:
    if result.distances is not None:
        return result.distances[rows]
    members = points[rows]
    return np.linalg.norm(members - members.mean(axis=0), axis=1)
