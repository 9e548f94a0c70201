"""Which clusters a subset takes more of than the pool has, and which less."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.pipeline.lasso import split_by_choice
from core.pipeline.tables import row_table
from core.pipeline.views import in_use, open_labels
from core.records import Rows
from core.select.selection import Selection
from core.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

EXTREMES = 8  # clusters drawn at either end
SHOWN = 200


@dataclass(frozen=True, slots=True)
class GroupShare:
    """One group's share of the subset beside its share of the pool."""

    name: str
    pool: float
    subset: float


@dataclass(frozen=True, slots=True)
class ClusterNumbers:
    """How a clustering came out; `n_empty` clusters have no chosen row."""

    method: str
    n_clusters: int
    n_rows: int
    n_noise: int
    n_chosen: int | None
    n_chosen_noise: int | None
    n_empty: int | None


def cluster_numbers(
    workspace: Workspace, chosen: Selection | None, role: str = "clusters"
) -> ClusterNumbers:
    """Counts of the clustering in use for a role, noise included."""
    notes = in_use(workspace, role).notes
    labels = np.asarray(open_labels(workspace, role))
    picked = None if chosen is None else labels[chosen.rows]
    reached = None if picked is None else len(np.unique(picked[picked >= 0]))
    return ClusterNumbers(
        method=notes["method"],
        n_clusters=notes["n_clusters"],
        n_rows=len(labels),
        n_noise=int((labels < 0).sum()),
        n_chosen=None if picked is None else len(picked),
        n_chosen_noise=None if picked is None else int((picked < 0).sum()),
        n_empty=None if reached is None else notes["n_clusters"] - reached,
    )


def extremes(table: pd.DataFrame, most: int = EXTREMES) -> list[GroupShare]:
    """The clusters with the largest ratio of shares and those with the smallest, falling.

    `table` is that of `core.pipeline.tables.cluster_table` with a subset.
    """
    ranked = table.sort_values(["representation", "rows"], ascending=False, kind="stable")
    if len(ranked) > 2 * most:
        ranked = ranked.iloc[[*range(most), *range(len(ranked) - most, len(ranked))]]
    return [
        GroupShare(str(name), float(pool), float(subset))
        for name, pool, subset in zip(
            ranked["name"], ranked["share of pool"], ranked["share of subset"], strict=True
        )
    ]


def typical_rows(workspace: Workspace, cluster: int, role: str = "clusters") -> Rows:
    """The rows nearest the middle of a cluster, nearest first; none for noise."""
    if cluster < 0:
        return np.empty(0, dtype=np.int64)
    return np.array(in_use(workspace, role).notes["typical"][cluster], dtype=np.int64)


def cluster_rows(
    workspace: Workspace, cluster: int, chosen: Selection | None, role: str = "clusters"
) -> pd.DataFrame:
    """Rows of a cluster (-1: noise): typical ones, then chosen ones, then others; at most SHOWN."""
    labels = np.asarray(open_labels(workspace, role))
    members = np.flatnonzero(labels == cluster).astype(np.int64)
    typical = typical_rows(workspace, cluster, role)
    picked, rest = split_by_choice(members[~np.isin(members, typical)], chosen)
    shown = np.concatenate([typical, picked, rest])[:SHOWN]
    table = row_table(workspace, shown, chosen=chosen)
    table.insert(1, "typical", np.isin(shown, typical))
    return table.drop(columns="cluster", errors="ignore")
