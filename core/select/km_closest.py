"""kM-Closest: k-means clusters share the budget, and the rows nearest each centroid are taken."""

from __future__ import annotations

import numpy as np

from core.records import Progress, silent
from core.select.base import selector
from core.select.clusters import COMPLEXITY, ClusterOptions, clusters_of
from core.select.constraints import NO_CONSTRAINTS, Constraints
from core.select.selection import Picks
from core.select.stratified import share_out
from core.select.view import View

GRID = 1e-5  # of the mean distance, by which distances are compared: float32 centroids err by less


@selector(
    "km-closest",
    ClusterOptions,
    title="kM-Closest (k-means, nearest the centroids)",
    needs=("embeddings",),
    nested=False,
    complexity=COMPLEXITY,
    when="For typical examples of every part of the pool; what is rare or odd stays out.",
    source="Yu et al. 2024, arXiv 2409.11378, section 2.3 and table 2",
    provenance="confirmed",
)
def km_closest(
    view: View,
    budget: int,
    config: ClusterOptions,
    *,
    constraints: Constraints = NO_CONSTRAINTS,
    seed: int = 42,
    progress: Progress = silent,
) -> Picks:
    """Rows of each cluster by distance to its centroid; equal distances by example id.

    `explains["distance"]` is each row's Euclidean distance to the centroid of its cluster.
    """
    clusters = clusters_of(view, budget, config, seed=seed, progress=progress)
    found = clusters.partition
    distances = np.sqrt(found.squared)
    steps = np.round(distances / (GRID * (distances.mean() or 1.0)))
    rows = share_out(
        found.labels,
        np.lexsort((view.id_rank, steps)),
        budget,
        allocation=config.allocation,
        id_rank=view.id_rank,
        constraints=constraints,
    )
    explains = {
        "cluster": found.labels[rows],
        "distance": distances[rows].astype(np.float32),
        **clusters.explains(),
    }
    return Picks(rows, explains=explains, notes=(clusters.count.note,))
