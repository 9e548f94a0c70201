"""Cached reads of what is in use: opened once for all sessions, keyed by folder and fingerprint.

Everything here is shared and read-only. Arrays never are keys; two short strings are the whole key.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core.data.pool import Pool
from core.pipeline.arrays import load_array
from core.pipeline.selection import covered, stored_order
from core.pipeline.views import KINDS, Features, open_pool, read_features
from core.records import Floats
from core.select.selection import Selection
from core.workspace import Artifact, Workspace
from pages.components import state


@dataclass(frozen=True, slots=True)
class Chosen:
    """The subset in view: the order in use, cut to the budget in use where that is allowed."""

    order: Selection
    subset: Selection
    fingerprint: str
    n_reachable: int | None  # latents that at least one row of the pool has

    @property
    def budget(self) -> int:
        """Rows in the subset."""
        return len(self.subset)

    @property
    def covered(self) -> int | None:
        """Latents that the subset covers, where the pool has codes."""
        return covered(self.subset)

    @property
    def least(self) -> int:
        """The smallest budget that this order answers."""
        return max(self.order.n_pinned, 1) if self.order.nested else len(self.order)


def in_use(workspace: Workspace, role: str) -> Artifact | None:
    """The artifact in use for a role, or None; 'hdbscan' is a role of kind 'clusters'."""
    return workspace.in_use(role, KINDS.get(role, role))


def pool(workspace: Workspace) -> Pool:
    """The pool in use, which core keeps; WorkspaceError when there is none."""
    return open_pool(workspace)


def features(workspace: Workspace) -> Features | None:
    """The feature sets in use with what is known of each latent, or None."""
    found = in_use(workspace, "features")
    return None if found is None else _features(str(workspace.root), found.fingerprint)


def coordinates(workspace: Workspace) -> Floats | None:
    """The map's coordinates, (n_rows, 2), or None."""
    found = in_use(workspace, "map")
    return None if found is None else _coordinates(str(workspace.root), found.fingerprint)


def order(workspace: Workspace) -> Selection | None:
    """The whole order in use, or None."""
    found = in_use(workspace, "selection")
    return None if found is None else _order(str(workspace.root), found.fingerprint)


def chosen(workspace: Workspace) -> Chosen | None:
    """The subset in view, or None: the order in use at the budget in use."""
    found = in_use(workspace, "selection")
    if found is None:
        return None
    whole = _order(str(workspace.root), found.fingerprint)
    features_in_use = in_use(workspace, "features")
    return Chosen(
        order=whole,
        subset=_cut(whole, budget(workspace)),
        fingerprint=found.fingerprint,
        n_reachable=features_in_use.notes["n_reachable"] if features_in_use else None,
    )


def budget(workspace: Workspace) -> int | None:
    """The budget last asked for, in this session or in the workspace."""
    asked = state.remembered("budget", workspace.choices().get("budget"))
    return None if asked is None else int(asked)


def _cut(whole: Selection, asked: int | None) -> Selection:
    if not whole.nested or asked is None:
        return whole
    return whole.prefix(min(len(whole), max(asked, whole.n_pinned, 1)))


def _artifact(root: str, kind: str, fingerprint: str) -> Artifact:
    return Workspace(Path(root)).get(kind, fingerprint)


@st.cache_resource(max_entries=4, show_spinner=False)
def _features(root: str, fingerprint: str) -> Features:
    return read_features(_artifact(root, "features", fingerprint))


@st.cache_resource(max_entries=4, show_spinner=False)
def _coordinates(root: str, fingerprint: str) -> Floats:
    return load_array(_artifact(root, "map", fingerprint).folder, "coordinates")


@st.cache_resource(max_entries=16, show_spinner=False)
def _order(root: str, fingerprint: str) -> Selection:
    return stored_order(_artifact(root, "selection", fingerprint))
