"""Cached numbers of the compare page, keyed by folder, by what is in use, and by the subsets."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.pipeline import (
    comparison_baselines,
    comparison_coverage,
    comparison_lengths,
    comparison_members,
    comparison_numbers,
    comparison_scores,
    comparison_sets,
)
from core.pipeline.comparison_coverage import BandCover, PartCovers
from core.pipeline.comparison_lengths import LengthSpreads, Unit
from core.pipeline.comparison_members import Member
from core.pipeline.comparison_numbers import Numbers, Pool
from core.pipeline.comparison_scores import Values
from core.pipeline.comparison_sets import Overlap
from core.pipeline.views import in_use
from core.records import Bools
from core.select.budget import Budget
from core.workspace import Workspace

Members = tuple[Member, ...]
ROLES = ("pool", "readings", "features", "clusters")


def version(members: Members) -> str:
    """Names these subsets in this order."""
    return ".".join(one.version for one in members)


def with_baselines(workspace: Workspace, members: Members) -> Members:
    """The subsets, and random and longest of as many rows as the first where they are not there."""
    keys = {one.key for one in members}
    budget = Budget("rows", max(len(members[0].rows), 1))
    beside = [one for one in comparison_baselines.BASELINES if f"baseline:{one}" not in keys]
    found = [comparison_members.reference(workspace, one, budget) for one in beside]
    return (*members, *found)


def overlap(workspace: Workspace, members: Members) -> Overlap:
    """Exact intersections and Jaccard."""
    return _overlap(*_key(workspace, members), _members=members)


def numbers(workspace: Workspace, members: Members) -> tuple[Numbers, ...]:
    """Each subset in numbers, beside its baselines."""
    return _numbers(*_key(workspace, members), _members=members)


def pool(workspace: Workspace) -> Pool:
    """What the numbers are out of."""
    return _pool(str(workspace.root), _roles(workspace))


def covered(workspace: Workspace, members: Members) -> Bools:
    """Which latents each covers."""
    return _covered(*_key(workspace, members), _members=members)


def bands(workspace: Workspace, members: Members) -> tuple[BandCover, ...]:
    """Coverage by density of the latents."""
    return comparison_coverage.by_band(workspace, covered(workspace, members))


def parts(workspace: Workspace, cut: str, members: Members) -> PartCovers:
    """Coverage by part; not kept, since names of clusters may be changed by hand."""
    return comparison_coverage.by_part(workspace, cut, [one.rows for one in members])


def lengths(workspace: Workspace, members: Members, unit: Unit) -> LengthSpreads:
    """How long the rows are."""
    return _lengths(*_key(workspace, members), unit, _members=members)


def values(workspace: Workspace, members: Members) -> tuple[tuple[Values, ...], int]:
    """The metrics of each: all where they were measured, else the light ones; how many lack some.

    What a job has measured meanwhile is read anew.
    """
    stored = [comparison_scores.stored(workspace, one.rows) for one in members]
    missing = tuple(one for one, kept in zip(members, stored, strict=True) if kept is None)
    light = iter(_light(*_key(workspace, missing), _members=missing) if missing else ())
    return tuple(next(light) if kept is None else kept for kept in stored), len(missing)


def _roles(workspace: Workspace) -> str:
    roles = workspace.current()
    return ",".join(roles.get(one, "") for one in ROLES)


def _key(workspace: Workspace, members: Members) -> tuple[str, str, str]:
    return str(workspace.root), _roles(workspace), version(members)


@st.cache_resource(max_entries=16, show_spinner=False)
def _overlap(root: str, roles: str, subsets: str, _members: Members) -> Overlap:
    n_rows = int(in_use(Workspace(Path(root)), "pool").notes["n_rows"])
    return comparison_sets.overlap([one.rows for one in _members], n_rows)


@st.cache_resource(max_entries=16, show_spinner=False)
def _numbers(root: str, roles: str, subsets: str, _members: Members) -> tuple[Numbers, ...]:
    return comparison_numbers.numbers(Workspace(Path(root)), _members)


@st.cache_resource(max_entries=4, show_spinner=False)
def _pool(root: str, roles: str) -> Pool:
    return comparison_numbers.pool_numbers(Workspace(Path(root)))


@st.cache_resource(max_entries=16, show_spinner=False)
def _covered(root: str, roles: str, subsets: str, _members: Members) -> Bools:
    rows = [one.rows for one in _members]
    return comparison_coverage.covered_latents(Workspace(Path(root)), rows)


@st.cache_resource(max_entries=16, show_spinner=False)
def _lengths(root: str, roles: str, subsets: str, unit: Unit, _members: Members) -> LengthSpreads:
    rows = [one.rows for one in _members]
    return comparison_lengths.length_spreads(Workspace(Path(root)), rows, unit)


@st.cache_resource(max_entries=16, show_spinner=False)
def _light(root: str, roles: str, subsets: str, _members: Members) -> list[Values]:
    rows = [one.rows for one in _members]
    return comparison_scores.light(Workspace(Path(root)), rows)
