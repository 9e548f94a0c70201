"""HDBSCAN on a 5-dimensional layout: clusters of any shape, and noise left out."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from core.cluster.clustering import NOISE, Clustering, Labels, by_size, clustering
from core.errors import RequestError
from core.options import option
from core.records import Floats, Progress, silent

FEWEST, MOST = 5, 50  # rows of the smallest cluster chosen by the rule


@dataclass(frozen=True, slots=True)
class HdbscanConfig:
    """HDBSCAN (Campello et al. 2013)."""

    min_cluster_size: int | None = option(
        None,
        "Rows of the smallest cluster; empty means a thousandth of the pool, from 5 to 50.",
        minimum=2,
    )
    min_samples: int | None = option(
        None,
        "Neighbours that make a row dense; empty means the smallest cluster's size. Larger "
        "leaves more rows out as noise.",
        minimum=1,
    )


@clustering("hdbscan", "HDBSCAN", HdbscanConfig, reads="layout")
def hdbscan(points: Floats, config: HdbscanConfig, *, progress: Progress = silent) -> Clustering:
    """Cluster points (n, c) by density; rows in no dense region are noise, -1.

    RequestError when the smallest cluster asked for is larger than the pool. A pool too small
    for the rule is all noise.
    """
    size = smallest_cluster_for(len(points), config.min_cluster_size)
    progress(0, 1, "hdbscan")
    labels, old = by_size(_labelled(points, size, config.min_samples or size))
    progress(1, 1, "hdbscan")
    return Clustering(
        method="hdbscan", labels=labels, n_clusters=len(old), centroids=None, distances=None
    )


def smallest_cluster_for(n_rows: int, asked: int | None) -> int:
    """The size asked for, else a thousandth of the pool within 5 and 50."""
    if asked is None:
        return min(MOST, max(FEWEST, n_rows // 1000))
    if asked > n_rows:
        raise RequestError(
            f"clusters of at least {asked:,} rows were asked of {n_rows:,}; "
            f"choose at most {n_rows:,}"
        )
    return asked


def _labelled(points: Floats, size: int, min_samples: int) -> Labels:
    if len(points) <= max(size, min_samples):
        return np.full(len(points), NOISE, dtype=np.int32)
    with warnings.catch_warnings():  # it calls scikit-learn by names that will change
        warnings.simplefilter("ignore")
        from hdbscan import HDBSCAN

        fit = HDBSCAN(min_cluster_size=size, min_samples=min_samples, core_dist_n_jobs=1)
        return np.asarray(fit.fit_predict(points.astype(np.float64)), dtype=np.int32)
