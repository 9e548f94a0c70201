"""How long the rows of several subsets are beside those of the pool, in words or in tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.pipeline.comparison_baselines import tokens_of
from core.pipeline.views import open_pool
from core.records import Rows
from core.workspace import Workspace

Unit = Literal["words", "tokens"]
N_BARS = 28
TAIL = 0.99  # share of the pool inside the bars; the last bar holds the rest

Shares = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spread:
    """How long the rows of one group are: a share a bar, and what the chart says in words."""

    shares: Shares  # (n_bars,)
    median: float
    mean: float
    total: int


@dataclass(frozen=True, slots=True)
class LengthSpreads:
    """The same bars for the pool and for each subset; the last also counts all longer rows."""

    unit: Unit
    edges: Shares  # (n_bars + 1,)
    pool: Spread
    subsets: tuple[Spread, ...]


def lengths_of(workspace: Workspace, unit: Unit) -> Rows:
    """Words of each response, or tokens that the model reads of each row, (n_rows,)."""
    if unit == "tokens":
        return tokens_of(workspace)
    return open_pool(workspace).column("n_response_words").astype(np.int64)


def length_spreads(workspace: Workspace, subsets: Sequence[Rows], unit: Unit) -> LengthSpreads:
    """Lengths of the pool and of each subset."""
    lengths = lengths_of(workspace, unit)
    top = max(float(np.quantile(lengths, TAIL)), 1.0)
    edges = np.linspace(0, np.ceil(top / N_BARS) * N_BARS, N_BARS + 1)
    return LengthSpreads(
        unit=unit,
        edges=edges,
        pool=_spread(lengths, edges),
        subsets=tuple(_spread(lengths[rows], edges) for rows in subsets),
    )


def _spread(lengths: Rows, edges: Shares) -> Spread:
    counts, _ = np.histogram(np.minimum(lengths, edges[-1]), bins=edges)
    there = len(lengths) > 0
    return Spread(
        shares=np.asarray(counts / max(len(lengths), 1), dtype=np.float64),
        median=float(np.median(lengths)) if there else 0.0,
        mean=float(lengths.mean()) if there else 0.0,
        total=int(lengths.sum()),
    )
