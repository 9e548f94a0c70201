"""Uniform draw without replacement: the baseline that every method has to beat."""

from __future__ import annotations

from core.options import NoConfig
from core.records import Progress, silent
from core.select.base import selector
from core.select.constraints import NO_CONSTRAINTS, Constraints
from core.select.hashing import hash_order
from core.select.ordering import in_order
from core.select.selection import Picks
from core.select.view import View


@selector(
    "random",
    NoConfig,
    title="Random",
    complexity="O(n log n)",
    when="As the baseline; and when nothing is known about the pool.",
    source="uniform draw without replacement; the first baseline of arXiv 2409.11378",
    provenance="confirmed",
)
def uniform(
    view: View,
    budget: int,
    config: NoConfig,
    *,
    constraints: Constraints = NO_CONSTRAINTS,
    seed: int = 42,
    progress: Progress = silent,
) -> Picks:
    """Rows by a hash of seed and example id, so each keeps its place when the pool changes."""
    order = hash_order(seed, view.id_hash, view.id_rank)
    return Picks(in_order(order, budget, id_rank=view.id_rank, constraints=constraints))
