"""kMQ: k-means clusters share the budget, and quality weighs the draw inside each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import RequestError
from core.options import option
from core.records import Progress, Rows, silent
from core.select.allocate import allocate
from core.select.base import selector
from core.select.constraints import NO_CONSTRAINTS, Constraints
from core.select.hashing import uniforms
from core.select.kmeans import kmeans_labels
from core.select.ordering import by_id
from core.select.quality import QUALITY_HELP, Quality, quality_of
from core.select.selection import Picks
from core.select.view import View

Scores = NDArray[np.float64]
SMALL_POOL = 150_000  # rows; paper tables 5 and 6: 64 clusters are best at 52K, 512 do at 196K


@dataclass(frozen=True, slots=True)
class KmqConfig:
    """How clusters are made, how they share the budget, and what weighs a row."""

    clusters: int | None = option(
        None,
        "Number of clusters k; empty for 64 (512 above 150,000 rows), at most budget / 4.",
        minimum=1,
        provenance="inferred",
    )
    allocation: str = option(
        "proportional",
        "Each cluster's part of the budget: by its size (paper) or the same for all (its code).",
        choices=("proportional", "equal"),
        provenance="confirmed",
    )
    weighting: str = option(
        "softmax",
        "Chance of a row inside its cluster: exp(q / T), q itself, or the same for all.",
        choices=("softmax", "linear", "uniform"),
        provenance="confirmed",
    )
    temperature: float = option(
        1.0, "T of softmax: small takes the best rows, large draws evenly.", minimum=1e-3
    )
    quality: str = option("auto", QUALITY_HELP)
    iterations: int = option(
        300, "Most k-means iterations a start.", minimum=1, provenance="confirmed"
    )
    restarts: int = option(
        5, "k-means starts; the best one counts.", minimum=1, maximum=100, provenance="confirmed"
    )


@selector(
    "kmq",
    KmqConfig,
    title="kMQ (k-means and quality)",
    needs=("embeddings",),
    uses=("quality", "scores", "columns"),
    nested=False,
    complexity="O(n k d) an iteration",
    when="With a quality score; and as the strong embedding baseline without one.",
    source="Yu et al. 2024, arXiv 2409.11378, section 2.2; drawn without replacement",
    provenance="confirmed",
)
def kmq(
    view: View,
    budget: int,
    config: KmqConfig,
    *,
    constraints: Constraints = NO_CONSTRAINTS,
    seed: int = 42,
    progress: Progress = silent,
) -> Picks:
    """Clusters by k-means, budget by cluster, rows by weighted draws without replacement.

    Clusters are made of the whole pool, so that a rejected row does not move them; they share the
    budget by the rows that may be chosen. Pinned rows count towards their cluster's part.
    """
    quality = quality_of(view, config.quality)
    log_weights = row_log_weights(quality, config)
    n_clusters, note = cluster_count(config.clusters, budget, view.n_rows)
    labels = kmeans_labels(
        view.embeddings,
        n_clusters,
        iterations=config.iterations,
        restarts=config.restarts,
        seed=seed,
        progress=progress,
    )
    shares = cluster_shares(
        labels, budget, n_clusters, constraints=constraints, allocation=config.allocation
    )
    keys = log_weights + gumbels(seed, view)
    drawn = draw(labels, keys, shares, id_rank=view.id_rank, constraints=constraints)
    rows = np.concatenate([by_id(constraints.pinned, view.id_rank), drawn])
    explains = {
        "cluster": labels[rows].astype(np.int32),
        "cluster_sizes": np.bincount(labels, minlength=n_clusters).tolist(),
        "quality": quality.source,
    }
    return Picks(rows, explains=explains, notes=(note, _quality_note(quality, config)))


def cluster_count(asked: int | None, budget: int, n_rows: int) -> tuple[int, str]:
    """How many clusters, with a sentence that says why."""
    if asked is not None:
        return asked, f"{asked} clusters, as asked"
    usual = 64 if n_rows <= SMALL_POOL else 512
    count = max(1, min(usual, budget // 4))
    if count < usual:
        return count, f"{count} clusters: a quarter of the budget instead of the usual {usual}"
    return count, f"{count} clusters, the paper's best for a pool of this size"


def row_log_weights(quality: Quality, config: KmqConfig) -> Scores:
    """Logarithm of each row's weight in the draw, up to a constant, (n_rows,)."""
    values = quality.values
    if config.weighting == "uniform":
        return np.zeros_like(values)
    if config.weighting == "softmax":
        return values / config.temperature
    if values.min(initial=0) < 0:
        raise RequestError(
            f"linear weighting needs quality of 0 or more; {quality.source} goes down to "
            f"{values.min():g}, use softmax"
        )
    if not values.any():
        return np.zeros_like(values)
    return np.log(values, out=np.full_like(values, -np.inf), where=values > 0)


def gumbels(seed: int, view: View) -> Scores:
    """Standard Gumbel noise of each row by seed and example id, (n_rows,).

    The largest of log weight + noise are a weighted draw without replacement (Gumbel-top-k,
    Kool et al. 2019), one draw after the other, whatever the order of the rows.
    """
    return -np.log(-np.log(uniforms(seed, view.id_hash)))


def cluster_shares(
    labels: Rows, budget: int, n_clusters: int, *, constraints: Constraints, allocation: str
) -> Rows:
    """Rows to draw from each cluster beyond its pinned ones, (n_clusters,)."""
    pinned = np.bincount(labels[constraints.pinned], minlength=n_clusters)
    allowed = np.bincount(labels, minlength=n_clusters)
    allowed -= np.bincount(labels[constraints.forbidden], minlength=n_clusters)
    weights = allowed if allocation == "proportional" else (allowed > 0).astype(np.int64)
    return allocate(budget, weights, floors=pinned, caps=allowed) - pinned


def draw(
    labels: Rows, keys: Scores, shares: Rows, *, id_rank: Rows, constraints: Constraints
) -> Rows:
    """The rows with the largest keys of each cluster, clusters taking turns by their share."""
    free = np.flatnonzero(constraints.free(len(labels)))
    order = free[np.lexsort((id_rank[free], -keys[free], labels[free]))]
    sizes = np.bincount(labels[order], minlength=len(shares))
    turn = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    drawn = turn < shares[labels[order]]
    order, turn = order[drawn], turn[drawn]
    return order[np.lexsort((labels[order], (turn + 0.5) / shares[labels[order]]))]


def _quality_note(quality: Quality, config: KmqConfig) -> str:
    if config.weighting == "uniform" or quality.source == "uniform":
        return "quality uniform: each row of a cluster has the same chance"
    return f"quality from {quality.source}, {config.weighting} weights"
