"""Clusters that share a budget: their options, and k-means over the embeddings of a pool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.centroids import Partition, fit_centroids
from core.options import option
from core.records import Progress, silent
from core.select.cluster_count import Count, asked_count, silhouette_count, table_count
from core.select.hashing import hash_order
from core.select.parts import part_of
from core.select.view import View

CHOOSING = 0.3  # share of the time that choosing the number of clusters takes, about
COMPLEXITY = (
    "O(n k d) an iteration, n at most 256 k; choosing k by silhouette adds ten iterations for each "
    "candidate on 65,536 rows at most, and 10^8 distances"
)


@dataclass(frozen=True, slots=True)
class ClusterOptions:
    """How clusters are made and how they share the budget."""

    clusters: int | None = option(
        None, "Number of clusters k; empty lets the next option choose.", minimum=1
    )
    choose: str = option(
        "table",
        "How k is chosen when it is not given, a quarter of the budget at most. 'table' takes the "
        "paper's: 64, or 512 above 150,000 rows. 'silhouette' takes the k of 64, "
        "128, … 8,192 whose quick clusters have the largest mean silhouette: a hint, not an "
        "oracle. Over the paper's eight k it correlates with the score by only 0.47, and on Alpaca "
        "through MiniLM it takes 1,024 for 5,000 rows, where the paper scored best with 64.",
        choices=("table", "silhouette"),
        provenance="inferred",
    )
    allocation: str = option(
        "proportional",
        "Each cluster's part of the budget: by its size (paper) or the same for all (its code).",
        choices=("proportional", "equal"),
        provenance="confirmed",
    )
    iterations: int = option(
        300,
        "Most k-means iterations of a start, which ends as soon as nothing changes.",
        minimum=1,
        provenance="confirmed",
    )
    restarts: int = option(
        5, "k-means starts; the best one counts.", minimum=1, maximum=100, provenance="confirmed"
    )
    sample: int | None = option(
        256,
        "Rows a cluster that k-means is fitted on before every row goes to its nearest centroid; "
        "256 is what faiss draws, and so the paper's code. Empty fits on all.",
        minimum=1,
        provenance="inferred",
    )


@dataclass(frozen=True, slots=True)
class Clusters:
    """A partition of the pool, and how its number of clusters came about."""

    partition: Partition
    count: Count

    def explains(self) -> Mapping[str, Any]:
        """Facts about the whole, for a selection."""
        return {
            "cluster_sizes": self.partition.sizes().tolist(),
            "silhouettes": dict(self.count.silhouettes),
            "iterations": self.partition.n_iterations,
        }


def clusters_of(
    view: View, budget: int, config: ClusterOptions, *, seed: int, progress: Progress = silent
) -> Clusters:
    """Clusters of the whole pool, so that a rejected row does not move them.

    Squared Euclidean distance between the embeddings as they are; starts are drawn by hash of id.
    """
    choosing = part_of(progress, budget, begin=0, end=CHOOSING)
    count = _count(view, budget, config, seed=seed, progress=choosing)
    begin = CHOOSING if count.silhouettes else 0.0
    partition = fit_centroids(
        view.embeddings,
        count.n_clusters,
        n_iterations=config.iterations,
        n_starts=config.restarts,
        sample=config.sample,
        seed=seed,
        order=hash_order(seed, view.id_hash, view.id_rank),
        device=view.device,
        progress=part_of(progress, budget, begin=begin, end=1),
    )
    return Clusters(partition, count)


def _count(
    view: View, budget: int, config: ClusterOptions, *, seed: int, progress: Progress
) -> Count:
    if config.clusters is not None:
        return asked_count(config.clusters)
    if config.choose == "table":
        return table_count(budget, view.n_rows)
    return silhouette_count(view, budget, seed=seed, progress=progress)
