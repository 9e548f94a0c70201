"""Plain loops over numpy: what the methods cost when nothing is done for their speed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


def k_center(vectors: Vectors, budget: int, settings: Mapping[str, Any]) -> NDArray[np.int64]:
    """Farthest first from a given row: one product with the whole pool a pick."""
    rows = np.empty(budget, dtype=np.int64)
    rows[0] = settings["first"]
    gaps = np.full(len(vectors), np.inf, dtype=np.float32)
    for pick in range(1, budget):
        np.minimum(gaps, 1 - vectors @ vectors[rows[pick - 1]], out=gaps)
        gaps[rows[pick - 1]] = -np.inf
        rows[pick] = gaps.argmax()
    return rows


def qdit(vectors: Vectors, budget: int, settings: Mapping[str, Any]) -> NDArray[np.int64]:
    """Greedy on (1 - alpha) gain / n + alpha q: the gain of every row anew at each pick."""
    quality, alpha = np.load(settings["quality"]), settings["alpha"]
    similar = np.maximum(vectors @ vectors.T, 0)
    cover = np.zeros(len(vectors), dtype=np.float32)
    taken = np.zeros(len(vectors), dtype=np.bool_)
    rows = np.empty(budget, dtype=np.int64)
    room = np.empty_like(similar)
    for pick in range(budget):
        np.maximum(np.subtract(similar, cover, out=room), 0, out=room)
        worth = (1 - alpha) * room.sum(axis=1) / len(vectors) + alpha * quality
        rows[pick] = np.where(taken, -np.inf, worth).argmax()
        taken[rows[pick]] = True
        np.maximum(cover, similar[rows[pick]], out=cover)
    return rows
