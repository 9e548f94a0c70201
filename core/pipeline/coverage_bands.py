"""Coverage of rare, medium and common latents: which of them a subset misses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.pipeline.random_rows import random_orders
from core.pipeline.views import open_features, open_pool
from core.records import FeatureSets, Rows
from core.select.carriers import gathered
from core.workspace import Workspace

RARE = 0.001  # of the rows and less
COMMON = 0.01  # of the rows and more
FEWEST = 3  # rows that count as rare in any pool
SHOWN = 200  # rows that carry missed latents


@dataclass(frozen=True, slots=True)
class DensityBand:
    """Latents that `low` to `high` rows of the pool have."""

    name: str
    low: int
    high: int
    n_latents: int
    n_covered: int
    n_covered_at_random: float  # mean over seeds, by as many random rows
    least_at_random: int
    most_at_random: int

    @property
    def n_missed(self) -> int:
        """Latents of the band that no chosen row has."""
        return self.n_latents - self.n_covered


def bands(workspace: Workspace, rows: Rows) -> tuple[DensityBand, ...]:
    """The three bands for these rows; a band without latents is left out."""
    sets = open_features(workspace).sets
    carriers = sets.columns.lengths()
    own = _covered(sets, rows)
    draws = [_covered(sets, order[: len(rows)]) for order in random_orders(workspace)]
    found = []
    for name, low, high in edges(sets.n_rows):
        inside = (carriers >= low) & (carriers <= high)
        at_random = [int((one & inside).sum()) for one in draws]
        found.append(
            DensityBand(
                name=name,
                low=low,
                high=high,
                n_latents=int(inside.sum()),
                n_covered=int((own & inside).sum()),
                n_covered_at_random=float(np.mean(at_random)),
                least_at_random=min(at_random),
                most_at_random=max(at_random),
            )
        )
    return tuple(one for one in found if one.n_latents)


def edges(n_rows: int) -> tuple[tuple[str, int, int], ...]:
    """Names of the bands with the fewest and most rows of their latents.

    Rare: up to 0.1 % of the rows, at least 3 rows; common: from 1 %, at least three times that.
    """
    rare = max(FEWEST, int(RARE * n_rows))
    common = max(int(np.ceil(COMMON * n_rows)), 3 * rare)
    return ("rare", 1, rare), ("medium", rare + 1, common - 1), ("common", common, n_rows)


def carriers_of_missed(workspace: Workspace, rows: Rows, band: DensityBand) -> tuple[str, ...]:
    """Example ids of rows that have latents of the band which `rows` miss, most of them first."""
    sets = open_features(workspace).sets
    carriers = sets.columns.lengths()
    inside = (carriers >= band.low) & (carriers <= band.high) & ~_covered(sets, rows)
    having, _ = gathered(sets.columns, np.flatnonzero(inside))
    counts = np.bincount(having, minlength=sets.n_rows)
    best = np.argsort(-counts, kind="stable")[:SHOWN]
    ids = open_pool(workspace).table["id"]
    return tuple(ids[int(row)].as_py() for row in best if counts[row])


def _covered(sets: FeatureSets, rows: Rows) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    held, _ = gathered(sets.rows, rows)
    covered = np.zeros(sets.n_features, dtype=np.bool_)
    covered[held] = True
    return covered
