"""Cached reads of the features page, keyed by what is in use, the subset and the marks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from core.fingerprint import canonical_json, digest
from core.pipeline import latent_colouring, latent_list, latent_map, neurons_list, scarcity
from core.pipeline import uncovered as lacking
from core.pipeline.colouring import Groups, Scale
from core.pipeline.latent_list import LatentList
from core.pipeline.latent_map import LatentMap
from core.pipeline.latent_neighbours import LatentNeighbours, latent_neighbours
from core.pipeline.marks import FILE
from core.pipeline.neurons_list import NeuronList
from core.pipeline.uncovered import Uncovered
from core.select.selection import Selection
from core.workspace import Workspace
from pages.components import loaders
from pages.components.loaders import Chosen

if TYPE_CHECKING:
    import pandas as pd

ALL = 1 << 31  # lists are cut where they are drawn
ROLES = ("pool", "readings", "features", "latent-map")


def layout(workspace: Workspace) -> LatentMap | None:
    """Where the latents lie, or None before they were laid out."""
    if loaders.in_use(workspace, latent_map.ROLE) is None:
        return None
    return latent_map.latent_map(workspace)


def latents(workspace: Workspace, chosen: Chosen | None, asked: str, kind: str) -> LatentList:
    """The latents that answer a question, all of them, most carriers or best matches first."""
    return _latents(*_key(workspace, chosen), asked, kind, _subset=_subset(chosen))


def neurons(workspace: Workspace, chosen: Chosen | None, asked: str, kind: str) -> NeuronList:
    """The neurons that answer a question, most carriers first."""
    return _neurons(*_key(workspace, chosen), asked, kind, _subset=_subset(chosen))


def uncovered(workspace: Workspace, chosen: Chosen) -> Uncovered:
    """What the subset in view lacks, with the row to add for each latent."""
    return _uncovered(*_key(workspace, chosen), _subset=chosen.subset)


def sole(workspace: Workspace, chosen: Chosen) -> pd.DataFrame:
    """The latents that hang on one chosen row."""
    return _sole(*_key(workspace, chosen), _subset=chosen.subset)


def neighbours(workspace: Workspace, latent: int) -> LatentNeighbours:
    """The latents nearest to one, in both senses."""
    return _neighbours(*_key(workspace, None), latent)


def colouring(
    workspace: Workspace, key: str, chosen: Chosen | None, other: Chosen | None
) -> Groups | Scale:
    """Labels or numbers of the latents on the map."""
    ours, theirs = _key(workspace, chosen), _key(workspace, other)
    state = f"{ours[1]} {theirs[1]}"
    return _colouring(ours[0], state, key, _chosen=_subset(chosen), _other=_subset(other))


def version(workspace: Workspace, chosen: Chosen | None) -> str:
    """A name for everything that a list or map of latents shows."""
    return digest(_key(workspace, chosen)[1].encode())[:32]


def _subset(chosen: Chosen | None) -> Selection | None:
    return None if chosen is None else chosen.subset


def _key(workspace: Workspace, chosen: Chosen | None) -> tuple[str, str]:
    """Folder, and what is in use, chosen and marked there."""
    roles = workspace.current()
    order = None if chosen is None else [chosen.fingerprint, chosen.budget]
    said = [[roles.get(role) for role in ROLES], order, _marks_version(workspace)]
    return str(workspace.root), canonical_json(said)


def _marks_version(workspace: Workspace) -> list[int]:
    """The marks of a moment: their file is replaced whole, so its place and time name it."""
    try:
        found = (workspace.root / FILE).stat()
    except FileNotFoundError:
        return []
    return [found.st_ino, found.st_mtime_ns, found.st_size]


@st.cache_resource(max_entries=16, show_spinner=False)
def _latents(root: str, state: str, asked: str, kind: str, _subset: Selection | None) -> LatentList:
    workspace = Workspace(Path(root))
    return latent_list.latent_list(workspace, _subset, asked=asked, kind=kind, most=ALL)


@st.cache_resource(max_entries=16, show_spinner=False)
def _neurons(root: str, state: str, asked: str, kind: str, _subset: Selection | None) -> NeuronList:
    workspace = Workspace(Path(root))
    return neurons_list.neuron_list(workspace, _subset, asked=asked, kind=kind, most=ALL)


@st.cache_resource(max_entries=8, show_spinner=False)
def _uncovered(root: str, state: str, _subset: Selection) -> Uncovered:
    return lacking.uncovered(Workspace(Path(root)), _subset, most=ALL)


@st.cache_resource(max_entries=8, show_spinner=False)
def _sole(root: str, state: str, _subset: Selection) -> pd.DataFrame:
    return scarcity.sole_latents(Workspace(Path(root)), _subset)


@st.cache_resource(max_entries=128, show_spinner=False)
def _neighbours(root: str, state: str, latent: int) -> LatentNeighbours:
    return latent_neighbours(Workspace(Path(root)), latent)


@st.cache_resource(max_entries=16, show_spinner=False)
def _colouring(
    root: str, state: str, key: str, _chosen: Selection | None, _other: Selection | None
) -> Groups | Scale:
    return latent_colouring.latent_colouring(Workspace(Path(root)), key, _chosen, _other)
