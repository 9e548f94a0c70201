"""Adding the row that brings a latent: pinned, the rest chosen again around it, and undone."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.pipeline.adding import Added, add_row, take_back
from core.workspace import Workspace
from pages.components import state, words
from pages.components.loaders import Chosen

UNDOABLE = 100


@dataclass(frozen=True, slots=True)
class Step:
    """A row that was added for the sake of a latent."""

    latent: int
    row: int
    added: Added


def add(workspace: Workspace, chosen: Chosen, row: int, latent: int) -> None:
    """Pin a row and choose the rest of the budget again; the page has to be drawn anew."""
    with st.spinner("Selecting"):
        added = add_row(workspace, chosen.subset, row)
    _keep(workspace, (*steps(workspace), Step(latent, row, added)))
    state.forget("budget")  # the workspace knows it


def undo(workspace: Workspace) -> None:
    """Put the order in use again that was there before the last row."""
    *before, last = steps(workspace)
    take_back(workspace, last.added)
    _keep(workspace, tuple(before))
    state.forget("budget")
    st.rerun()


def steps(workspace: Workspace) -> tuple[Step, ...]:
    """The rows added in this session to the subset in use, oldest first."""
    kept: tuple[Step, ...] = state.remembered(_name(workspace), ())
    in_use = workspace.current().get("selection")
    return kept if kept and kept[-1].added.fingerprint == in_use else ()


def told(workspace: Workspace) -> str | None:
    """What the last row brought, in a sentence; None where the subset is another one by now."""
    if not steps(workspace):
        return None
    last = steps(workspace)[-1]
    line = f"Row {last.row:,} is pinned for latent {last.latent}"
    added = last.added
    if added.covered is None or added.gained is None:
        return f"{line}."
    change = f"{added.gained:+,}" if added.gained else "as many as before"
    by, left = words.count(added.budget, "row"), words.count(len(added.left), "row")
    return f"{line}: {added.covered:,} latents covered by {by}, {change}; {left} left for others."


def _keep(workspace: Workspace, kept: tuple[Step, ...]) -> None:
    state.remember(_name(workspace), kept[-UNDOABLE:])


def _name(workspace: Workspace) -> str:
    return f"features.added.{workspace.root}"
