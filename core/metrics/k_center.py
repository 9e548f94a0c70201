"""k-center radius: how far from the subset the pool's worst served row is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.metrics.blocks import device_of, strips, units_of
from core.metrics.registry import metric
from core.metrics.served import Served, served, shared_prefixes, shared_served
from core.metrics.subject import Chosen
from core.records import Floats, Halves, Progress, Rows, silent

NOISE = 1e-5  # above the rounding of a cosine: the worst served row is among these


def k_center_radius(
    embeddings: Floats | Halves, rows: Rows, *, device: str = "cpu", progress: Progress = silent
) -> float:
    """Largest distance of a pool row to the nearest chosen row, from 0 to 2; NaN without rows.

    The objective of k-center (arXiv 2409.11378, section 2). Distances are Euclidean between
    directions (rows at unit length), sqrt(2 - 2 cosine), so that the nearest is the most like; a
    row of zeros is at 1 from every direction. O(n m d).
    """
    found = served(embeddings, rows, device=device, progress=progress)
    return k_center_radius_of(found, embeddings)


def k_center_radius_of(found: Served, embeddings: Floats | Halves) -> float:
    """The radius of a pool of which the nearest chosen rows are known.

    Taken from the differences of the worst served rows and theirs: rounding of a cosine near 1
    would show as a distance of 0.0003.
    """
    if not (found.nearest >= 0).any():
        return float("nan")
    where = device_of("cpu")
    worst = np.flatnonzero(found.cosines <= found.cosines.min() + NOISE)
    largest = 0.0
    for part in strips(len(worst), embeddings.shape[1]):
        nearest = units_of(embeddings, found.nearest[worst[part]], where)
        gaps = units_of(embeddings, worst[part], where).sub_(nearest)
        largest = max(largest, float(gaps.norm(dim=1).max()))
    return largest


def _curve(chosen: Chosen, budgets: Sequence[int]) -> list[float]:
    embeddings = chosen.subject.embeddings
    return [k_center_radius_of(one, embeddings) for one in shared_prefixes(chosen, budgets)]


@metric(
    "k-center-radius",
    title="k-center radius",
    formula="largest distance of a row of the pool to its nearest chosen row, sqrt(2 - 2 cosine)",
    source="Diversify and Conquer (arXiv 2409.11378), the k-center objective, on directions",
    unit="distance",
    direction="lower",
    needs=("embeddings",),
    cost="heavy",
    note="One outlier of the pool decides it.",
    curve=_curve,
)
def _k_center_radius(chosen: Chosen) -> float:
    return k_center_radius_of(shared_served(chosen), chosen.subject.embeddings)
