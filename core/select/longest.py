"""The longest responses first: cheap, and hard to beat."""

from __future__ import annotations

import numpy as np

from core.options import NoConfig
from core.records import Progress, silent
from core.select.base import selector
from core.select.constraints import NO_CONSTRAINTS, Constraints
from core.select.ordering import in_order
from core.select.selection import Picks
from core.select.view import View


@selector(
    "longest",
    NoConfig,
    title="Longest responses",
    needs=("lengths",),
    complexity="O(n log n)",
    when="As the baseline that length alone sets; look here before believing in diversity.",
    source="Zhao et al., ICML 2024, arXiv 2402.04833; length in words here",
    provenance="inferred",
)
def longest(
    view: View,
    budget: int,
    config: NoConfig,
    *,
    constraints: Constraints = NO_CONSTRAINTS,
    seed: int = 42,
    progress: Progress = silent,
) -> Picks:
    """Rows by words in the response, descending; equal lengths by example id."""
    lengths = view.lengths
    order = np.lexsort((view.id_rank, -lengths.astype(np.int64)))
    return Picks(in_order(order, budget, id_rank=view.id_rank, constraints=constraints))
