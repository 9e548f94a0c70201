"""Lloyd's k-means: several starts from rows of the pool, each until nothing changes any more."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.centroids import kernels
from core.centroids.kernels import Doubles, Labels
from core.centroids.nearest import Assigner, assigner_for, nearest_centroids, squares_to_own
from core.centroids.threads import CHUNK, Threads
from core.errors import RequestError
from core.records import Floats, Halves, Progress, Rows, silent

SEEDS = 1 << 63


@dataclass(frozen=True, slots=True)
class Partition:
    """Rows by their nearest centroid; where rows are identical, clusters may be empty."""

    labels: Labels  # (n,), from 0 to k - 1
    centroids: Floats  # (k, d)
    squared: Doubles  # (n,), squared Euclidean distance of each row to its centroid
    n_iterations: int  # of the best start
    converged: bool  # whether more iterations would have changed nothing

    @property
    def inertia(self) -> float:
        """The objective: the sum of squared distances."""
        return float(self.squared.sum())

    def sizes(self) -> Rows:
        """Rows in each cluster, (k,)."""
        return np.bincount(self.labels, minlength=len(self.centroids))


def fit_centroids(
    points: Floats | Halves,
    n_clusters: int,
    *,
    n_iterations: int = 300,
    n_starts: int = 5,
    sample: int | None = None,
    seed: int = 42,
    order: Rows | None = None,
    device: str = "cpu",
    progress: Progress = silent,
) -> Partition:
    """Partition points (n, d) into clusters of small squared distance to their mean (Lloyd 1982).

    Each of `n_starts` begins at rows drawn by `seed` and ends when labels stay or the objective
    falls no more, after `n_iterations` at most; the one with the lowest objective counts. A
    centroid without rows moves to the row farthest from its own. `sample` fits on at most so many
    rows a cluster, drawn once, before every row goes to its nearest centroid (faiss: 256).
    `order` (n,) lists the rows in an order free of their positions, such as by a hash of their
    ids: starts and sample are then the same rows however the pool is ordered. Memory: 4 n d bytes
    and up to 2 GB of bounds. Raises RequestError when rows are fewer than clusters, or a value is
    not finite.
    """
    _check(points, n_clusters)
    drawn = _drawn(np.arange(len(points)) if order is None else order, n_clusters, sample, seed)
    kept = np.sort(drawn)
    places = np.searchsorted(kept, drawn)  # the same rows by their place among those kept
    rows, middle = _centred(points, kept)
    report = _Report(progress, n_starts, n_iterations)
    with Threads() as threads:
        lloyd = _Lloyd(rows, n_clusters, device=device, threads=threads, report=report)
        found = [
            lloyd.run(rows[places[_start(len(kept), n_clusters, seed, start)]], n_iterations)
            for start in range(n_starts)
        ]
    best = min(found, key=lambda one: one.inertia)
    best = replace(best, centroids=best.centroids + middle)
    if len(kept) < len(points):
        labels, squared = nearest_centroids(
            points, best.centroids, device=device, progress=report.again
        )
        best = replace(best, labels=labels, squared=squared)
    report.over()
    return best


class _Report:
    """Tells progress in iterations; a start that ends early leaps over those it did not need."""

    def __init__(self, progress: Progress, n_starts: int, n_iterations: int) -> None:
        self._progress, self._n_starts, self._n_iterations = progress, n_starts, n_iterations
        self._start, self.iteration = -1, 0

    def next_start(self) -> None:
        """A start begins."""
        self._start, self.iteration = self._start + 1, 0

    def __call__(self) -> None:
        """Some of an iteration is done."""
        done = self._start * self._n_iterations + min(self.iteration, self._n_iterations - 1)
        note = f"k-means, start {self._start + 1} of {self._n_starts}, {self.iteration} iterations"
        self._progress(done, self._n_starts * self._n_iterations, note)

    def again(self, done: int, total: int, note: str = "") -> None:
        """Some rows outside the sample have found their centroid."""
        self()

    def over(self) -> None:
        """All is done."""
        total = self._n_starts * self._n_iterations
        self._progress(total, total, "k-means")


class _Lloyd:
    """The iterations over fixed rows (n, d), from one start after the other."""

    def __init__(
        self, rows: Floats, n_clusters: int, *, device: str, threads: Threads, report: _Report
    ) -> None:
        self._rows, self._threads, self._report = rows, threads, report
        self._assigner: Assigner = assigner_for(rows, n_clusters, device=device, threads=threads)

    def run(self, centroids: Floats, n_iterations: int) -> Partition:
        """Iterate from (k, d) centroids; every one in turn is the mean of its rows."""
        self._report.next_start()
        self._assigner.restart()
        means = _Means(self._rows, len(centroids), self._threads)
        labels = self._assigner.labels_for(centroids, self._report)
        highest = -np.inf
        while True:
            changed = means.take(labels)
            converged = not changed or means.spread <= highest
            if converged or self._report.iteration == n_iterations:
                break
            highest = means.spread
            centroids = means.centroids(centroids)
            self._report.iteration += 1
            labels = self._assigner.labels_for(centroids, self._report)
        squared = squares_to_own(self._rows, centroids, labels, self._threads)
        return Partition(labels, centroids, squared, self._report.iteration, converged)


class _Means:
    """Sums of the rows of each cluster in float64, kept up as rows change their cluster."""

    def __init__(self, rows: Floats, n_clusters: int, threads: Threads) -> None:
        self._rows, self._threads = rows, threads
        self._labels = np.full(len(rows), -1, dtype=np.int32)
        self._sums = np.zeros((n_clusters, rows.shape[1]))
        self._counts = np.zeros(n_clusters, dtype=np.int64)

    def take(self, labels: Labels) -> bool:
        """Follow the rows to their new clusters; whether any row changed."""
        moved = np.flatnonzero(self._labels != labels)
        width = self._sums.shape[1]
        self._threads.over(
            width,
            lambda start, stop: kernels.move_rows(
                self._rows, moved, self._labels, labels, self._sums, start, stop
            ),
            chunk=-(-width // self._threads.count),
        )
        self._labels[moved] = labels[moved]
        self._counts = np.bincount(labels, minlength=len(self._sums))
        return bool(len(moved))

    @property
    def spread(self) -> float:
        """Sum of squared distances of the means to the origin, each times its rows.

        With the objective under these means it adds up to a constant: the one falls as the other
        rises.
        """
        return float(((self._sums**2).sum(axis=1) / np.maximum(self._counts, 1)).sum())

    def centroids(self, before: Floats) -> Floats:
        """The mean of each cluster, (k, d); an empty one moves to a row far from its own."""
        empty = np.flatnonzero(self._counts == 0)
        means = (self._sums / np.maximum(self._counts, 1)[:, None]).astype(np.float32)
        means[empty] = before[empty]
        if len(empty):
            squared = squares_to_own(self._rows, means, self._labels, self._threads)
            far = np.argsort(-squared, kind="stable")[: len(empty)]
            far = far[squared[far] > 0]  # 0: every row lies on a centroid already
            means[empty[: len(far)]] = self._rows[far]
        return means


def _check(points: Floats | Halves, n_clusters: int) -> None:
    if len(points) < n_clusters:
        raise RequestError(
            f"{n_clusters} clusters need as many rows; the pool has {len(points)}, ask for fewer"
        )
    for start in range(0, len(points), CHUNK):
        if not np.isfinite(points[start : start + CHUNK]).all():
            raise RequestError("some embeddings are not finite; extract them again")


def _drawn(order: Rows, n_clusters: int, sample: int | None, seed: int) -> Rows:
    """The rows to fit on, in the order given."""
    most = len(order) if sample is None else sample * n_clusters
    if len(order) <= most:
        return order
    chosen = np.random.default_rng(seed % SEEDS).choice(len(order), most, replace=False)
    return order[np.sort(chosen)]


def _start(n_rows: int, n_clusters: int, seed: int, start: int) -> Rows:
    return np.random.default_rng([seed % SEEDS, start]).choice(n_rows, n_clusters, replace=False)


def _centred(points: Floats | Halves, kept: Rows) -> tuple[Floats, Floats]:
    """The kept rows less their mean in float32, and that mean: no digits are lost to an offset."""
    whole = len(kept) == len(points)
    rows = np.array(points if whole else points[kept], dtype=np.float32, order="C")
    total = np.zeros(rows.shape[1])
    for start in range(0, len(rows), CHUNK):
        total += rows[start : start + CHUNK].sum(axis=0, dtype=np.float64)
    middle = (total / len(rows)).astype(np.float32)
    rows -= middle
    return rows, middle
