"""apricot: facility location over all pairs in float64, or over the nearest rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.kernels import all_pairs, nearest

Vectors = NDArray[np.float32]


def facility_all_pairs(
    vectors: Vectors, budget: int, settings: Mapping[str, Any]
) -> NDArray[np.int64]:
    """Lazy greedy over all pairs, its default."""
    return _fitted(all_pairs(vectors, np.float64), budget, "lazy")


def facility_two_stage(
    vectors: Vectors, budget: int, settings: Mapping[str, Any]
) -> NDArray[np.int64]:
    """Naive greedy in parallel for the first picks, lazy greedy for the rest."""
    return _fitted(all_pairs(vectors, np.float64), budget, "two-stage")


def facility_nearest(
    vectors: Vectors, budget: int, settings: Mapping[str, Any]
) -> NDArray[np.int64]:
    """Lazy greedy over the nearest rows of each row."""
    return _fitted(nearest(vectors, settings["neighbours"]), budget, "lazy")


def _fitted(similar: Any, budget: int, optimiser: str) -> NDArray[np.int64]:
    from apricot import FacilityLocationSelection

    selection = FacilityLocationSelection(budget, metric="precomputed", optimizer=optimiser)
    return np.asarray(selection.fit(similar).ranking, dtype=np.int64)
