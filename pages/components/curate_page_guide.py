"""The guideline beside the queue: what people decide by, changed by anybody, kept with its past."""

from __future__ import annotations

import time

import streamlit as st

from core.pipeline.teams import LONGEST_GUIDELINE, Guideline, guidelines, set_guideline
from core.workspace import Workspace
from pages.components import state, words

PLACEHOLDER = "What makes an example good enough to train on here, with the cases that are close."


def show(workspace: Workspace, curator: str) -> None:
    """The guideline that holds, and the way to change it."""
    past = guidelines(workspace)
    now = past[-1] if past else None
    if now is None and not state.may_write(workspace):
        return
    with st.expander("Guideline", expanded=True, icon=":material/menu_book:"):
        if now is None or not now.text.strip():
            st.caption("Nobody wrote down yet what to decide by.")
        else:
            st.text(now.text)
            st.caption(words.plain(_signed(now)))
        if state.may_write(workspace):
            with st.popover("Change the guideline" if now else "Write the guideline"):
                _edit(workspace, curator, now)
        if len(past) > 1:
            with st.popover(f"Earlier ones ({len(past) - 1:,})", type="tertiary"):
                for one in reversed(past[:-1]):
                    st.caption(words.plain(_signed(one)))
                    st.text(one.text)


def _edit(workspace: Workspace, curator: str, now: Guideline | None) -> None:
    with st.form("curate.guide", border=False):
        text = st.text_area(
            "Guideline",
            now.text if now else "",
            key="curate.guide.text",
            max_chars=LONGEST_GUIDELINE,
            placeholder=PLACEHOLDER,
            height=260,
        )
        if st.form_submit_button("Save the guideline", type="primary"):
            with state.shown_errors():
                set_guideline(workspace, text, by=curator)
            st.rerun()


def _signed(one: Guideline) -> str:
    when = time.strftime("%d %B %Y, %H:%M", time.localtime(one.at))
    return f"by {one.by}, {when}"
