"""SAE-SimScale: down the rows, leaving out each one too similar to what its scan has taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

import numpy as np

from core.options import option
from core.records import Progress, Rows, silent
from core.select.base import selector
from core.select.constraints import NO_CONSTRAINTS, Constraints
from core.select.hashing import hash_order
from core.select.ordering import tie_order
from core.select.scan import ScanOrder, scan_order
from core.select.selection import Picks
from core.select.view import View


@dataclass(frozen=True, slots=True)
class SaeSimscaleConfig:
    """The name, the purpose and that similarity scales the amount of data are all that is known."""

    tau: float = option(
        0.8,
        "Rows as similar as this are left out of the scan. 0 takes one row a scan, the most "
        "diverse; 1 takes all that bring anything new. 0.8 is recalled, not read in the paper.",
        minimum=0,
        maximum=1,
        provenance="inferred",
    )
    scope: str = option(
        "union",
        "union: the share of a row's features that its scan covers already; pairwise: the largest "
        "Jaccard index with one row of its scan. Which of them the paper means is not known.",
        choices=("union", "pairwise"),
        provenance="inferred",
    )
    order: str = option(
        "size",
        "Order of a scan: more features first, at random by hash, longer responses first, or by "
        "example id. Our reading of the paper is size, as in #InsTag.",
        choices=("size", "random", "length", "id"),
        provenance="inferred",
    )


@selector(
    "sae-simscale",
    SaeSimscaleConfig,
    title="SAE-SimScale",
    needs=("codes",),
    uses=("lengths",),
    ahead=False,
    complexity="O(nnz) a scan; pairwise O(nnz + shared features)",
    when="For larger budgets than SAE-GreedSelect is meant for: tau sets how much may repeat.",
    source="Yang et al. 2025, arXiv 2502.14050; accept rule, tau and order not public",
    provenance="inferred",
    version=2,  # draws from a stream of its own
)
def sae_simscale(
    view: View,
    budget: int,
    config: SaeSimscaleConfig,
    *,
    constraints: Constraints = NO_CONSTRAINTS,
    seed: int = 42,
    progress: Progress = silent,
) -> Picks:
    """Scans in one order with a ceiling on similarity, until the budget is full.

    `explains["similarity"]` is what each pick was accepted at, within its scan. With tau 1, scope
    union and order size this is `sae-greedy` in mode scan.
    """
    found = scan_order(
        view.codes,
        budget,
        id_rank=view.id_rank,
        constraints=constraints,
        order=_order(view, config.order, seed),
        ceiling=config.tau,
        scope=cast(Literal["union", "pairwise"], config.scope),
        progress=progress,
    )
    explains = {"similarity": found.likeness}
    return Picks(found.rows, found.round_starts, explains, _notes(found))


def _order(view: View, name: str, seed: int) -> Rows:
    if name == "random":
        return hash_order(seed, view.id_hash, view.id_rank, "sae-simscale")
    if name == "length":
        return np.lexsort((view.id_rank, -view.lengths.astype(np.int64))).astype(np.int64)
    if name == "id":
        return np.argsort(view.id_rank, kind="stable")
    return tie_order(view.codes.rows.lengths(), view.id_rank)


def _notes(found: ScanOrder) -> tuple[str, ...]:
    notes = [f"scans of the pool: {len(found.round_starts)}"]
    if found.n_filled:
        notes.append(
            f"rows at the end without features, which no scan accepts, in order: {found.n_filled:,}"
        )
    return tuple(notes)
