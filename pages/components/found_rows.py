"""The table under the map: what the filters leave, counted, and the first rows of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core.pipeline.filters import Filtered
from core.pipeline.listing import Listed, listed
from core.workspace import Workspace
from pages.components import chips, example_table, inspected
from pages.components.loaders import Chosen

COLUMNS = ("pick", "similarity", "example", "cluster", "response words", "source")


@dataclass(frozen=True, slots=True)
class Found:
    """The rows that pass, and a name for exactly these lines in this order."""

    all: Listed
    key: str


def listing(workspace: Workspace, chosen: Chosen | None) -> Found:
    """What the filters in use leave of the pool."""
    subset = None if chosen is None else chosen.subset
    held, _ = chips.working(workspace, subset)
    found = chips.passing(workspace, held, subset)
    roles = workspace.current()
    order = "" if chosen is None else f"{chosen.fingerprint}.{chosen.budget}"
    key = ".".join([found.fingerprint, roles.get("clusters", ""), order])
    return Found(_listed(str(workspace.root), key, _found=found, _chosen=chosen), key)


def show(found: Found) -> None:
    """The lines; the one that is read stands out, and a click reads another."""
    if found.all.n_found:
        key = f"map.found.{found.key}"
        example_table.linked(found.all.table, inspected.ROW, key=key, columns=COLUMNS)


@st.cache_resource(max_entries=16, show_spinner=False)
def _listed(root: str, key: str, _found: Filtered, _chosen: Chosen | None) -> Listed:
    subset = None if _chosen is None else _chosen.subset
    return listed(Workspace(Path(root)), _found, subset)
