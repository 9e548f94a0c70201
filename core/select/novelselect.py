"""NovelSelect: the row most novel to the subset, near chosen rows counting most."""

from __future__ import annotations

from dataclasses import dataclass

from core.options import option
from core.records import Progress, Rows, silent
from core.select.base import selector
from core.select.constraints import NO_CONSTRAINTS, Constraints
from core.select.density import densities
from core.select.hashing import hash_order
from core.select.limits import Limits
from core.select.novel import novel_order
from core.select.ordering import by_id
from core.select.selection import Picks
from core.select.vectors import unit_vectors_of, vectors_of
from core.select.view import View


@dataclass(frozen=True, slots=True)
class NovelSelectConfig:
    """How distance, rank and density weigh."""

    distance_power: float = option(
        1.0,
        "alpha: the r-th nearest chosen row counts r**-alpha; 0 counts all alike, large values the "
        "nearest alone.",
        minimum=0.0,
        maximum=10.0,
        provenance="confirmed",
    )
    density_power: float = option(
        0.5,
        "beta: distances grow with the density around both rows to this power; 0 leaves density "
        "out.",
        minimum=0.0,
        maximum=10.0,
        provenance="confirmed",
    )
    neighbours: int = option(
        10, "Nearest rows that density is measured by.", minimum=1, provenance="confirmed"
    )


@selector(
    "novelselect",
    NovelSelectConfig,
    title="NovelSelect",
    needs=("embeddings",),
    ahead=False,
    complexity="O(n n d) for the density, then O(n b d) as a rule, O(n b (d + b)) at worst",
    when="For variety where the pool is dense, so that noise at the edges does not come first; "
    "slow: up to about 100,000 rows.",
    source="Yang et al. 2025, arXiv 2502.17184, and its code (NovelSum)",
    provenance="confirmed",
)
def novelselect(
    view: View,
    budget: int,
    config: NovelSelectConfig,
    *,
    constraints: Constraints = NO_CONSTRAINTS,
    seed: int = 42,
    progress: Progress = silent,
) -> Picks:
    """Largest mean over the chosen rows of r**-alpha * (1 - cosine) * (sum of both densities).

    Densities are those of the embeddings as they are, cosines those of their directions, as in the
    code. The first row is random by hash, or the pinned ones are. `explains["novelty"]` is the mean
    at each pick, nan for rows that were not chosen for it.
    """
    vectors = vectors_of(view.embeddings)
    density = densities(
        vectors,
        config.neighbours,
        power=config.density_power,
        device=view.device,
        progress=progress,
    )
    limits = Limits.of(constraints, n_rows=view.n_rows, budget=budget)
    first = by_id(constraints.pinned, view.id_rank)
    if not len(first):
        first = _start(view, limits, seed)
    found = novel_order(
        unit_vectors_of(vectors),
        density,
        budget,
        power=config.distance_power,
        first=first,
        limits=limits,
        id_rank=view.id_rank,
        progress=progress,
    )
    explains = {"novelty": found.novelty, "density": density[found.rows], "device": view.device}
    return Picks(found.rows, explains=explains)


def _start(view: View, limits: Limits, seed: int) -> Rows:
    order = hash_order(seed, view.id_hash, view.id_rank)
    return order[limits.free[order]][:1]
