"""What stands near one example: the rows most alike, and the clusters it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.pipeline.cluster_edits import edited
from core.pipeline.colouring import CLUSTERS
from core.pipeline.neighbours_of import neighbours_of
from core.pipeline.tables import row_table
from core.select.selection import Selection
from core.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Membership:
    """The cluster of a row in one clustering; label -1 is noise."""

    role: str
    title: str
    label: int
    name: str
    n_rows: int
    n_chosen: int | None


def near_table(
    workspace: Workspace, row: int, *, chosen: Selection | None = None, most: int = SHOWN
) -> pd.DataFrame:
    """The rows nearest to a row by the cosine of their embeddings, nearest first."""
    found = neighbours_of(workspace, row, most)
    table = row_table(workspace, found.rows, chosen=chosen)
    table.insert(2, "similarity", found.similarities)
    return table


def memberships(
    workspace: Workspace, row: int, *, chosen: Selection | None = None
) -> list[Membership]:
    """The row's cluster in every clustering in use."""
    return [
        _membership(workspace, role, row, chosen)
        for role in CLUSTERS
        if role in workspace.current()
    ]


def _membership(workspace: Workspace, role: str, row: int, chosen: Selection | None) -> Membership:
    known = edited(workspace, role)
    labels = np.asarray(known.labels)
    label = int(labels[row])
    return Membership(
        role,
        CLUSTERS[role],
        label,
        known.names[label] if label >= 0 else "noise",
        int((labels == label).sum()),
        None if chosen is None else int((labels[chosen.rows] == label).sum()),
    )
