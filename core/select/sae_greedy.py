"""SAE-GreedSelect: the row with most features that the subset lacks, again and again."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import RequestError
from core.options import option
from core.records import Progress, silent
from core.select.base import selector
from core.select.constraints import NO_CONSTRAINTS, Constraints
from core.select.greedy import greedy_order, own_gains, weighed
from core.select.ordering import RoundOrder
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
    engine: str = option(
        "compiled",
        "greedy only: the compiled loop, or the same picks through torch on the device at hand. "
        "On a CPU the compiled loop is far ahead; on a GPU measure both.",
        choices=("compiled", "torch"),
    )
    min_new: int = option(
        1, "scan only: new features that a row has to bring.", minimum=1, provenance="inferred"
    )


@selector(
    "sae-greedy",
    SaeGreedyConfig,
    title="SAE-GreedSelect",
    needs=("codes",),
    honours=("costs", "feature_weights"),
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
    order: RoundOrder
    if config.mode == "scan":
        _refuse_unscannable(constraints)
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
            view.codes,
            budget,
            id_rank=view.id_rank,
            constraints=constraints,
            objective=weighed(constraints.feature_weights),
            device=view.device if config.engine == "torch" else None,
            progress=progress,
        )
    return Picks(order.rows, order.round_starts, {"own_gains": own_gains(order, constraints)})


def _refuse_unscannable(constraints: Constraints) -> None:
    for name in constraints.given():
        raise RequestError(
            f"mode 'scan' goes down the rows by number of features and cannot honour "
            f"{name.replace('_', ' ')}; use mode 'greedy'"
        )
