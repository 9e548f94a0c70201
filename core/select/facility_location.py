"""Facility location: rows in which every row of the pool finds one like itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.options import option
from core.records import Progress, silent
from core.select.base import selector
from core.select.constraints import NO_CONSTRAINTS, Constraints
from core.select.facility import NEIGHBOURS_HELP, Worth, facility_order
from core.select.facility_kernels import SCALE
from core.select.selection import Picks
from core.select.view import View


@dataclass(frozen=True, slots=True)
class FacilityLocationConfig:
    """Which pairs of rows are compared."""

    neighbours: int | None = option(None, NEIGHBOURS_HELP, minimum=1)


@selector(
    "facility-location",
    FacilityLocationConfig,
    title="Facility location",
    needs=("embeddings",),
    ahead=False,
    honours=("costs",),
    complexity="O(n² d), and O(n) a row looked at",
    when="To represent the pool: dense regions first, then whatever has no like in the subset.",
    source="greedy on sum of max cosine, the diversity of QDIT (arXiv 2311.14736) and of "
    "Superfiltering (arXiv 2402.00530); negative cosines count as 0",
    provenance="confirmed",
)
def facility_location(
    view: View,
    budget: int,
    config: FacilityLocationConfig,
    *,
    constraints: Constraints = NO_CONSTRAINTS,
    seed: int = 42,
    progress: Progress = silent,
) -> Picks:
    """The row that adds most to FL(S) = sum over the pool of max(0, cos) to the nearest chosen row.

    Own gains are in units of cosine, divided by the row's cost where rows have costs.
    """
    slope = np.full(view.n_rows, 1.0 / SCALE)
    if constraints.costs is not None:
        slope /= constraints.costs
    order = facility_order(
        view,
        budget,
        worth=Worth(slope, np.zeros(view.n_rows)),
        constraints=constraints,
        neighbours=config.neighbours,
        progress=progress,
    )
    return Picks(order.rows, explains=order.explains(view), notes=order.notes())
