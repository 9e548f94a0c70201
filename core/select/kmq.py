"""kMQ: k-means clusters share the budget, and quality weighs the draw inside each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import RequestError
from core.options import option
from core.records import Progress, silent
from core.select.base import selector
from core.select.clusters import COMPLEXITY, ClusterOptions, clusters_of
from core.select.constraints import NO_CONSTRAINTS, Constraints
from core.select.hashing import uniforms
from core.select.quality import QUALITY_HELP, Quality, quality_of
from core.select.selection import Picks
from core.select.stratified import share_out
from core.select.view import View

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class KmqConfig(ClusterOptions):
    """How clusters are made, how they share the budget, and what weighs a row."""

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


@selector(
    "kmq",
    KmqConfig,
    title="kMQ (k-means and quality)",
    needs=("embeddings",),
    uses=("quality", "scores", "columns"),
    nested=False,
    complexity=COMPLEXITY,
    when="With a quality score; and as the strong embedding baseline without one.",
    source="Yu et al. 2024, arXiv 2409.11378, section 2.2; drawn without replacement",
    provenance="confirmed",
    version=2,  # draws from a stream of its own
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
    keys = row_log_weights(quality, config) + gumbels(seed, view)
    clusters = clusters_of(view, budget, config, seed=seed, progress=progress)
    labels = clusters.partition.labels
    rows = share_out(
        labels,
        np.lexsort((view.id_rank, -keys)),
        budget,
        allocation=config.allocation,
        id_rank=view.id_rank,
        constraints=constraints,
    )
    explains = {"cluster": labels[rows], "quality": quality.source, **clusters.explains()}
    notes = (clusters.count.note, _quality_note(quality, config))
    return Picks(rows, explains=explains, notes=notes)


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
    return -np.log(-np.log(uniforms(seed, view.id_hash, "kmq")))


def _quality_note(quality: Quality, config: KmqConfig) -> str:
    if config.weighting == "uniform" or quality.source == "uniform":
        return "quality uniform: each row of a cluster has the same chance"
    return f"quality from {quality.source}, {config.weighting} weights"
