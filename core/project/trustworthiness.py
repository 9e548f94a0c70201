"""How far a map may be believed: whether its neighbours are neighbours in the embeddings."""

from __future__ import annotations

import numpy as np

from core.project.graph import normalised
from core.records import Floats, Rows

CHUNK = 64  # sampled rows ranked at once


def trustworthiness(
    embeddings: Floats, coordinates: Floats, *, k: int = 15, n_rows: int = 1000, seed: int = 0
) -> float:
    """Trustworthiness from 0 to 1 on sampled rows (Venna and Kaski 2001); 1 is perfect.

    One less the penalty for rows among the k nearest on the map that are not among the k nearest
    by cosine, each by how far down the list it stands. A pool of 2 k rows or fewer is judged by
    fewer neighbours; ValueError below 3 rows, where there is nothing to judge.
    """
    n = len(embeddings)
    if n != len(coordinates):
        raise ValueError(f"{len(coordinates)} coordinates for {n} embeddings")
    if n < 3:
        raise ValueError(f"trustworthiness needs at least 3 rows; there are {n}")
    k = min(k, (n - 1) // 2)  # the measure is defined for k < n / 2
    rows = np.sort(np.random.default_rng(seed).choice(n, min(n_rows, n), replace=False))
    unit = normalised(embeddings)
    penalty = sum(
        _penalty(unit, coordinates, rows[start : start + CHUNK], k)
        for start in range(0, len(rows), CHUNK)
    )
    return 1 - penalty * 2 / (len(rows) * k * (2 * n - 3 * k - 1))


def _penalty(unit: Floats, coordinates: Floats, rows: Rows, k: int) -> float:
    far = -(unit[rows] @ unit.T)
    gaps = np.square(coordinates[rows][:, None] - coordinates).sum(axis=2)
    own = np.arange(len(rows)), rows
    far[own] = gaps[own] = -np.inf  # the row itself ranks 0 in both
    shown = np.argpartition(gaps, k, axis=1)[:, : k + 1]
    order = np.argsort(far, axis=1, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(far.shape[1])[None, :], axis=1)
    excess = np.take_along_axis(ranks, shown, axis=1) - k
    return float(excess[excess > 0].sum())
