"""Named snapshots on the page: keep what is in use, return to what was, drop with a way back.

Names are somebody's text: they are shown as text only.
"""

from __future__ import annotations

import time

import streamlit as st

from core.errors import CoreError
from core.pipeline import snapshots as kept
from core.pipeline.asked import in_view, remember_former, request_behind
from core.pipeline.snapshots import Snapshot
from core.workspace import Workspace
from pages.components import state, subset_form, words

DROPPED = "subset.dropped"
SAID = "subset.snapshot.said"
HEIGHT = 300  # px of the list once it is long
MANY = 4


def show(workspace: Workspace) -> None:
    """The snapshots with what can be done about each, and a field to keep another."""
    st.subheader("Snapshots", anchor=False)
    found = kept.snapshots(workspace)
    can = state.may_write(workspace)
    if can:
        _keeping(workspace)
    said = state.remembered(SAID)
    if said:
        st.error(words.plain(said), icon=":material/error:")
        state.forget(SAID)
    if not found:
        st.caption("A subset kept under a name can be returned to, and compared with others.")
    with st.container(height=HEIGHT if len(found) > MANY else "content", border=False):
        for one in reversed(found):
            _line(workspace, one, can=can)
    _undo(workspace)


def _keeping(workspace: Workspace) -> None:
    text = st.text_input(
        "Name of a snapshot", key="subset.snapshot", placeholder="before the pins",
        max_chars=kept.LONGEST_NAME,
    )  # fmt: skip
    st.button(
        "Keep snapshot",
        key="subset.keep",
        disabled=not text.strip(),
        on_click=_keep,
        args=(workspace,),
    )


def _line(workspace: Workspace, one: Snapshot, *, can: bool) -> None:
    """One snapshot; where it cannot be returned to, why."""
    why = kept.why_stale(workspace, one)
    is_here = one.selection == workspace.current().get("selection")
    is_here = is_here and one.budget == workspace.choices().get("budget", one.budget)
    with st.container(border=True, gap="small"):
        st.text(one.name)
        ago = words.stretch(max(time.time() - one.made, 0))
        now = " · in use" if is_here else ""
        st.caption(
            f"{words.count(one.n_rows, 'row')} by {words.plain(one.method)} · kept {ago} ago{now}"
        )
        if one.note:
            st.text(one.note)
        if why:
            st.text(f"Cannot be returned to: {why}.")
        if can:
            _acts(workspace, one, can_return=why is None and not is_here)


def _acts(workspace: Workspace, one: Snapshot, *, can_return: bool) -> None:
    key = f"{one.selection}.{one.made}"
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Return",
            key=f"subset.return.{key}",
            disabled=not can_return,
            on_click=_return,
            args=(workspace, one),
        )
        st.button("Drop", key=f"subset.drop.{key}", on_click=_drop, args=(workspace, one))


def _undo(workspace: Workspace) -> None:
    """The way back for the snapshot dropped last."""
    dropped: Snapshot | None = state.remembered(DROPPED)
    if dropped is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.text(f"Dropped: {dropped.name}")
        st.button("Undo", key="subset.undrop", on_click=_put_back, args=(workspace,))


def _keep(workspace: Workspace) -> None:
    try:
        kept.keep(workspace, st.session_state["subset.snapshot"])
    except CoreError as error:
        state.remember(SAID, str(error))
    else:
        st.session_state["subset.snapshot"] = ""


def _return(workspace: Workspace, one: Snapshot) -> None:
    was = in_view(workspace)
    try:
        kept.return_to(workspace, one.name)
    except CoreError as error:
        state.remember(SAID, str(error))
        return
    state.forget("budget")
    if was is not None and was.fingerprint != one.selection:
        remember_former(workspace, was)
    artifact = workspace.get("selection", one.selection)
    subset_form.fill(request_behind(artifact, one.budget), one.n_rows)


def _drop(workspace: Workspace, one: Snapshot) -> None:
    try:
        state.remember(DROPPED, kept.drop(workspace, one.name))
    except CoreError as error:
        state.remember(SAID, str(error))


def _put_back(workspace: Workspace) -> None:
    try:
        kept.restore(workspace, state.remembered(DROPPED))
    except CoreError as error:
        state.remember(SAID, str(error))
    else:
        state.forget(DROPPED)
