"""Answering a selection: at once where it takes seconds, else as a job."""

from __future__ import annotations

import streamlit as st

from core.pipeline.asking import as_arguments, is_quick
from core.pipeline.requests import Request
from core.pipeline.selection import check_budget, select_subset
from core.workspace import Workspace
from pages.components import job_panel, state, words


def solve(workspace: Workspace, request: Request) -> None:
    """Select, put the subset in use, and draw the page again.

    Raises RequestError when the method, a pin or the budget cannot be honoured.
    """
    check_budget(workspace, request)
    if is_quick(workspace, request):
        with st.spinner("Selecting"):
            select_subset(workspace, request)
        state.forget("budget")  # the workspace knows the new one
        st.rerun()
    state.forget("budget")
    title = f"Select {label(request)} by {request.method}"
    job_panel.start(workspace, as_arguments(workspace, request), title=title)


def label(request: Request) -> str:
    """A request's budget in words: '5,000 rows', '10 % of the pool'."""
    if request.budget.kind == "ratio":
        return f"{100 * request.budget.value:.3g} % of the pool"
    return words.count(request.budget.value, "row" if request.budget.kind == "rows" else "token")
