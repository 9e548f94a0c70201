"""Partition entropy: how evenly the chosen rows fall on the clusters of the pool."""

from __future__ import annotations

import numpy as np

from core.metrics.registry import metric
from core.metrics.shares import cluster_shares
from core.metrics.subject import Chosen, Labels
from core.records import Rows


def partition_entropy(labels: Labels, rows: Rows) -> float:
    """Entropy of the chosen rows over clusters, divided by log of the pool's clusters, 0 to 1.

    1 where all clusters of the pool have equally many chosen rows. Noise (-1) is left out; NaN
    where no chosen row is in a cluster; 0 where the pool has one cluster, as in the source.
    """
    shares = cluster_shares(labels, rows)
    if not shares.subset.sum():
        return float("nan")
    if len(shares.values) == 1:
        return 0.0
    taken = shares.subset_shares[shares.subset > 0]  # 0 log 0 = 0
    return float(-(taken * np.log(taken)).sum() / np.log(len(shares.values))) + 0.0


@metric(
    "partition-entropy",
    title="Partition entropy",
    formula="-(sum of p log p) / log(clusters of the pool), p the chosen rows' cluster shares",
    source="OpenDataArena-Tool, PartitionEntropyScorer; github.com/UmeanNever/NovelSum",
    unit="share",
    direction="higher",
    needs=("clusters",),
    note="A pool's own clusters are uneven, so its fair sample is below 1.",
)
def _partition_entropy(chosen: Chosen) -> float:
    return partition_entropy(chosen.subject.clusters, chosen.rows)
