"""How long the chosen responses are beside those of the pool and of random rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.pipeline.random_rows import random_orders
from core.pipeline.views import open_pool
from core.records import Rows
from core.workspace import Workspace

N_BARS = 28
TAIL = 0.99  # share of the pool inside the bars; the last bar holds the rest


@dataclass(frozen=True, slots=True)
class LengthSpread:
    """Shares of rows by words of the response; the same bars for everybody.

    The last bar also counts everything above it.
    """

    edges: NDArray[np.float64]  # (n_bars + 1,) words
    shares: dict[str, NDArray[np.float64]]  # subset, random, pool -> (n_bars,)
    medians: dict[str, float]


def length_spread(workspace: Workspace, rows: Rows) -> LengthSpread:
    """Words of the responses of these rows, of as many random rows, and of the pool."""
    words = open_pool(workspace).column("n_response_words").astype(np.float64)
    groups = {"subset": words[rows], "pool": words}
    draws = [words[order[: len(rows)]] for order in random_orders(workspace)]
    top = max(float(np.quantile(words, TAIL)), 1.0)
    edges = np.linspace(0, np.ceil(top / N_BARS) * N_BARS, N_BARS + 1)
    shares = {name: _shares(values, edges) for name, values in groups.items()}
    shares["random"] = np.mean([_shares(values, edges) for values in draws], axis=0)
    medians = {name: float(np.median(values)) for name, values in groups.items()}
    medians["random"] = float(np.mean([np.median(values) for values in draws]))
    return LengthSpread(edges, shares, medians)


def _shares(values: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.float64]:
    counts, _ = np.histogram(np.minimum(values, edges[-1]), bins=edges)
    return np.asarray(counts / max(len(values), 1), dtype=np.float64)
