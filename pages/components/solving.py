"""Answering a selection: at once where it takes seconds, else as a job."""

from __future__ import annotations

import streamlit as st

from core.pipeline.asked import in_view, remember_former
from core.pipeline.asking import as_arguments
from core.pipeline.costs import is_at_once
from core.pipeline.requests import Request
from core.pipeline.selection import check_budget, select_subset
from core.workspace import Workspace
from pages.components import job_panel, state, words

PENDING = "subset.pending"


def solve(workspace: Workspace, request: Request) -> None:
    """Select, put the subset in use, and draw the page again.

    Raises RequestError when the method, a pin or the budget cannot be honoured.
    """
    check_budget(workspace, request)
    if is_at_once(workspace, request):
        now(workspace, request)
        st.rerun()
    state.forget("budget")
    state.remember(PENDING, request)
    remember_former(workspace, in_view(workspace))
    title = f"Select {label(request)} by {request.method}"
    job_panel.start(workspace, as_arguments(workspace, request), title=title)


def now(workspace: Workspace, request: Request) -> None:
    """Select in this very run, and remember what was in use before."""
    was = in_view(workspace)
    with st.spinner("Selecting"):
        select_subset(workspace, request)
    state.forget("budget")  # the workspace knows the new one
    if was is not None and was.fingerprint != workspace.current().get("selection"):
        remember_former(workspace, was)


def pending(workspace: Workspace) -> Request | None:
    """What this session asked a job for that is still on its way."""
    asked: Request | None = state.remembered(PENDING)
    if asked is not None and not job_panel.is_busy(workspace):
        state.forget(PENDING)
        return None
    return asked


def label(request: Request) -> str:
    """A request's budget in words: '5,000 rows', '10 % of the pool'."""
    if request.budget.kind == "ratio":
        return f"{100 * request.budget.value:.3g} % of the pool"
    return words.count(request.budget.value, "row" if request.budget.kind == "rows" else "token")
