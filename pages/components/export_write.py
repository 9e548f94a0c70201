"""Name, title and licence of an export, and the button that writes it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.pipeline import exported
from core.pipeline.exports import ExportAsk
from core.pipeline.rows_to_export import Plan
from core.pipeline.settings import FORMATS
from core.workspace import Workspace
from pages.components import export_loaders, export_rows, job_panel, state, words

AT_ONCE = 8_000  # rows that are written within two seconds; more are a job
AT_ONCE_TABLE = 4_000  # of the formats that look at every row twice
TABLES = ("parquet", "hub-folder", "csv")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be written."""

    record: Mapping[str, Any]
    plan: Plan
    form: str
    options: Mapping[str, Any]
    n_rows: int | None  # that the format carries; None where it cannot write them


def ask(workspace: Workspace, wanted: Wanted, *, taken: Collection[str]) -> None:
    """What to call it, and the button."""
    record = wanted.record
    proposed = exported.default_name(
        record["method"], len(wanted.plan.ids), record["fingerprint"], wanted.form
    )
    name = st.text_input(
        "Name",
        proposed,
        key=f"export.name.{proposed}",
        help="The folder under exports in the workspace; a name that is taken is refused.",
    ).strip()
    title, licence = _card(workspace, wanted)
    if name in taken:
        st.caption("There is an export of this name; see below, or name another.")
    n_rows = wanted.n_rows or 0
    able = bool(n_rows) and name not in taken and state.may_write(workspace)
    able = able and not job_panel.is_busy(workspace)
    label = f"Export {words.count(n_rows, 'row')}"
    if st.button(label, type="primary", key="export.write", disabled=not able):
        asked = ExportAsk(
            form=wanted.form,
            options=wanted.options,
            which=wanted.plan.decisions.which,
            outside=bool(wanted.plan.decisions.added),
            title=title,
            licence=licence,
        )
        _write(workspace, wanted, name, asked)


def _card(workspace: Workspace, wanted: Wanted) -> tuple[str | None, str | None]:
    """Title and licence of the card."""
    said = export_loaders.licences(workspace, wanted.plan) if wanted.plan.ids else {}
    only = next(iter(said)) if len(said) == 1 else ""
    with st.expander("Card: title and licence"):
        title = st.text_input("Title", "", key="export.title", placeholder="made from the choice")
        licence = st.text_input(
            "Licence",
            only,
            key=f"export.licence.{only}",
            placeholder="unknown: that of the sources",
            help="An identifier of the hub, such as cc-by-4.0, or the name of another licence.",
        )
        if said:
            told = ", ".join(f"{name} ({n:,} rows)" for name, n in said.items())
            st.text(f"The sources say: {told}")
    return title.strip() or None, licence.strip() or None


def _write(workspace: Workspace, wanted: Wanted, name: str, asked: ExportAsk) -> None:
    most = AT_ONCE_TABLE if wanted.form in TABLES else AT_ONCE
    state.remember("export", name)
    if len(wanted.plan.ids) > most:
        exported.folder_of(workspace, name)
        title = f"Export {words.count(len(wanted.plan.ids), 'row')} as {_title(wanted.form)}"
        job_panel.start(workspace, _arguments(wanted, name, asked), title=title)
    with st.spinner("Writing"):
        exported.export_named(workspace, wanted.record, name, asked)
    st.rerun()


def _arguments(wanted: Wanted, name: str, asked: ExportAsk) -> list[str]:
    """The same as `python -m core export …`, each value bound to its option."""
    told = ["export", f"--name={name}", f"--format={asked.form}"]
    told += export_rows.arguments(wanted.record, wanted.plan)
    told += [f"--set={option}={value}" for option, value in asked.options.items()]
    card = {"title": asked.title, "licence": asked.licence}
    return [*told, *(f"--{option}={text}" for option, text in card.items() if text)]


def _title(form: str) -> str:
    return str(FORMATS.get(form).title)
