"""How well k-means parts the pool at several numbers of clusters: the silhouette against k."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.centroids import fit_centroids, mean_silhouettes
from core.errors import RequestError
from core.options import option
from core.records import Floats, Halves, Progress, Rows, silent

FEWEST, MOST = 4, 1_024  # clusters of the grid that is tried unasked
ROWS_A_CLUSTER = 8  # on average, at least, in that grid
MOST_COUNTS = 24
MOST_PAIRS = 100_000_000  # of scored and clustered rows
FITTING = 0.75  # share of the time that clustering takes
WHOLE = 1_000  # units of progress


@dataclass(frozen=True, slots=True)
class CurveConfig:
    """Quick k-means at several k, each scored by the silhouettes of a sample of rows."""

    counts: str = option(
        "",
        "Numbers of clusters to try, parted by commas; empty means doubling from 4 to 1,024, as "
        "far as clusters have 8 rows on average, with the number in use.",
    )
    rows: int = option(
        65_536, "Rows that are clustered, at most, drawn by a hash of their id.", minimum=2
    )
    scored_rows: int = option(
        2_000, "Rows whose silhouettes are averaged, at most, drawn from them.", minimum=2
    )
    iterations: int = option(
        10, "Iterations of each k-means; the shape of the curve is there early.", minimum=1
    )
    seed: int = option(42, "Seed of the starts.", minimum=0)


@dataclass(frozen=True, slots=True)
class SilhouetteCurve:
    """The mean silhouette at each number of clusters; larger is better, at most 1."""

    counts: tuple[int, ...]  # ascending
    silhouettes: tuple[float, ...]
    inertia: tuple[float, ...]  # mean squared distance of a row to its centroid
    n_rows: int  # that were clustered
    n_scored: int

    @property
    def best(self) -> int:
        """The number of clusters with the largest silhouette; of equal ones the smallest."""
        return self.counts[int(np.argmax(self.silhouettes))]


def counts_for(n_rows: int, asked: str, in_use: int | None = None) -> tuple[int, ...]:
    """The numbers of clusters to try on so many rows, ascending.

    RequestError when something asked for is no number from 2 to the rows less one.
    """
    found = _read(asked, n_rows) if asked.strip() else _grid(n_rows)
    if not asked.strip() and in_use is not None and 2 <= in_use < n_rows:
        found = [*found, in_use]
    return tuple(sorted(set(found)))


def silhouette_curve(
    points: Floats | Halves,
    counts: Sequence[int],
    order: Rows,
    config: CurveConfig,
    *,
    device: str = "cpu",
    progress: Progress = silent,
) -> SilhouetteCurve:
    """Cluster a sample of points (n, d) into each of `counts`, and score the partitions.

    `order` (n,) lists the rows in an order free of their positions; its first rows are the
    sample, and the first of these are scored. O(sample (scored + sum of counts) d).
    """
    kept = np.sort(order[: config.rows])
    held = np.asarray(points[kept], dtype=np.float32)
    placed = np.searchsorted(kept, order[: config.rows])
    n_scored = max(1, min(config.scored_rows, len(kept), MOST_PAIRS // len(kept)))
    labelings, inertia = [], []
    work = np.cumsum([0, *counts])
    for count, before, after in zip(counts, work[:-1], work[1:], strict=True):
        found = fit_centroids(
            held,
            count,
            n_iterations=config.iterations,
            n_starts=1,
            seed=config.seed,
            order=placed,
            device=device,
            progress=_part(progress, before / work[-1], after / work[-1], f"{count} clusters"),
        )
        labelings.append(found.labels)
        inertia.append(found.inertia / len(held))
    scores = mean_silhouettes(
        held,
        labelings,
        placed[:n_scored],
        device=device,
        progress=_part(progress, 1.0, 1 / FITTING, "silhouettes"),
    )
    return SilhouetteCurve(
        tuple(int(count) for count in counts),
        tuple(float(score) for score in scores),
        tuple(inertia),
        len(held),
        n_scored,
    )


def _grid(n_rows: int) -> list[int]:
    doubling = [FEWEST << power for power in range((MOST // FEWEST).bit_length())]
    fitting = [count for count in doubling if count * ROWS_A_CLUSTER <= n_rows]
    return fitting or ([2] if n_rows > 2 else [])


def _read(asked: str, n_rows: int) -> list[int]:
    parts = [part.strip() for part in asked.split(",") if part.strip()]
    if len(parts) > MOST_COUNTS:
        raise RequestError(f"at most {MOST_COUNTS} numbers of clusters; seen {len(parts)}")
    for part in parts:
        if not part.isdecimal() or not 2 <= int(part) < n_rows:
            raise RequestError(
                f"numbers of clusters are whole, from 2 to {n_rows - 1:,}, parted by commas; "
                f"seen {part[:40]!r}"
            )
    return [int(part) for part in parts]


def _part(progress: Progress, begin: float, end: float, what: str) -> Progress:
    """A part of the clustering, from one share of it to another, as part of everything."""

    def told(done: int, total: int, note: str = "") -> None:
        share = FITTING * (begin + (end - begin) * done / max(total, 1))
        progress(int(share * WHOLE), WHOLE, what)

    return told
