"""The nearest centroid of each row: by bounds on the CPU, by plain products on any device.

Seen on 51,924 MiniLM rows of width 384, on one core, a start until nothing changes, other ways in
multiples of the time by bounds. 64 centroids: scikit-learn 1.5 to 2.1, products through torch 1.6,
faiss 1.8 to 2.6 for as many iterations. 1,024 centroids: 3.1, 3.3 and 3.4.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from core.centroids import kernels
from core.centroids.kernels import Bounds, Doubles, Labels, Moved
from core.centroids.threads import CHUNK, Threads
from core.records import Floats, Halves, Progress, silent

Tick = Callable[[], None]

MOST_BOUNDS = 1 << 29  # numbers, 2 GB; above, the CPU works by plain products too
SLAB = 1 << 24  # distances between two calls of a tick, some 0.2 s on a core
SAMPLE = 512  # rows by which the open share is estimated
MOSTLY_OPEN = 0.4  # share of open bounds above which one matrix product is the faster way
SLACK = np.float32(1e-5)  # relative; float32 sums over 4,096 numbers in SIMD lanes err by 4e-6
UP = np.float32(1 + 1e-6)


class Assigner(Protocol):
    """Labels rows by their nearest centroid, again and again while the centroids move."""

    def restart(self) -> None:
        """Forget the centroids seen before."""

    def labels_for(self, centroids: Floats, tick: Tick) -> Labels:
        """The nearest of (k, d) centroids for each row, (n,); calls `tick` as it goes."""


def assigner_for(points: Floats, n_clusters: int, *, device: str, threads: Threads) -> Assigner:
    """The fastest way to label these rows, (n, d), on that device."""
    if device == "cpu" and len(points) * n_clusters <= MOST_BOUNDS:
        return ByBounds(points, n_clusters, threads)
    return ByProducts(points, device)


def nearest_centroids(
    points: Floats | Halves, centroids: Floats, *, device: str = "cpu", progress: Progress = silent
) -> tuple[Labels, Doubles]:
    """The nearest of (k, d) centroids for each row of (n, d) points, and its squared distance."""
    middle = centroids.mean(axis=0)
    labels = np.empty(len(points), dtype=np.int32)
    squared = np.empty(len(points))
    near = centroids - middle
    size = slab_rows(len(centroids))
    with Threads() as threads:
        for start in range(0, len(points), size):
            part = points[start : start + size].astype(np.float32) - middle
            found = ByProducts(part, device).labels_for(near, lambda: None)
            labels[start : start + size] = found
            squared[start : start + size] = squares_to_own(part, near, found, threads)
            progress(min(start + size, len(points)), len(points), "nearest centroids")
    return labels, squared


def squares_to_own(points: Floats, centroids: Floats, labels: Labels, threads: Threads) -> Doubles:
    """Squared distance of each row to the centroid of its label in float64, (n,)."""
    squared = np.empty(len(points))
    threads.over(
        len(points),
        lambda start, stop: kernels.own_squares(points, centroids, labels, squared, start, stop),
    )
    return squared


def slab_rows(n_clusters: int) -> int:
    """Rows between two calls of a tick."""
    return max(CHUNK, SLAB // n_clusters)


class ByProducts:
    """All products of rows and centroids, in slabs, through torch on any device."""

    def __init__(self, points: Floats, device: str) -> None:
        import torch

        self._torch: Any = torch
        self._points = torch.from_numpy(points).to(device)

    def restart(self) -> None:
        """Nothing is remembered between calls."""

    def labels_for(self, centroids: Floats, tick: Tick) -> Labels:
        """The nearest of (k, d) centroids for each row, (n,)."""
        held = self._torch.from_numpy(centroids).to(self._points.device)
        less = held.square().sum(dim=1) / 2
        size = slab_rows(len(centroids))
        found = []
        for start in range(0, len(self._points), size):
            part = self._points[start : start + size]
            found.append(self._torch.addmm(less, part, held.T, alpha=-1).argmin(dim=1))
            tick()
        labels: Labels = self._torch.cat(found).int().cpu().numpy()
        return labels


class ByBounds:
    """Bounds on all distances, on the CPU; those left open are computed one by one.

    When most are open, as in the first iterations, all are computed by a matrix product instead.
    """

    def __init__(self, points: Floats, n_clusters: int, threads: Threads) -> None:
        n_rows, width = points.shape
        self._points, self._threads = points, threads
        self._bounds = Bounds(
            labels=np.zeros(n_rows, dtype=np.int32),
            upper=np.empty(n_rows, dtype=np.float32),
            least=np.empty(n_rows, dtype=np.float32),
            lower=np.empty((n_rows, n_clusters), dtype=np.float32),
        )
        longest = max(
            _squared_lengths(points[at : at + CHUNK]).max() for at in range(0, n_rows, CHUNK)
        )
        # rounding errors of a product add up as a random walk (Higham and Mary 2019); twice that,
        # and twice since a squared distance holds the product twice
        self._noise = np.float32(4 * np.sqrt(width) * 2.0**-24 * longest)
        self._scale = np.float32(np.sqrt(longest))
        self._centroids: Floats | None = None
        self._travelled = np.zeros(n_clusters)

    def restart(self) -> None:
        """Forget the centroids seen before."""
        self._centroids = None
        self._bounds.labels[:] = 0

    def labels_for(self, centroids: Floats, tick: Tick) -> Labels:
        """The nearest of (k, d) centroids for each row, (n,)."""
        moved = self._moved(centroids)
        self._centroids = centroids
        if moved is None or self._open_share(moved) > MOSTLY_OPEN:
            self._settle(centroids, tick)
        else:
            self._reassign(moved, tick)
        return self._bounds.labels.copy()

    def _moved(self, centroids: Floats) -> Moved | None:
        """How far the centroids went since the last call; None when there was none."""
        if self._centroids is None:
            return None
        apart = centroids.astype(np.float64) - self._centroids
        drift = np.sqrt((apart * apart).sum(axis=1))
        self._travelled += drift
        rounded = (drift * UP).astype(np.float32)
        travelled = (self._travelled * UP).astype(np.float32)
        slack = SLACK * (self._scale + travelled.max())
        return Moved(rounded, rounded.max(), travelled, np.float32(slack))

    def _open_share(self, moved: Moved) -> float:
        step = max(1, len(self._points) // SAMPLE)
        return kernels.open_share(self._points, self._centroids, moved, self._bounds, step)

    def _settle(self, centroids: Floats, tick: Tick) -> None:
        """Compute every distance, by products."""
        import torch

        half_lengths = _squared_lengths(centroids) / 2
        rows, held = torch.from_numpy(self._points), torch.from_numpy(self._bounds.lower)
        across = torch.from_numpy(centroids).T
        size = slab_rows(len(centroids))
        for start in range(0, len(rows), size):
            stop = min(start + size, len(rows))
            torch.mm(rows[start:stop], across, out=held[start:stop])
            self._threads.over(
                stop,
                lambda first, last: kernels.settle(
                    self._points, centroids, half_lengths, self._noise, self._bounds, first, last
                ),
                start=start,
            )
            tick()
        self._travelled[:] = 0

    def _reassign(self, moved: Moved, tick: Tick) -> None:
        """Compute the distances that the bounds leave open."""
        size = slab_rows(len(moved.drift))
        for start in range(0, len(self._points), size):
            self._threads.over(
                min(start + size, len(self._points)),
                lambda first, last: kernels.reassign(
                    self._points, self._centroids, moved, self._bounds, first, last
                ),
                start=start,
            )
            tick()


def _squared_lengths(vectors: Floats) -> Floats:
    lengths: Floats = np.einsum("ij,ij->i", vectors, vectors)
    return lengths
