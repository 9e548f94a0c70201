"""Cached numbers of the subset in view, keyed by what they were measured on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from core.pipeline import curves
from core.pipeline.curves import Coverage
from core.pipeline.measures import Measures, baselines_at, measures, reason_table
from core.pipeline.moving import facts_at
from core.workspace import Workspace
from pages.components.loaders import Chosen

if TYPE_CHECKING:
    import pandas as pd


def coverage(workspace: Workspace, chosen: Chosen) -> Coverage:
    """Coverage of the subset in view, with its baselines."""
    return _coverage(*_key(workspace, chosen), _chosen=chosen)


def numbers(workspace: Workspace, chosen: Chosen) -> Measures:
    """What the subset in view amounts to."""
    return _measures(*_key(workspace, chosen), _chosen=chosen)


def reasons(workspace: Workspace, chosen: Chosen, most: int) -> pd.DataFrame:
    """The first picks with what each brought and why."""
    return _reasons(*_key(workspace, chosen), most, _chosen=chosen)


def baselines(workspace: Workspace, budget: int) -> dict[str, int]:
    """Latents covered by so many rows of each baseline."""
    return _baselines(str(workspace.root), workspace.current().get("features", ""), budget)


def _key(workspace: Workspace, chosen: Chosen) -> tuple[str, str, str, int]:
    """Folder, everything in use, the order, and the budget."""
    roles = ",".join(f"{role}={one}" for role, one in sorted(workspace.current().items()))
    return str(workspace.root), roles, chosen.fingerprint, chosen.budget


@st.cache_resource(max_entries=64, show_spinner=False)
def _coverage(root: str, roles: str, order: str, budget: int, _chosen: Chosen) -> Coverage:
    return curves.coverage(Workspace(Path(root)), _chosen.order, budget)


@st.cache_resource(max_entries=64, show_spinner=False)
def _measures(root: str, roles: str, order: str, budget: int, _chosen: Chosen) -> Measures:
    workspace = Workspace(Path(root))
    return measures(workspace, _chosen.subset, facts_at(workspace, budget))


@st.cache_resource(max_entries=16, show_spinner=False)
def _reasons(
    root: str, roles: str, order: str, budget: int, most: int, _chosen: Chosen
) -> pd.DataFrame:
    return reason_table(Workspace(Path(root)), _chosen.subset, most)


@st.cache_resource(max_entries=256, show_spinner=False)
def _baselines(root: str, features: str, budget: int) -> dict[str, int]:
    return baselines_at(Workspace(Path(root)), budget)
