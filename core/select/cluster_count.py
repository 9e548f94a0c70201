"""How many clusters share a budget: as asked, by silhouette, or by the size of the pool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from core.centroids import fit_centroids
from core.centroids.silhouette import Doubles, mean_silhouettes
from core.records import Progress, silent
from core.select.hashing import hash_order
from core.select.parts import part_of
from core.select.vectors import vectors_of
from core.select.view import View

GRID = tuple(1 << power for power in range(6, 14))  # 64 to 8,192, as in the paper's table 5
# 64 clusters score best on the paper's 52K rows (table 6). On its 196K, the row of 512 in table 5
# comes nearest the main table, though 2,048 score best there (47.7, and 46.4 with 512).
SMALL_POOL = 150_000  # rows
MOST_ROWS = 1 << 16  # clustered while choosing, so that a larger pool costs no more
MOST_SCORED = 10_000  # rows whose silhouettes are averaged
MOST_PAIRS = 100_000_000  # of scored and clustered rows
ITERATIONS = 10  # on 51,924 MiniLM rows within 0.002 of the silhouettes after 40
DIGITS = 6  # silhouettes are compared to so many
WHOLE = 1_000  # units of progress


@dataclass(frozen=True, slots=True)
class Count:
    """A number of clusters, a sentence that says why, and what else was looked at."""

    n_clusters: int
    note: str
    silhouettes: Mapping[str, float] = field(default_factory=dict)  # by number of clusters


def asked_count(n_clusters: int) -> Count:
    """The number that somebody gave."""
    return Count(n_clusters, f"{n_clusters} clusters, as asked")


def table_count(budget: int, n_rows: int) -> Count:
    """The paper's number for a pool of about this size, at most a quarter of the budget."""
    usual = 64 if n_rows <= SMALL_POOL else 512
    count = min(usual, _most(budget))
    if count < usual:
        return Count(
            count, f"{count} clusters: a quarter of the budget instead of the usual {usual}"
        )
    return Count(count, f"{count} clusters, the paper's number for a pool of about this size")


def silhouette_count(view: View, budget: int, *, seed: int, progress: Progress = silent) -> Count:
    """The number of the paper's grid with the largest mean silhouette, at most budget / 4.

    Clusters of a quick k-means on a sample by hash of id are scored, by a smaller sample of rows
    within them: clustering no more rows than are scored would punish large k (seen at k = 1,024:
    0.032 on 10,000 rows, 0.047 on all 51,924). Of equal ones the fewer clusters win. Where a
    quarter of the budget is below two numbers of the grid, there is nothing to choose.
    """
    grid = [count for count in GRID if count <= _most(budget)]
    if len(grid) < 2:
        return _without_choice(grid, budget)
    found = _silhouettes(view, grid, seed=seed, progress=progress)
    best = int(np.argmax(found))
    listed = ", ".join(str(count) for count in grid)
    return Count(
        grid[best],
        f"{grid[best]} clusters: the largest mean silhouette ({found[best]:.3g}) among {listed}",
        {str(count): float(score) for count, score in zip(grid, found, strict=True)},
    )


def _most(budget: int) -> int:
    return max(1, budget // 4)


def _without_choice(grid: list[int], budget: int) -> Count:
    if grid:
        note = "the only number of the grid up to a quarter of the budget"
        return Count(grid[0], f"{grid[0]} clusters: {note}")
    count = _most(budget)
    return Count(count, f"{count} clusters: a quarter of the budget, below the grid from {GRID[0]}")


def _silhouettes(view: View, grid: list[int], *, seed: int, progress: Progress) -> Doubles:
    """The mean silhouette of each number of clusters, (n_counts,)."""
    order = hash_order(seed, view.id_hash, view.id_rank)[:MOST_ROWS]
    kept = np.sort(order)
    points = vectors_of(view.embeddings[kept])
    order = np.searchsorted(kept, order)  # the same rows by their place among those kept
    fitting = part_of(progress, WHOLE, begin=0, end=0.8)
    work = np.cumsum([0, *grid])
    labelings = [
        fit_centroids(
            points,
            count,
            n_iterations=ITERATIONS,
            n_starts=1,
            seed=seed,
            order=order,
            device=view.device,
            progress=part_of(fitting, WHOLE, begin=before / work[-1], end=after / work[-1]),
        ).labels
        for count, before, after in zip(grid, work[:-1], work[1:], strict=True)
    ]
    scored = order[: min(MOST_SCORED, MOST_PAIRS // len(order))]
    scoring = part_of(progress, WHOLE, begin=0.8, end=1)
    return np.round(
        mean_silhouettes(points, labelings, scored, device=view.device, progress=scoring), DIGITS
    )
