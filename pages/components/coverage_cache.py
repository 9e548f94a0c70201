"""Cached numbers of the coverage page, keyed by folder, fingerprints and budget."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.pipeline import (
    coverage_bands,
    coverage_curves,
    coverage_parts,
    length_check,
    length_spread,
    next_rows,
    thresholds,
)
from core.pipeline.coverage_bands import DensityBand
from core.pipeline.coverage_curves import Line
from core.pipeline.coverage_parts import Parts
from core.pipeline.length_check import Density
from core.pipeline.length_spread import LengthSpread
from core.pipeline.next_rows import NextRows
from core.pipeline.solutions import Solution
from core.pipeline.threshold_line import ThresholdLine
from core.pipeline.thresholds import Thresholds
from core.workspace import Workspace
from pages.components.loaders import Chosen


def line(workspace: Workspace, solution: Solution) -> Line:
    """The curve of a solution."""
    return _line(str(workspace.root), _roles(workspace), solution.fingerprints, _one=solution)


def random(workspace: Workspace) -> tuple[Line, ...]:
    """Random rows of several seeds."""
    return _random(str(workspace.root), _roles(workspace))


def longest(workspace: Workspace) -> Line:
    """The longest responses first."""
    return _longest(str(workspace.root), _roles(workspace))


def parts(workspace: Workspace, key: str, chosen: Chosen) -> Parts:
    """Coverage inside each part; not kept, since names of clusters may be changed by hand."""
    return coverage_parts.parts(workspace, key, chosen.subset.rows)


def bands(workspace: Workspace, chosen: Chosen) -> tuple[DensityBand, ...]:
    """Coverage of rare, medium and common latents."""
    return _bands(*_key(workspace, chosen), _chosen=chosen)


def following(workspace: Workspace, chosen: Chosen) -> NextRows:
    """What the next rows would bring."""
    return _following(*_key(workspace, chosen), _chosen=chosen)


def lengths(workspace: Workspace, chosen: Chosen) -> LengthSpread:
    """Response lengths of the subset, of random rows and of the pool."""
    return _lengths(*_key(workspace, chosen), _chosen=chosen)


def measured(workspace: Workspace) -> Thresholds | None:
    """The threshold table, or None before it is measured."""
    return thresholds.stored_thresholds(workspace)


def threshold_in_use(workspace: Workspace) -> ThresholdLine:
    """The threshold of the features in use, measured on the pool."""
    return _threshold(str(workspace.root), _roles(workspace))


def pool_density(workspace: Workspace) -> Density:
    """Tokens against latents over the pool, by the threshold in use."""
    return _density(str(workspace.root), _roles(workspace))


def _roles(workspace: Workspace) -> str:
    """What all of this depends on, beside the order."""
    roles = workspace.current()
    return ",".join(roles.get(one, "") for one in ("pool", "readings", "features"))


def _key(workspace: Workspace, chosen: Chosen) -> tuple[str, str, str, int]:
    return str(workspace.root), _roles(workspace), chosen.fingerprint, chosen.budget


@st.cache_resource(max_entries=32, show_spinner=False)
def _line(root: str, roles: str, orders: tuple[str, ...], _one: Solution) -> Line:
    return coverage_curves.line(Workspace(Path(root)), _one)


@st.cache_resource(max_entries=2, show_spinner=False)
def _random(root: str, roles: str) -> tuple[Line, ...]:
    return coverage_curves.random_lines(Workspace(Path(root)))


@st.cache_resource(max_entries=2, show_spinner=False)
def _longest(root: str, roles: str) -> Line:
    return coverage_curves.longest_line(Workspace(Path(root)))


@st.cache_resource(max_entries=32, show_spinner=False)
def _bands(
    root: str, roles: str, order: str, budget: int, _chosen: Chosen
) -> tuple[DensityBand, ...]:
    return coverage_bands.bands(Workspace(Path(root)), _chosen.subset.rows)


@st.cache_resource(max_entries=32, show_spinner=False)
def _following(root: str, roles: str, order: str, budget: int, _chosen: Chosen) -> NextRows:
    workspace = Workspace(Path(root))
    whole = next_rows.solved_further(workspace, _chosen.order, budget)
    return next_rows.next_rows(workspace, whole, budget)


@st.cache_resource(max_entries=32, show_spinner=False)
def _lengths(root: str, roles: str, order: str, budget: int, _chosen: Chosen) -> LengthSpread:
    return length_spread.length_spread(Workspace(Path(root)), _chosen.subset.rows)


@st.cache_resource(max_entries=4, show_spinner=False)
def _threshold(root: str, roles: str) -> ThresholdLine:
    return thresholds.line_in_use(Workspace(Path(root)))


@st.cache_resource(max_entries=4, show_spinner=False)
def _density(root: str, roles: str) -> Density:
    return length_check.pool_density(Workspace(Path(root)))
