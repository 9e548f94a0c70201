"""Lengths and tokens of a subset beside those of its pool."""

from __future__ import annotations

from dataclasses import dataclass

from core.records import Rows


@dataclass(frozen=True, slots=True)
class Totals:
    """Sum and mean of a count over a subset, such as its tokens or its words."""

    total: int
    mean: float
    pool_mean: float


def totals(counts: Rows, rows: Rows) -> Totals:
    """Add up a count a row, (n_rows,), over the chosen rows; means of nothing are 0."""
    chosen = counts[rows]
    return Totals(
        total=int(chosen.sum()),
        mean=float(chosen.mean()) if len(chosen) else 0.0,
        pool_mean=float(counts.mean()) if len(counts) else 0.0,
    )
