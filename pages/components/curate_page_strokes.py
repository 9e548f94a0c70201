"""Deciding many at once: the rest of a cluster in one stroke, counted before, undone in one."""

from __future__ import annotations

from uuid import uuid4

import numpy as np
import streamlit as st

from core.curate.records import Event
from core.pipeline.cluster_edits import edited
from core.pipeline.colouring import CLUSTERS
from core.pipeline.decisions import decide
from core.pipeline.queue_people import last_stroke
from core.pipeline.queue_places import places
from core.pipeline.views import open_pool
from core.records import Rows
from pages.components import curate_page_desk, state, words
from pages.components.curate_page_desk import Desk

MOST = 20_000  # examples in one stroke


def rest_of_cluster(desk: Desk, front: str | None) -> None:
    """Approve what is left of the cluster of the example in front."""
    row = _row(desk, front)
    role = next((one for one in CLUSTERS if one in desk.workspace.current()), None)
    if row is None or role is None:
        return
    known = edited(desk.workspace, role)
    labels = np.asarray(known.labels)
    label = int(labels[row])
    left = desk.left
    rows = left[labels[left] == label][:MOST]
    name = known.names[label] if label >= 0 else "noise"
    st.caption(f"Cluster of this example, {CLUSTERS[role].removeprefix('cluster, ')}")
    st.text(name)
    may = (
        desk.wish.show in ("open", "untouched")
        and not desk.is_disputed
        and state.may_write(desk.workspace)
    )
    if may and len(rows) > 1 and label >= 0:
        _approve(desk, rows)


def undo_stroke(desk: Desk) -> None:
    """Take back the last stroke, where it was the last thing decided."""
    found = last_stroke(desk.said, desk.curator)
    if found is None or found[1] < 2 or not state.may_write(desk.workspace):
        return
    batch, n = found
    label = f"Take back the {words.count(n, 'decision')} made at once"
    if st.button(label, key="curate.undo", icon=":material/undo:"):
        example = next(one.example for one in desk.said.events if one.batch == batch)
        _commit(desk, [Event(uuid4().hex, example, desk.curator, undoes=batch)])


def _approve(desk: Desk, rows: Rows) -> None:
    """The button says how many; a second one confirms."""
    n = words.count(len(rows), "example")
    label = f"Approve the {words.count(len(rows))} left of this cluster"
    with st.popover(label, icon=":material/done_all:"):
        st.text(
            f"{n} of this queue that you have not decided become approved in one stroke. "
            "One button takes all of them back."
        )
        if st.button(f"Approve {n}", type="primary", key="curate.approve_rest"):
            batch = uuid4().hex
            ids = open_pool(desk.workspace).table["id"]
            events = [
                Event(uuid4().hex, ids[row].as_py(), desk.curator, "approved", batch=batch)
                for row in rows.tolist()
            ]
            _commit(desk, events)


def _commit(desk: Desk, events: list[Event]) -> None:
    with state.shown_errors():
        decide(desk.workspace, events)
    curate_page_desk.begin_anew()
    st.rerun()


def _row(desk: Desk, example: str | None) -> int | None:
    """The row of the example in front, the first one of the queue to begin with."""
    found = places(desk.workspace).of([example]) if example else desk.left[:1]
    return int(found[0]) if len(found) else None
