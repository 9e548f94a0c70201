"""submodlib: facility location over all pairs or the nearest rows, and greedy on disparity."""

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
    """Lazy greedy over all pairs, given as one float32 array."""
    from submodlib import FacilityLocationFunction

    similar = all_pairs(vectors, np.float32)
    function = FacilityLocationFunction(
        n=len(vectors), mode="dense", sijs=similar, separate_rep=False
    )
    return _rows(function, budget, "LazyGreedy")


def facility_nearest(
    vectors: Vectors, budget: int, settings: Mapping[str, Any]
) -> NDArray[np.int64]:
    """Lazy greedy over the nearest rows of each row."""
    from submodlib import FacilityLocationFunction

    k = settings["neighbours"]
    function = FacilityLocationFunction(
        n=len(vectors), mode="sparse", sijs=nearest(vectors, k), num_neighbors=k
    )
    return _rows(function, budget, "LazyGreedy")


def disparity_min(vectors: Vectors, budget: int, settings: Mapping[str, Any]) -> NDArray[np.int64]:
    """Greedy on the least distance between chosen rows; similarities are moved into 0 to 1."""
    from submodlib import DisparityMinFunction

    similar = (1 + vectors @ vectors.T) / 2
    function = DisparityMinFunction(n=len(vectors), mode="dense", sijs=similar)
    return _rows(function, budget, "NaiveGreedy")


def _rows(function: Any, budget: int, optimiser: str) -> NDArray[np.int64]:
    found = function.maximize(budget=budget, optimizer=optimiser, show_progress=False)
    return np.array([row for row, _ in found], dtype=np.int64)
