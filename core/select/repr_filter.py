"""Repr Filter: rows in a given order, each unlike all rows accepted before it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.options import option
from core.records import Progress, Rows, silent
from core.select.base import selector
from core.select.constraints import NO_CONSTRAINTS, Constraints
from core.select.filtering import Ceiling, filter_order, highest_first
from core.select.hashing import hash_order
from core.select.limits import Limits
from core.select.ordering import by_id
from core.select.selection import Picks
from core.select.view import View


@dataclass(frozen=True, slots=True)
class ReprFilterConfig:
    """How like an accepted row a new one may be, and which rows are asked first."""

    threshold: float = option(
        0.9,
        "A row is accepted when its cosine with every accepted row is below this: 1 only drops "
        "rows of equal direction, smaller values keep fewer.",
        minimum=-1.0,
        maximum=1.0,
        provenance="inferred",
    )
    order: str = option(
        "random",
        "Which rows are asked first: random by hash, by example id, or the longest responses.",
        choices=("random", "id", "length"),
        provenance="inferred",
    )


@selector(
    "repr-filter",
    ReprFilterConfig,
    title="Repr Filter",
    needs=("embeddings",),
    uses=("lengths",),
    ahead=False,
    complexity="O(n b d), less when few rows have to be asked",
    when="To thin out near repetitions and otherwise leave the pool as it is.",
    source="baseline of Yang et al. 2025, arXiv 2502.14050: the diversity half of Deita alone",
    provenance="inferred",
    version=2,  # draws from a stream of its own
)
def repr_filter(
    view: View,
    budget: int,
    config: ReprFilterConfig,
    *,
    constraints: Constraints = NO_CONSTRAINTS,
    seed: int = 42,
    progress: Progress = silent,
) -> Picks:
    """One scan: accept a row whose largest cosine with the accepted ones is below the threshold.

    Pinned rows are accepted first. `explains["is_fill"]` marks rows that did not pass and only
    fill the budget, in the same order.
    """
    found = filter_order(
        _order(view, config.order, seed),
        view.embeddings,
        budget,
        ceiling=Ceiling(config.threshold, inclusive=False),
        first=by_id(constraints.pinned, view.id_rank),
        limits=Limits.of(constraints, n_rows=view.n_rows, budget=budget),
        device=view.device,
        progress=progress,
    )
    explains = {"is_fill": found.is_fill, "device": view.device}
    return Picks(found.rows, explains=explains, notes=(found.note(),))


def _order(view: View, name: str, seed: int) -> Rows:
    if name == "random":
        return hash_order(seed, view.id_hash, view.id_rank, "repr-filter")
    if name == "length":
        return highest_first(view.lengths.astype(np.float64), view.id_rank)
    return np.argsort(view.id_rank)
