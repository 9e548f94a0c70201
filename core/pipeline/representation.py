"""Which clusters a subset takes more of than the pool has, and which less."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.pipeline.cluster_edits import edited
from core.pipeline.views import in_use
from core.records import Bools, Floats
from core.select.selection import Selection
from core.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

EXTREMES = 8  # clusters drawn at either end
FOLD = 4.0  # times its share of the pool, or a part of it, at which the colour of a cluster ends


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
    n_clusters: int  # merged ones count as one
    n_rows: int
    n_noise: int
    n_chosen: int | None
    n_chosen_noise: int | None
    n_empty: int | None


def cluster_numbers(
    workspace: Workspace, chosen: Selection | None, role: str = "clusters"
) -> ClusterNumbers:
    """Counts of the clustering in use for a role, noise included."""
    known = edited(workspace, role)
    labels, n_clusters = known.labels, len(known.numbers)
    picked = None if chosen is None else labels[chosen.rows]
    reached = None if picked is None else len(np.unique(picked[picked >= 0]))
    return ClusterNumbers(
        method=in_use(workspace, role).notes["method"],
        n_clusters=n_clusters,
        n_rows=len(labels),
        n_noise=int((labels < 0).sum()),
        n_chosen=None if picked is None else len(picked),
        n_chosen_noise=None if picked is None else int((picked < 0).sum()),
        n_empty=None if reached is None else n_clusters - reached,
    )


def was_clustered(workspace: Workspace, method: str) -> bool:
    """Whether the workspace holds a clustering by that method, of whatever readings."""
    return any(one.notes.get("method") == method for one in workspace.artifacts("clusters"))


def extremes(table: pd.DataFrame, most: int = EXTREMES) -> list[GroupShare]:
    """The clusters with the largest ratio of shares and those with the smallest, falling.

    `table` is that of `core.pipeline.tables.cluster_table` with a subset.
    """
    ranked = _extreme_lines(table, most)
    return [
        GroupShare(str(name), float(pool), float(subset))
        for name, pool, subset in zip(
            ranked["name"], ranked["share of pool"], ranked["share of subset"], strict=True
        )
    ]


def tint(log2_ratio: float) -> float:
    """A log2 ratio as a place from 0 to 1 on a palette of differences; 0.5 is as in the pool.

    More than its share lies towards 0, where the palette has the colour of what is chosen. The
    ends are FOLD times more and less.
    """
    return float(np.clip(0.5 - log2_ratio / (2 * np.log2(FOLD)), 0, 1))


def row_tints(
    workspace: Workspace, table: pd.DataFrame, role: str = "clusters"
) -> tuple[Floats, Bools]:
    """The tint of each row's cluster, (n_rows,), and which rows have one: noise has none."""
    known = edited(workspace, role)
    by_number = np.full(len(known.groups) + 1, 0.5, dtype=np.float32)  # -1 reads the last
    by_number[table["cluster"]] = [tint(float(one)) for one in table["log2 ratio"]]
    return by_number[known.labels], known.labels >= 0


def extreme_places(
    table: pd.DataFrame, labels: np.ndarray, coordinates: Floats, most: int = EXTREMES
) -> list[tuple[float, float, str, int]]:
    """Median place, name and size of the clusters furthest from their share, on a layout (n, 2)."""
    found = []
    lines = _extreme_lines(table, most)
    for number, name, size in zip(lines["cluster"], lines["name"], lines["rows"], strict=True):
        x, y = np.median(np.asarray(coordinates[np.flatnonzero(labels == number)]), axis=0)
        found.append((float(x), float(y), str(name), int(size)))
    return found


def in_words(representation: float, n_chosen: int, expected: float) -> str:
    """How a cluster fares, in one sentence."""
    given = f"{n_chosen:,} chosen where its share of the pool would give {expected:,.1f}"
    if n_chosen == 0:
        return f"None chosen where its share of the pool would give {expected:,.1f}."
    if 0.9 <= representation <= 1.1:
        return f"About its share: {given}."
    if representation > 1:
        return f"{representation:.2g} times its share: {given}."
    return f"{representation:.2g} of its share: {given}."


def _extreme_lines(table: pd.DataFrame, most: int) -> pd.DataFrame:
    ranked = table.sort_values(["representation", "rows"], ascending=False, kind="stable")
    if len(ranked) > 2 * most:
        ranked = ranked.iloc[[*range(most), *range(len(ranked) - most, len(ranked))]]
    return ranked
