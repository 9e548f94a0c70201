"""Which rows the export page writes: the subset in view or a snapshot, and what people decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.pipeline import exported, snapshots
from core.pipeline.rows_to_export import WHICH, Plan, plan
from core.workspace import Workspace
from pages.components import loaders, shell, words

IN_VIEW = ""


def choose(workspace: Workspace, chosen: loaders.Chosen) -> tuple[Mapping[str, Any], Plan]:
    """Ask for the rows; gives the subset as a selection file holds it, and what is left of it."""
    record = _subset(workspace, chosen)
    pool, ids = loaders.pool(workspace), record["rows"]
    plans = {which: plan(workspace, pool, ids, which, outside=False) for which in WHICH}
    whole = plans["subset"]
    if not whole.decisions.number:
        st.text(f"{words.count(whole.n_subset, 'row')}, in the order they were picked.")
        st.caption("Nobody approved or rejected a row yet, so all of them are written.")
        return record, whole
    names = list(WHICH)
    which = st.radio(
        "Rows",
        names,
        names.index("approved-undecided" if whole.n_rejected else "subset"),
        format_func=lambda one: f"{WHICH[one]} · {len(plans[one].ids):,}",
        key="export.rows",
        label_visibility="collapsed",
    )
    st.caption(_told(whole))
    outside = _outside(whole)
    return record, plan(workspace, pool, ids, which, outside=outside)


def arguments(record: Mapping[str, Any], planned: Plan) -> list[str]:
    """The same rows as arguments of `export`."""
    told = [f"--order={record['fingerprint']}", f"--budget={len(record['rows'])}"]
    told.append(f"--rows={planned.decisions.which}")
    return [*told, "--with-approved"] if planned.decisions.added else told


def _subset(workspace: Workspace, chosen: loaders.Chosen) -> Mapping[str, Any]:
    """The subset in view, or that of a snapshot where there are any."""
    names = [one.name for one in snapshots.snapshots(workspace)]
    told = f"In view: {words.count(chosen.budget, 'row')} by {chosen.order.method}"
    if not names:
        st.text(told)
        shell.link("subset", "Change the subset", icon=":material/checklist:")
        return exported.chosen_record(workspace, order=chosen.fingerprint, budget=chosen.budget)
    name = st.selectbox(
        "Subset",
        [IN_VIEW, *names],
        format_func=lambda one: told if one == IN_VIEW else f"Snapshot: {one}",
        key="export.subset",
    )
    if name == IN_VIEW:
        return exported.chosen_record(workspace, order=chosen.fingerprint, budget=chosen.budget)
    return exported.chosen_record(workspace, snapshot=name)


def _told(whole: Plan) -> str:
    parts = [f"{whole.n_approved:,} approved", f"{whole.n_rejected:,} rejected"]
    undecided = f"{whole.n_undecided:,} undecided"
    open_ones = [(whole.n_unsure, "unsure"), (whole.n_conflicts, "in conflict")]
    named = [f"{n:,} {word}" for n, word in open_ones if n]
    parts.append(f"{undecided} ({', '.join(named)} among them)" if named else undecided)
    return "Of the subset: " + ", ".join(parts) + "."


def _outside(whole: Plan) -> bool:
    """Approved rows that the subset does not have are offered, and never taken by themselves."""
    if not whole.outside:
        return False
    rows = words.count(len(whole.outside), "approved row")
    label = f"Add {rows} from outside the subset"
    return st.checkbox(label, key="export.outside", help="They stand last, in order of approval.")
