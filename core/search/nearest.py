"""The rows nearest to a question by cosine: every row is compared, so nothing is missed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.records import Floats, Halves, Rows

CHUNK = 1 << 10  # rows compared at once: their float32 copy stays in cache
DECIMALS = 6
"""Similarities are rounded so far, well above float32 noise: equal vectors tie exactly."""


def similarities(embeddings: Halves | Floats, question: NDArray[np.floating]) -> Floats:
    """Cosine of every row of `embeddings`, (n, d) of length 1, with a question (d,) -> (n,).

    A question of zeros, or one that is not finite, is a ValueError.
    """
    unit = np.asarray(question, dtype=np.float32)
    length = float(np.linalg.norm(unit))
    if unit.shape != embeddings.shape[1:] or not np.isfinite(length) or length == 0:
        raise ValueError(f"a question of shape {unit.shape} and length {length} cannot be compared")
    unit = unit / length
    found = np.empty(len(embeddings), dtype=np.float32)
    for start in range(0, len(embeddings), CHUNK):
        part = slice(start, start + CHUNK)
        found[part] = np.asarray(embeddings[part], dtype=np.float32) @ unit
    return np.round(found, DECIMALS)


def largest(scores: Floats, count: int) -> Rows:
    """The `count` rows of largest score, falling; of equal ones the smaller row comes first."""
    count = min(count, len(scores))
    if count <= 0:
        return np.empty(0, dtype=np.int64)
    if count < len(scores):
        floor = np.partition(scores, len(scores) - count)[len(scores) - count]
        rows = np.flatnonzero(scores >= floor)
    else:
        rows = np.arange(len(scores))
    order = np.argsort(-scores[rows], kind="stable")
    return rows[order][:count].astype(np.int64)
