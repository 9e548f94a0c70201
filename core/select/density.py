"""How dense the pool is around each row, by its exact nearest neighbours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.records import Floats, Progress, Rows, silent
from core.select.vectors import Doubles, squared_distances, squared_lengths

TINY = 1e-9  # added to mean distances, as in the code of NovelSum
BLOCK = 512  # rows searched for at once

Search = Callable[[Floats], NDArray[np.int64]]


def densities(
    vectors: Floats,
    neighbours: int,
    *,
    power: float,
    device: str = "cpu",
    progress: Progress = silent,
) -> Doubles:
    """(mean squared distance to the nearest other vectors + 1e-9) ** -power, (n_rows,).

    Equal rows count as one vector, and a vector is no neighbour of its own; with fewer vectors than
    asked for, all others count. Exact: O(n_rows**2 d_in). Distances are taken again in float64 and
    summed in ascending order, so that a row's density does not depend on where it stands.
    """
    distinct, which = np.unique(vectors, axis=0, return_inverse=True)
    count = min(neighbours, len(distinct) - 1)
    if count < 1:
        return np.full(len(vectors), TINY**-power)
    search = _search_of(distinct, count + 1, device)
    mean = np.empty(len(distinct))
    for start in range(0, len(distinct), BLOCK):
        rows = np.arange(start, min(start + BLOCK, len(distinct)))
        mean[rows] = _mean_distances(distinct, rows, search(distinct[rows]))
        progress(len(rows) + start, len(distinct), "nearest neighbours")
    found: Doubles = (mean + TINY)[which.ravel()] ** -power
    return found


def _mean_distances(distinct: Floats, rows: Rows, near: NDArray[np.int64]) -> Doubles:
    """Mean squared distance to all found but the row itself, or but the last when it was not."""
    n_found = near.shape[1]
    apart = squared_distances(np.repeat(distinct[rows], n_found, axis=0), distinct[near.ravel()])
    apart = apart.reshape(near.shape)
    apart[near == rows[:, None]] = -1.0
    mean: Doubles = np.sort(apart, axis=1)[:, 1:].mean(axis=1)
    own = (near == rows[:, None]).any(axis=1)
    # products blur tiny distances: a row may miss itself among neighbours as near as that
    mean[~own] = np.sort(apart[~own], axis=1)[:, :-1].mean(axis=1)
    return mean


def _search_of(vectors: Floats, count: int, device: str) -> Search:
    """A function that finds the `count` nearest vectors of some, (n, count)."""
    if device == "cpu":
        import faiss

        index = faiss.IndexFlatL2(vectors.shape[1])
        index.add(vectors)
        return lambda some: index.search(some, count)[1].astype(np.int64)
    return _search_on(vectors, count, device)


def _search_on(vectors: Floats, count: int, device: str) -> Search:
    import torch

    held = torch.from_numpy(vectors).to(device)
    half = torch.from_numpy((squared_lengths(vectors) / 2).astype(np.float32)).to(device)

    def search(some: Floats) -> NDArray[np.int64]:
        rows = torch.from_numpy(some).to(device)
        near: Any = (rows @ held.T - half).topk(count, dim=1).indices
        found: NDArray[np.int64] = near.cpu().numpy()
        return found

    return search
