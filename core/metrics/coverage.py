"""Feature coverage: the share of what the pool can show that a subset shows.

The formula is the FAC of arXiv 2602.10388 with the pool itself as the reference.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from core.metrics.registry import metric
from core.metrics.subject import Chosen
from core.records import Bools, FeatureSets, Ids, Pointers, Rows

Counts = NDArray[np.int64]


def coverage_curve(features: FeatureSets, rows: Rows) -> Counts:
    """Features covered after each pick, (len(rows),), never falling. O(non-zeros of the rows)."""
    covered = np.zeros(features.n_features, dtype=np.bool_)
    curve = np.empty(len(rows), dtype=np.int64)
    _fill_curve(features.rows.indptr, features.rows.indices, rows, covered, curve)
    return curve


def coverage(features: FeatureSets, rows: Rows) -> float:
    """Share of the features that any row of the pool has which these rows have, 0 to 1."""
    covered = int(coverage_curve(features, rows)[-1]) if len(rows) else 0
    return covered / max(features.n_reachable, 1)


def saturation(curve: Counts, n_reachable: int) -> int | None:
    """How many picks it took to cover everything; None where the curve does not get there."""
    if not len(curve) or curve[-1] < n_reachable:
        return None
    return int(np.searchsorted(curve, n_reachable)) + 1


@njit(cache=True, nogil=True)
def _fill_curve(starts: Pointers, features: Ids, rows: Rows, covered: Bools, curve: Counts) -> None:
    count = 0
    for pick in range(len(rows)):
        for at in range(starts[rows[pick]], starts[rows[pick] + 1]):
            if not covered[features[at]]:
                covered[features[at]] = True
                count += 1
        curve[pick] = count


@metric(
    "feature-coverage",
    title="Feature coverage",
    formula="features that a chosen row has / features that a row of the pool has",
    source="FAC (arXiv 2602.10388) with the pool as its reference",
    unit="share",
    direction="higher",
    needs=("codes",),
)
def _feature_coverage(chosen: Chosen) -> float:
    return coverage(chosen.subject.codes, chosen.rows)


@metric(
    "neuron-coverage",
    title="Neuron coverage",
    formula="neurons active in a chosen row / neurons active in a row of the pool",
    source="what MADS (arXiv 2605.30857) maximises; MUI (arXiv 2504.07440)",
    unit="share",
    direction="higher",
    needs=("neurons",),
    note="Depends on the rule that says when a neuron is active; MUI divides by all neurons.",
)
def _neuron_coverage(chosen: Chosen) -> float:
    return coverage(chosen.subject.neurons, chosen.rows)
