"""The rows of a cluster: typical, borderline and noise, and how their numbers spread."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from core.cluster.means import Standing, cluster_means, standing
from core.pipeline.by_choice import split_by_choice
from core.pipeline.cluster_edits import edited
from core.pipeline.tables import row_table
from core.pipeline.views import in_use, open_pool, open_readings
from core.records import Rows
from core.select.selection import Selection
from core.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 200
N_TYPICAL = 5
BARS = 24
LENGTH = "n_response_words"
MOST_SPREADS = 4  # the length and the first score columns
TAIL = 0.005  # share of rows beyond either end of the bars; the outermost bars hold them
NOISE = -1

Order = Literal["typical", "borderline", "chosen"]


@dataclass(frozen=True, slots=True)
class Spread:
    """How a number spreads over each cluster: shares of its rows, bar by bar."""

    name: str
    unit: str
    is_log: bool  # bars are even in the logarithm
    edges: NDArray[np.float64]  # (n_bars + 1,), in the number's own unit
    pool: NDArray[np.float64]  # (n_bars,), share of the pool's rows that have the number
    clusters: dict[int, NDArray[np.float64]]  # cluster number, -1 for noise -> (n_bars,)
    medians: dict[int, float]
    median: float  # of the pool

    @property
    def centres(self) -> NDArray[np.float64]:
        """The middle of each bar, in the number's own unit."""
        if self.is_log:
            return np.sqrt((self.edges[:-1] + 1) * (self.edges[1:] + 1)) - 1
        return (self.edges[:-1] + self.edges[1:]) / 2


def stand(workspace: Workspace, role: str = "clusters") -> Standing:
    """Where each row stands among the clusters in use, merged ones as one; kept once computed.

    Clusters are numbered as `edited` numbers them. Distances are those of the embeddings.
    """
    known = edited(workspace, role)
    readings = in_use(workspace, "readings").fingerprint
    return _stand(str(workspace.root), role, known.fingerprint, readings)


def typical_rows(
    workspace: Workspace, cluster: int, role: str = "clusters", *, n_rows: int = N_TYPICAL
) -> Rows:
    """The rows nearest the middle of a cluster, nearest first; none for noise."""
    if cluster == NOISE:
        return np.empty(0, dtype=np.int64)
    return _ordered(workspace, cluster, role, "typical", None)[:n_rows]


def cluster_rows(
    workspace: Workspace,
    cluster: int,
    chosen: Selection | None,
    role: str = "clusters",
    *,
    order: Order = "typical",
) -> pd.DataFrame:
    """Rows of a cluster (-1: noise), at most SHOWN, each with its distance and its margin.

    `typical`: nearest its middle first; `borderline`: smallest margin to another cluster first;
    `chosen`: the chosen ones in pick order, then the others as they stand in the pool.
    """
    shown = _ordered(workspace, cluster, role, order, chosen)[:SHOWN]
    found, known = stand(workspace, role), edited(workspace, role)
    table = row_table(workspace, shown, chosen=chosen).drop(columns="cluster", errors="ignore")
    table["distance"] = found.own[shown]
    table["margin"] = found.margin[shown]
    names = [*known.names, ""]
    table["next cluster"] = [names[number] for number in found.second[shown]]
    return table


def spreads(workspace: Workspace, role: str = "clusters") -> list[Spread]:
    """Length of the response and the pool's score columns, over every cluster; kept."""
    known = edited(workspace, role)
    pool = in_use(workspace, "pool").fingerprint
    return _spreads(str(workspace.root), role, known.fingerprint, pool)


def _ordered(
    workspace: Workspace, cluster: int, role: str, order: Order, chosen: Selection | None
) -> Rows:
    members = np.flatnonzero(edited(workspace, role).labels == cluster).astype(np.int64)
    if order == "chosen":
        return np.concatenate(split_by_choice(members, chosen))
    found = stand(workspace, role)
    ranked = found.own if order == "typical" else found.margin
    return members[np.argsort(ranked[members], kind="stable")]


@functools.lru_cache(maxsize=4)
def _stand(root: str, role: str, named: str, readings: str) -> Standing:
    workspace = Workspace(Path(root))
    known = edited(workspace, role)
    numbers = known.numbers
    dense = np.where(known.labels >= 0, np.searchsorted(numbers, known.labels), NOISE)
    embeddings = open_readings(workspace).embeddings
    found = standing(embeddings, dense, cluster_means(embeddings, dense, len(numbers)))
    second = np.append(numbers, NOISE)[found.second].astype(np.int32)
    return Standing(found.own, found.other, second)


@functools.lru_cache(maxsize=4)
def _spreads(root: str, role: str, named: str, pool_name: str) -> list[Spread]:
    workspace = Workspace(Path(root))
    pool, labels = open_pool(workspace), edited(workspace, role).labels
    numeric = [one.name for one in pool.columns() if one.kind == "numeric"]
    scores = [name for name in numeric if name.startswith("scores.")]
    found = [_spread(LENGTH, pool.column(LENGTH).astype(np.float64), labels)]
    for name in scores[: MOST_SPREADS - 1]:
        values = pool.column(name).astype(np.float64)
        if np.isfinite(values).any():
            found.append(_spread(name, values, labels))
    return found


def _spread(name: str, values: NDArray[np.float64], labels: NDArray[np.int32]) -> Spread:
    there = np.isfinite(values)
    is_log = name == LENGTH
    scaled = np.log1p(np.maximum(values[there], 0)) if is_log else values[there]
    low, high = np.quantile(scaled, [TAIL, 1 - TAIL])
    edges = np.linspace(low, high if high > low else low + 1, BARS + 1)
    bars = np.clip(np.searchsorted(edges, scaled, side="right") - 1, 0, BARS - 1)
    held, own = labels[there], values[there]
    clusters = {int(one): held == one for one in np.unique(held)}
    return Spread(
        name="length of the response" if is_log else name.removeprefix("scores."),
        unit="words" if is_log else "score",
        is_log=is_log,
        edges=np.expm1(edges) if is_log else edges,
        pool=np.bincount(bars, minlength=BARS) / len(bars),
        clusters={
            one: np.bincount(bars[rows], minlength=BARS) / rows.sum()
            for one, rows in clusters.items()
        },
        medians={one: float(np.median(own[rows])) for one, rows in clusters.items()},
        median=float(np.median(own)),
    )
