"""What the parts of the clusters page share: the clustering in view, the subset, what is picked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from core.pipeline.cluster_edits import EditedClusters, edited, version
from core.pipeline.tables import cluster_table
from core.select.selection import Selection
from core.workspace import Workspace
from pages.components import loaders, state
from pages.components.loaders import Chosen

if TYPE_CHECKING:
    import pandas as pd

METHODS = {"clusters": "k-means", "hdbscan": "hdbscan"}
TITLES = {"clusters": "k-means", "hdbscan": "HDBSCAN"}
NOISE = -1


@dataclass(frozen=True)
class Scene:
    """A clustering as the page shows it; `table` has one line a cluster, largest first."""

    workspace: Workspace
    role: str
    chosen: Chosen | None
    known: EditedClusters
    table: pd.DataFrame
    n_noise: int

    @property
    def version(self) -> str:
        """Names exactly this table: widgets that count its lines carry it in their key."""
        budget = f"{self.chosen.fingerprint}.{self.chosen.budget}" if self.chosen else ""
        return f"{self.role}.{self.known.fingerprint}.{budget}"

    @property
    def subset(self) -> Selection | None:
        """The chosen rows."""
        return None if self.chosen is None else self.chosen.subset

    @property
    def picked(self) -> int | None:
        """The cluster in the inspector; the largest to begin with, None where there is none."""
        held = state.remembered(self.name)
        if held == NOISE and self.n_noise:
            return NOISE
        if held is not None and 0 <= held < len(self.known.groups):
            return int(self.known.groups[held])
        if len(self.table):
            return int(self.table["cluster"].iloc[0])
        return NOISE if self.n_noise else None

    def pick(self, cluster: int) -> None:
        """Show another cluster in the inspector."""
        state.remember(self.name, int(cluster))

    @property
    def name(self) -> str:
        """What the picked cluster is remembered as: numbers belong to one clustering."""
        made = loaders.in_use(self.workspace, self.role)
        return f"clusters.picked.{self.role}.{made.fingerprint if made else ''}"


def scene(workspace: Workspace, role: str) -> Scene:
    """The clustering in use for a role, beside the subset in view."""
    chosen = loaders.chosen(workspace)
    subset = f"{chosen.fingerprint}.{chosen.budget}" if chosen else ""
    made = loaders.in_use(workspace, role)
    named = f"{made.fingerprint if made else ''}.{version(workspace)}"
    known = edited(workspace, role)
    table = _table(str(workspace.root), f"{role}.{named}.{subset}", role, _chosen=chosen)
    return Scene(workspace, role, chosen, known, table, int((known.labels < 0).sum()))


@st.cache_resource(max_entries=8, show_spinner=False)
def _table(root: str, named: str, role: str, _chosen: Chosen | None) -> pd.DataFrame:
    subset = None if _chosen is None else _chosen.subset
    return cluster_table(Workspace(Path(root)), subset, role)
