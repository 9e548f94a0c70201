"""Somebody else's subset, in its own order: to be compared, filled up or cut like any other."""

from __future__ import annotations

from core.errors import RequestError
from core.options import NoConfig
from core.records import Progress, silent
from core.select.base import selector
from core.select.constraints import NO_CONSTRAINTS, Constraints
from core.select.ordering import in_order
from core.select.selection import Picks
from core.select.view import View


@selector(
    "given",
    NoConfig,
    title="A subset from a file",
    needs=("given",),
    ahead=False,
    complexity="O(n)",
    when="To look at a subset that was chosen elsewhere, and to compare it with others.",
    source="example ids, row numbers or rows of a file, matched by content id",
    provenance="default",
)
def given(
    view: View,
    budget: int,
    config: NoConfig,
    *,
    constraints: Constraints = NO_CONSTRAINTS,
    seed: int = 42,
    progress: Progress = silent,
) -> Picks:
    """The first `budget` rows of the file, pinned ones before them.

    Raises RequestError when the file has fewer rows that may be chosen.
    """
    rows = in_order(view.given, budget, id_rank=view.id_rank, constraints=constraints)
    if len(rows) < budget:
        raise RequestError(
            f"the given subset has {len(rows)} rows that may be chosen, fewer than the budget of "
            f"{budget}; ask for at most {len(rows)}"
        )
    return Picks(rows)
