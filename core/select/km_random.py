"""kM-Random: k-means clusters share the budget, and rows are drawn evenly inside each."""

from __future__ import annotations

from core.records import Progress, silent
from core.select.base import selector
from core.select.clusters import COMPLEXITY, ClusterOptions, clusters_of
from core.select.constraints import NO_CONSTRAINTS, Constraints
from core.select.hashing import hash_order
from core.select.selection import Picks
from core.select.stratified import share_out
from core.select.view import View


@selector(
    "km-random",
    ClusterOptions,
    title="kM-Random (k-means, drawn evenly)",
    needs=("embeddings",),
    nested=False,
    complexity=COMPLEXITY,
    when="As the baseline of kMQ, to see what quality adds; or for small clusters' fair share.",
    source="Yu et al. 2024, arXiv 2409.11378, section 2.3 and table 2",
    provenance="confirmed",
    version=2,  # draws from the stream of kmq
)
def km_random(
    view: View,
    budget: int,
    config: ClusterOptions,
    *,
    constraints: Constraints = NO_CONSTRAINTS,
    seed: int = 42,
    progress: Progress = silent,
) -> Picks:
    """Rows of each cluster by a hash of seed and example id: uniform draws without replacement."""
    clusters = clusters_of(view, budget, config, seed=seed, progress=progress)
    labels = clusters.partition.labels
    rows = share_out(
        labels,
        hash_order(seed, view.id_hash, view.id_rank, "kmq"),
        budget,
        allocation=config.allocation,
        id_rank=view.id_rank,
        constraints=constraints,
    )
    explains = {"cluster": labels[rows], **clusters.explains()}
    return Picks(rows, explains=explains, notes=(clusters.count.note,))
