"""Mean silhouettes of several partitions of the same rows, from one set of distances."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

from core.centroids.threads import Threads
from core.records import Floats, Progress, Rows, silent

Labels = NDArray[np.int32]
Doubles = NDArray[np.float64]

BLOCK = 256  # rows whose distances to all others are held at once


def mean_silhouettes(
    points: Floats,
    labelings: Sequence[Labels],
    rows: Rows,
    *,
    device: str = "cpu",
    progress: Progress = silent,
) -> Doubles:
    """The mean silhouette of `rows` in each partition of points (n, d), (n_partitions,).

    (b - a) / max(a, b), with a row's mean distance a to the others of its cluster and b to the
    nearest other cluster; 0 for a row alone in its cluster (Rousseeuw 1987). All n points count in
    the means, so that a sample of rows does not make clusters look smaller than they are. One
    cluster alone has no silhouette: 0. O(|rows| n (d + n_partitions)).
    """
    import torch

    centred = torch.from_numpy(points - points.mean(axis=0)).to(device)
    squared = centred.square().sum(dim=1)
    sizes = [np.bincount(labels) for labels in labelings]
    totals = np.zeros(len(labelings))
    with Threads() as threads:
        for start in range(0, len(rows), BLOCK):
            part = rows[start : start + BLOCK]
            at = torch.from_numpy(part).to(device)
            apart = torch.addmm(squared, centred[at], centred.T, alpha=-2)
            apart = apart.add_(squared[at, None]).clamp_(min=0).sqrt_()
            apart[torch.arange(len(part)), at] = 0  # to itself; products leave a rest
            held = apart.cpu().numpy()
            for one, labels in enumerate(labelings):
                totals[one] += _sum_of(held, labels, sizes[one], part, threads)
            progress(min(start + BLOCK, len(rows)), len(rows), "silhouettes")
    return totals / max(len(rows), 1)


def _sum_of(apart: Floats, labels: Labels, sizes: Rows, rows: Rows, threads: Threads) -> float:
    scores = np.empty(len(rows))
    threads.over(
        len(rows),
        lambda start, stop: _score(apart, labels, sizes, rows, scores, start, stop),
        chunk=BLOCK // 8,
    )
    return float(scores.sum())


@njit(cache=True, nogil=True)
def _score(
    apart: Floats,
    labels: Labels,
    sizes: Rows,
    rows: Rows,
    scores: Doubles,
    start: int,
    stop: int,
) -> None:
    """Silhouettes from each row's distances to all points, rows `start` to `stop`."""
    sums = np.empty(len(sizes))
    for place in range(start, stop):
        sums[:] = 0
        for other in range(apart.shape[1]):
            sums[labels[other]] += apart[place, other]
        own = labels[rows[place]]
        nearest = np.inf
        for one in range(len(sizes)):
            if one != own and sizes[one] > 0:
                nearest = min(nearest, sums[one] / sizes[one])
        scores[place] = 0
        if sizes[own] > 1 and nearest < np.inf:
            inside = sums[own] / (sizes[own] - 1)
            if max(inside, nearest) > 0:
                scores[place] = (nearest - inside) / max(inside, nearest)
