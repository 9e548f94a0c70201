"""What the map is coloured by, as arrays on offer: made once a column, kept for every session."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from core.pipeline.colouring import Groups, Scale, colouring, colourings
from core.workspace import Workspace
from pages.components.map_arrays import category_array, mask_array, score_array

PLAIN = "plain"
PLAIN_TITLE = "chosen or not"


def offered(workspace: Workspace) -> dict[str, str]:
    """The ways to colour, by key, with their titles; the first is no colour but the choice."""
    return {PLAIN: PLAIN_TITLE, **_offered(str(workspace.root), _state(workspace))}


def channels(workspace: Workspace, key: str) -> dict[str, Any]:
    """The fields of a MapSpec that colour its points."""
    if key == PLAIN:
        return {}
    found = _colouring(str(workspace.root), _state(workspace), key)
    if isinstance(found, Groups):
        absent = {"noise": found.absent, "title": found.title}
        return {"category": category_array(found.labels, found.names, found.fingerprint, **absent)}
    score = score_array(found.values, found.fingerprint, title=found.title)
    fields = {"score": replace(score, low=found.low, high=found.high)}
    if not found.there.all():  # rows without a number stay grey
        fields["mask"] = mask_array(found.there, found.fingerprint)
    return fields


def _state(workspace: Workspace) -> str:
    roles = workspace.current()
    return ",".join(roles.get(role, "") for role in ("pool", "clusters", "hdbscan"))


@st.cache_resource(max_entries=8, show_spinner=False)
def _offered(root: str, state: str) -> dict[str, str]:
    return colourings(Workspace(Path(root)))


@st.cache_resource(max_entries=12, show_spinner=False)
def _colouring(root: str, state: str, key: str) -> Groups | Scale:
    return colouring(Workspace(Path(root)), key)
