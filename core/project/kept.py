"""How many neighbours a layout keeps: those nearest before it that are nearest after it."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from core.project.graph import NeighbourGraph
from core.records import Floats


def neighbours_kept(graph: NeighbourGraph, coordinates: Floats) -> float | None:
    """Mean share of each row's k - 1 neighbours in the graph that are among as many on the map.

    Chance is (k - 1) / (n - 1). None where the graph joins everything with everything.
    """
    n, k = graph.indices.shape
    if k < 2 or k >= n:
        return None
    _, shown = cKDTree(coordinates).query(coordinates, k=k)
    near = np.sort(np.asarray(shown, dtype=np.int64), axis=1)
    own = np.arange(n)[:, None]
    base = own * n
    met = np.isin(graph.indices[:, 1:] + base, near + base)
    return float(met.mean())
