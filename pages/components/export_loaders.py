"""What the export page reads more than once: the plan's preview and the licences of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from core.fingerprint import canonical_json, digest
from core.pipeline import export_preview, export_rows
from core.pipeline.export_preview import Preview
from core.pipeline.rows_to_export import Plan
from core.pipeline.views import open_pool
from core.workspace import Workspace


def preview(workspace: Workspace, plan: Plan, form: str, options: Mapping[str, Any]) -> Preview:
    """The first lines of these rows in a format; RequestError where it has no way to write them."""
    key = (str(workspace.root), named(plan), form, canonical_json(dict(options)))
    return _preview(*key, _plan=plan, _options=options)


def licences(workspace: Workspace, plan: Plan) -> dict[str, int]:
    """What the sources say of the licence of these rows, with how many say it."""
    return _licences(str(workspace.root), named(plan), _plan=plan)


def named(plan: Plan) -> str:
    """A name of the rows and their order."""
    return digest("".join(plan.ids).encode())[:16]


@st.cache_resource(max_entries=32, show_spinner=False)
def _preview(
    root: str, rows: str, form: str, asked: str, *, _plan: Plan, _options: Mapping[str, Any]
) -> Preview:
    return export_preview.preview(open_pool(Workspace(Path(root))), _plan.ids, form, _options)


@st.cache_resource(max_entries=32, show_spinner=False)
def _licences(root: str, rows: str, *, _plan: Plan) -> dict[str, int]:
    pool = open_pool(Workspace(Path(root)))
    return export_rows.licences_of(pool, pool.rows_of(_plan.ids))
