"""How counts spread over the pool: histograms that pages draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.pipeline.views import open_features
from core.records import Rows
from core.workspace import Workspace

MAX_BARS = 40
TAIL = 0.995  # share of the rows that lie inside the bars; the last bar holds the rest


@dataclass(frozen=True, slots=True)
class Histogram:
    """Rows by a whole number: bar i counts values from edges[i] up to, not with, edges[i + 1].

    The last bar also counts everything above it.
    """

    edges: Rows  # (n_bars + 1,)
    counts: Rows  # (n_bars,)
    median: float

    @property
    def labels(self) -> list[str]:
        """What each bar counts, such as '4 to 7' or '120 and more'."""
        pairs = zip(self.edges[:-1], self.edges[1:] - 1, strict=True)
        named = [f"{low:,}" if low == high else f"{low:,} to {high:,}" for low, high in pairs]
        return [*named[:-1], f"{self.edges[-2]:,} and more"]


def features_a_row(workspace: Workspace) -> Histogram:
    """How many features the rows of the pool have."""
    return histogram(open_features(workspace).sets.rows.lengths())


def histogram(values: NDArray[np.int64]) -> Histogram:
    """Bars of equal, whole width over values of at least 0; ValueError when there are none."""
    if not len(values):
        raise ValueError("a histogram needs values")
    top = int(np.quantile(values, TAIL, method="higher"))
    width = max(1, -(-(top + 1) // MAX_BARS))
    n_bars = top // width + 1
    places = np.minimum(values // width, n_bars - 1)
    return Histogram(
        edges=np.arange(n_bars + 1, dtype=np.int64) * width,
        counts=np.bincount(places, minlength=n_bars).astype(np.int64),
        median=float(np.median(values)),
    )
