"""Herding: rows whose running mean stays as near the pool's mean as it can."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.options import option
from core.records import Floats, Progress, Rows, silent
from core.select.base import selector
from core.select.constraints import NO_CONSTRAINTS, Constraints
from core.select.limits import Limits
from core.select.ordering import by_id
from core.select.screen import screen_of
from core.select.selection import Picks
from core.select.vectors import Doubles, products, unit_vectors_of, vectors_of
from core.select.view import View

DIGITS = 9  # products are compared to so many: the mean's sum depends on the rows' order
STRIDE = 16  # picks between two looks at the progress


@dataclass(frozen=True, slots=True)
class HerdingConfig:
    """What counts as the place of a row."""

    normalise: bool = option(
        True,
        "Herd directions, so that each row weighs the same; off: the embeddings as they are, where "
        "long ones pull more.",
    )


@selector(
    "herding",
    HerdingConfig,
    title="Herding",
    needs=("embeddings",),
    ahead=False,
    complexity="O(n b d)",
    when="To keep the pool's average: what is typical stays typical, and rarities are left out. "
    "It balances the mean alone; for spread take k-center, for both facility-location.",
    source="Welling 2009 (herding dynamical weights to learn), with the embeddings as features",
    provenance="inferred",
)
def herding(
    view: View,
    budget: int,
    config: HerdingConfig,
    *,
    constraints: Constraints = NO_CONSTRAINTS,
    seed: int = 42,
    progress: Progress = silent,
) -> Picks:
    """The row of largest product with w; w starts as the pool's mean, and gains mean - row.

    Pinned rows come first and move w as well. `explains["distance"]` tells how far the mean of the
    rows so far is from the pool's: it falls as 1/t, not at every pick.
    """
    vectors = (unit_vectors_of if config.normalise else vectors_of)(view.embeddings)
    mean = vectors.mean(axis=0, dtype=np.float64)
    limits = Limits.of(constraints, n_rows=view.n_rows, budget=budget)
    pinned = by_id(constraints.pinned, view.id_rank)
    screen = screen_of(vectors, device=view.device)
    screen.close(np.flatnonzero(~limits.free))
    screen.close(limits.take(pinned))
    rows = list(pinned)
    weights = mean + len(pinned) * mean - vectors[pinned].sum(axis=0, dtype=np.float64)
    while len(rows) < budget:
        rivals = screen.rivals(weights)
        if not len(rivals):
            break
        best = _best(rivals, vectors, weights, id_rank=view.id_rank)
        rows.append(best[0])
        weights += mean - vectors[best[0]]
        screen.close(limits.take(best))
        if len(rows) % STRIDE == 0:
            progress(len(rows), budget, "rows chosen")
    chosen = np.array(rows, dtype=np.int64)
    distance = _distances(vectors[chosen], mean)
    return Picks(chosen, explains={"distance": distance, "device": view.device})


def _best(rivals: Rows, vectors: Floats, weights: Doubles, *, id_rank: Rows) -> Rows:
    """The row of largest product, equal ones by smaller example id, (1,)."""
    scores = products(vectors[rivals], weights).round(DIGITS)
    return rivals[np.lexsort((id_rank[rivals], -scores))[:1]]


def _distances(chosen: Floats, mean: Doubles) -> Doubles:
    """Distance of the mean of each prefix from the pool's mean, (n_chosen,)."""
    total, distances = np.zeros(len(mean)), np.empty(len(chosen))
    for at, vector in enumerate(chosen):
        total += vector
        distances[at] = np.sqrt(((total / (at + 1) - mean) ** 2).sum())
    return distances
