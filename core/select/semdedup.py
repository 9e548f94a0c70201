"""SemDeDup: rows of a cluster that resemble an earlier one of it come last."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.centroids import Partition, fit_centroids
from core.options import option
from core.records import Floats, Progress, Rows, silent
from core.select.base import selector
from core.select.constraints import NO_CONSTRAINTS, Constraints
from core.select.hashing import hash_order
from core.select.ordering import in_order
from core.select.parts import part_of
from core.select.selection import Picks
from core.select.vectors import Doubles, unit_vectors_of
from core.select.view import View

ROWS_A_CLUSTER = 1_000  # the rule for k; the paper has 8,800 a cluster on 440 million images
SAMPLE = 256  # rows a centroid that k-means is fitted on, faiss's own limit
MOST_HELD = 1 << 24  # cosines held at once, 64 MB
DIGITS = 5  # cosines are compared to so many: far above the noise of float32 products
STEPS = 100_000  # of the mean distance, likewise
NOTHING_EARLIER = -1.0  # of the first row of a cluster
CLUSTERING = 0.6  # share of the time that k-means takes, about


@dataclass(frozen=True, slots=True)
class SemDedupConfig:
    """How clusters are made and which row of several alike is kept."""

    clusters: int | None = option(
        None,
        "Number of clusters; empty for one in 1,000 rows. Only rows of one cluster are compared: "
        "fewer find more duplicates and take longer.",
        minimum=1,
    )
    keep: str = option(
        "hard",
        "Which of rows alike stays: the one far from its centroid, the one near it, or any.",
        choices=("hard", "easy", "random"),
        provenance="confirmed",
    )
    iterations: int = option(
        50, "Most k-means iterations of a start, which ends as soon as nothing changes.", minimum=1
    )
    restarts: int = option(1, "k-means starts; the best one counts.", minimum=1, maximum=100)


@selector(
    "semdedup",
    SemDedupConfig,
    title="SemDeDup (semantic duplicates last)",
    needs=("embeddings",),
    complexity="O(n k d) an iteration, then O(n^2 d / k) for all cosines inside clusters",
    when="To drop what says the same in other words, at budgets near the size of the pool; it says "
    "nothing about what is worth keeping at small ones.",
    source="Abbas et al. 2023, arXiv 2303.09540; the code's order within clusters",
    provenance="confirmed",
    version=2,  # draws from a stream of its own
)
def semdedup(
    view: View,
    budget: int,
    config: SemDedupConfig,
    *,
    constraints: Constraints = NO_CONSTRAINTS,
    seed: int = 42,
    progress: Progress = silent,
) -> Picks:
    """Rows by rising m, the largest cosine with an earlier row of their cluster; ties by id.

    SemDeDup drops a row when m > 1 - epsilon, whether or not that earlier row is itself dropped.
    So m does not depend on epsilon, and the `budget` rows of smallest m are what SemDeDup leaves at
    the epsilon that leaves so many: the order is nested. `explains["max_cosine"]` is m, -1 for the
    first row of a cluster; `explains["epsilon"]` is that epsilon for the picks so far.
    """
    units = unit_vectors_of(view.embeddings)
    clustering = part_of(progress, budget, begin=0, end=CLUSTERING)
    found = _clusters(view, units, config, seed=seed, progress=clustering)
    within = _order_within(view, found, config.keep, seed=seed)
    comparing = part_of(progress, budget, begin=CLUSTERING, end=1)
    cosines = largest_to_earlier(
        units, _grouped(found, within), device=view.device, progress=comparing
    )
    order = np.lexsort((view.id_rank, cosines))
    rows = in_order(order, budget, id_rank=view.id_rank, constraints=constraints)
    reached = np.where(np.isin(rows, constraints.pinned), NOTHING_EARLIER, cosines[rows])
    epsilons = 1 - np.maximum.accumulate(reached)
    explains = {
        "max_cosine": cosines[rows],
        "epsilon": epsilons,
        "cluster": found.labels[rows],
        "device": view.device,
    }
    return Picks(rows, explains=explains, notes=(_note(epsilons, found),))


def largest_to_earlier(
    units: Floats, groups: list[Rows], *, device: str = "cpu", progress: Progress = silent
) -> Doubles:
    """Each row's largest cosine with an earlier row of its group, -1 for the first, (n,).

    `units` (n, d) are of length 1, `groups` the rows of each cluster in its order.
    """
    found = np.full(len(units), NOTHING_EARLIER)
    done = 0
    for group in groups:
        found[group[1:]] = _of_group(units[group], device, progress, done, len(units))
        done += len(group)
        progress(done, len(units), "cosines inside clusters")
    return np.clip(np.round(found, DIGITS), -1, 1)


def _clusters(
    view: View, units: Floats, config: SemDedupConfig, *, seed: int, progress: Progress
) -> Partition:
    return fit_centroids(
        units,
        config.clusters or max(1, round(len(units) / ROWS_A_CLUSTER)),
        n_iterations=config.iterations,
        n_starts=config.restarts,
        sample=SAMPLE,
        seed=seed,
        order=hash_order(seed, view.id_hash, view.id_rank),
        device=view.device,
        progress=progress,
    )


def _order_within(view: View, found: Partition, keep: str, *, seed: int) -> Rows:
    """All rows, in the order in which those of a cluster are held against earlier ones."""
    if keep == "random":
        return hash_order(seed, view.id_hash, view.id_rank, "semdedup")
    distances = np.sqrt(found.squared)
    steps = np.round(distances * STEPS / (distances.mean() or 1.0))
    return np.lexsort((view.id_rank, -steps if keep == "hard" else steps))


def _grouped(found: Partition, order: Rows) -> list[Rows]:
    """The rows of each cluster that has any, in that order."""
    grouped = order[np.argsort(found.labels[order], kind="stable")]
    parts = np.split(grouped, np.cumsum(found.sizes())[:-1])
    return [part for part in parts if len(part)]


def _of_group(units: Floats, device: str, progress: Progress, done: int, total: int) -> Floats:
    """The largest cosine of each row but the first with the rows before it, (m - 1,)."""
    import torch

    held = torch.from_numpy(units).to(device)
    size = max(1, min(len(held), MOST_HELD // len(held)))
    largest = []
    for start in range(0, len(held), size):
        stop = min(start + size, len(held))
        cosines = held[start:stop] @ held[:stop].T
        later = torch.ones(stop - start, stop - start, dtype=torch.bool, device=device).triu_()
        cosines[:, start:stop].masked_fill_(later, NOTHING_EARLIER)
        largest.append(cosines.amax(dim=1))
        progress(done + stop, total, "cosines inside clusters")
    found: Floats = torch.cat(largest)[1:].cpu().numpy()
    return found


def _note(epsilons: Doubles, found: Partition) -> str:
    n_clusters = int((found.sizes() > 0).sum())
    return f"{n_clusters} clusters; what SemDeDup leaves at epsilon {epsilons[-1]:.4g}"
