"""Facility location: how like its nearest chosen row a row of the pool is, on average."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.metrics.registry import metric
from core.metrics.served import Served, served, shared_prefixes, shared_served
from core.metrics.subject import Chosen
from core.records import Floats, Halves, Progress, Rows, silent


def facility_location(
    embeddings: Floats | Halves, rows: Rows, *, device: str = "cpu", progress: Progress = silent
) -> float:
    """Mean over the whole pool of the largest cosine to a chosen row; NaN without rows.

    The sum that QDIT maximises (arXiv 2311.14736), divided by the rows of the pool. O(n m d).
    """
    return facility_location_of(served(embeddings, rows, device=device, progress=progress))


def facility_location_of(found: Served) -> float:
    """The facility location of a pool of which the nearest chosen rows are known."""
    mean = float(found.cosines.mean(dtype=np.float64)) if len(found.cosines) else float("nan")
    return mean if np.isfinite(mean) else float("nan")


def _curve(chosen: Chosen, budgets: Sequence[int]) -> list[float]:
    return [facility_location_of(one) for one in shared_prefixes(chosen, budgets)]


@metric(
    "facility-location",
    title="Facility location",
    formula="mean over all rows v of the pool of the largest cosine(v, s), s a chosen row",
    source="QDIT (arXiv 2311.14736)",
    unit="cosine",
    direction="higher",
    needs=("embeddings",),
    cost="heavy",
    note="OpenDataArena's score of this name adds up distances, where lower is better.",
    curve=_curve,
)
def _facility_location(chosen: Chosen) -> float:
    return facility_location_of(shared_served(chosen))
