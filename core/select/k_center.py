"""k-center: the row farthest from the subset, again and again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.options import option
from core.records import Floats, Progress, Rows, silent
from core.select.base import selector
from core.select.constraints import NO_CONSTRAINTS, Constraints
from core.select.farthest import Traversal, farthest_first
from core.select.hashing import hash_order
from core.select.limits import Limits
from core.select.ordering import by_id
from core.select.selection import Picks
from core.select.vectors import (
    CHUNK,
    Doubles,
    squared_distances,
    squared_lengths,
    unit_vectors_of,
    vectors_of,
)
from core.select.view import View

DIGITS = 9  # distances to the mean are compared to so many: its sum depends on the rows' order


@dataclass(frozen=True, slots=True)
class KCenterConfig:
    """Where the traversal starts and how distance is measured."""

    start: str = option(
        "mean",
        "First row when none is pinned: the one nearest the mean, the one of largest norm, or one "
        "at random by hash.",
        choices=("mean", "norm", "random"),
    )
    normalise: bool = option(
        True,
        "Measure between directions, as cosine does (distances from 0 to 2); off: between the "
        "embeddings as they are, where long ones count as far.",
    )


@selector(
    "k-center",
    KCenterConfig,
    title="k-center (farthest first)",
    needs=("embeddings",),
    ahead=False,
    complexity="O(n b d)",
    when="To leave no example far from the subset: edges and rarities come first, so on a pool "
    "with noise look at what they are.",
    source="Gonzalez 1985, at most twice the smallest radius; baseline of arXiv 2409.11378",
    provenance="inferred",
)
def k_center(
    view: View,
    budget: int,
    config: KCenterConfig,
    *,
    constraints: Constraints = NO_CONSTRAINTS,
    seed: int = 42,
    progress: Progress = silent,
) -> Picks:
    """Farthest-first traversal over the embeddings, from the pinned rows where there are any.

    `explains["gap"]` is each pick's distance to the nearest row chosen before it: also the radius
    that the picks before it leave. inf for pinned rows and the first, which are not chosen for it.
    """
    points = (unit_vectors_of if config.normalise else vectors_of)(view.embeddings)
    limits = Limits.of(constraints, n_rows=view.n_rows, budget=budget)
    first = by_id(constraints.pinned, view.id_rank)
    if not len(first):
        first = _start(view, points, config, limits=limits, seed=seed)
    found = farthest_first(
        points,
        budget,
        first=first,
        limits=limits,
        id_rank=view.id_rank,
        device=view.device,
        progress=progress,
    )
    explains = {"gap": found.gaps, "device": view.device}
    return Picks(found.rows, explains=explains, notes=(_note(found),))


def _start(view: View, points: Floats, config: KCenterConfig, *, limits: Limits, seed: int) -> Rows:
    """The first row that the configuration asks for, among those that may be chosen."""
    free = np.flatnonzero(limits.free)
    if config.start == "random":
        order = hash_order(seed, view.id_hash, view.id_rank)
        return order[limits.free[order]][:1]
    far = _from_mean(points) if config.start == "mean" else -_norms(view)
    return free[np.lexsort((view.id_rank[free], far[free]))[:1]]


def _from_mean(points: Floats) -> Doubles:
    mean = points.mean(axis=0, dtype=np.float64)
    far = [squared_distances(points[at : at + CHUNK], mean) for at in range(0, len(points), CHUNK)]
    rounded: Doubles = np.concatenate(far).round(DIGITS)
    return rounded


def _norms(view: View) -> Doubles:
    return squared_lengths(vectors_of(view.embeddings))


def _note(found: Traversal) -> str:
    return f"every row that may still be chosen is within {found.radius:.4g} of a chosen one"
