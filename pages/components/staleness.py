"""What is out of use since its pool, model, SAE or threshold changed: what differs, recompute."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.pipeline.remaking import Remake, remake
from core.pipeline.stale import Difference, Stale, go_back, stale
from core.workspace import Workspace
from pages.components import job_panel, shell, solving, state


def show(workspace: Workspace, *roles: str, here: str = "", more: str = "") -> bool:
    """Say what is out of use, for the first of these roles that is; False where none is.

    `here` is the page it stands on, which then needs no link to itself; `more` one sentence of
    the page's own.
    """
    found = next((one for one in (stale(workspace, role) for role in roles) if one), None)
    if found is None:
        return False
    with st.container(border=True, key=f"stale-{found.was.role}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge("Out of date", color="orange")
            st.text(found.sentence)
        if found.differs:
            _differences(found.differs)
        if more:
            st.text(more)
        if state.may_write(workspace):
            _act(workspace, found, here)
    return True


def stop(workspace: Workspace, *roles: str, here: str = "", more: str = "") -> None:
    """The same in place of what the page would show, which ends there; goes on where none is."""
    if show(workspace, *roles, here=here, more=more):
        st.stop()


def _differences(differs: tuple[Difference, ...]) -> None:
    """Then and now, as text: names of sources and models come from outside."""
    with st.container(gap=None):
        for one in differs:
            st.text(f"{one.name} then: {one.then}")
            st.text(f"{one.name} now: {one.now}")


def _act(workspace: Workspace, found: Stale, here: str) -> None:
    """The one step that makes it anew, and the way back to what it was made from."""
    step, role = remake(workspace, found), found.was.role
    busy = job_panel.is_busy(workspace)
    with st.container(horizontal=True, vertical_alignment="center"):
        if step.at_once:
            # the subset page has a form with a button of its own, for the same or something else
            kind: Any = "secondary" if here == "subset" else "primary"
            if st.button(step.label, type=kind, key=f"stale.again.{role}", disabled=busy):
                _again(workspace, step)
        elif step.page != here:
            shell.link(step.page, step.label, icon=":material/arrow_forward:")
        if found.former is not None:
            label = f"Go back to the former {found.former}"
            about = "Everything that was made from it is still there, and in use again at once."
            if st.button(label, key=f"stale.back.{role}", help=about, disabled=busy):
                with state.shown_errors():
                    go_back(workspace, found)
                state.forget("budget")
                st.rerun()


def _again(workspace: Workspace, step: Remake) -> None:
    if step.request is not None:
        with state.shown_errors():
            solving.solve(workspace, step.request)
    else:
        job_panel.start(workspace, list(step.arguments), title=step.label)
