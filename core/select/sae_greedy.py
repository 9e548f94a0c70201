"""SAE-GreedSelect: the row with most features that the subset lacks, again and again."""

from __future__ import annotations

from dataclasses import dataclass

from core.options import option
from core.records import Progress, silent
from core.select.base import selector
from core.select.constraints import NO_CONSTRAINTS, Constraints
from core.select.greedy import greedy_order
from core.select.scan import scan_order
from core.select.selection import Picks
from core.select.view import View


@dataclass(frozen=True, slots=True)
class SaeGreedyConfig:
    """Which reading of the unpublished algorithm to follow."""

    mode: str = option(
        "greedy",
        "greedy: the best row of all at each pick; scan: down the rows by number of features, "
        "taking each that brings something new, as in #InsTag.",
        choices=("greedy", "scan"),
        provenance="inferred",
    )
    min_new: int = option(
        1, "scan only: new features that a row has to bring.", minimum=1, provenance="inferred"
    )


@selector(
    "sae-greedy",
    SaeGreedyConfig,
    title="SAE-GreedSelect",
    needs=("codes",),
    complexity="O(nnz) a round",
    when="To show a model as many of its own features as a small budget allows.",
    source="Yang et al. 2025, arXiv 2502.14050; pseudo-code not public, rounds as in #InsTag",
    provenance="inferred",
)
def sae_greedy(
    view: View,
    budget: int,
    config: SaeGreedyConfig,
    *,
    constraints: Constraints = NO_CONSTRAINTS,
    seed: int = 42,
    progress: Progress = silent,
) -> Picks:
    """Coverage of the pool's codes, in rounds: a new one begins when nothing new is left."""
    if config.mode == "scan":
        order = scan_order(
            view.codes,
            budget,
            id_rank=view.id_rank,
            constraints=constraints,
            min_new=config.min_new,
            progress=progress,
        )
    else:
        order = greedy_order(
            view.codes, budget, id_rank=view.id_rank, constraints=constraints, progress=progress
        )
    return Picks(order.rows, order.round_starts, {"own_gains": order.gains})
