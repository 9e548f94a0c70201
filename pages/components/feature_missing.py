"""The row to add for the latent under the cursor: one key adds it, another takes it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.pipeline.adding import why_not_add
from core.pipeline.uncovered import best_row_to_add
from core.workspace import Workspace
from pages.components import feature_adding, feature_loaders, feature_view, loaders, words
from pages.components.loaders import Chosen

if TYPE_CHECKING:
    import pandas as pd


def bar(workspace: Workspace, chosen: Chosen, table: pd.DataFrame) -> None:
    """Above the list of what is lacking: add the row of the line under the cursor, or undo."""
    line = _under_cursor(table)
    refusal = why_not_add(workspace)
    with st.container(horizontal=True, vertical_alignment="center", key="features-adding"):
        label = "Add the row" if line is None else f"Add row {line['row']:,}"
        hint = None if line is None else f"It brings {words.count(line['brings'], 'latent')}."
        able = line is not None and refusal is None
        pressed = st.button(label, key="features.add", shortcut="A", disabled=not able, help=hint)
        if pressed and line is not None:
            feature_adding.add(workspace, chosen, line["row"], line["latent"])
            _move_on(workspace, table, line["latent"])
            st.rerun()
        _undo(workspace, "features.undo", shortcut="Z")
    told = feature_adding.told(workspace)
    st.caption(words.plain(refusal or told or _how(line)))


def beside(workspace: Workspace, chosen: Chosen, latent: int) -> None:
    """On the dashboard of an uncovered latent: the row that would bring it."""
    best = best_row_to_add(workspace, chosen.subset, latent)
    if best is None:
        st.caption("No row that has it may be chosen.")
        return
    brings = words.count(len(best.brings), "uncovered latent")
    st.caption(
        f"Row {best.row:,} would bring it and {brings} in all, the most of "
        f"{words.count(best.n_candidates, 'row')}."
    )
    refusal = why_not_add(workspace)
    label = f"Add row {best.row:,}"
    if st.button(label, key="features.add_here", disabled=refusal is not None, help=refusal):
        feature_adding.add(workspace, chosen, best.row, latent)
        st.rerun()


def brought(workspace: Workspace, latent: int) -> None:
    """On the dashboard of a latent for which a row was just added: what that made of the subset."""
    steps, told = feature_adding.steps(workspace), feature_adding.told(workspace)
    if steps and told and steps[-1].latent == latent:
        st.caption(words.plain(told))
        _undo(workspace, "features.undo_here", shortcut=None)


def _undo(workspace: Workspace, key: str, *, shortcut: str | None) -> None:
    """Take the last row back."""
    able, icon = bool(feature_adding.steps(workspace)), ":material/undo:"
    if st.button("Undo", key=key, shortcut=shortcut, icon=icon, disabled=not able):
        feature_adding.undo(workspace)


def _under_cursor(table: pd.DataFrame) -> dict[str, int] | None:
    """The line of the latent in view, or the first that has a row to add."""
    able = table[table["best row"].notna()]
    if not len(able):
        return None
    own = able[able["latent"] == feature_view.in_view("latent")]
    line = (own if len(own) else able).iloc[0]
    names = {"latent": "latent", "row": "best row", "brings": "brings"}
    return {name: int(line[column]) for name, column in names.items()}


def _move_on(workspace: Workspace, table: pd.DataFrame, latent: int) -> None:
    """Put the cursor on the next line of the list that is still lacking."""
    chosen = loaders.chosen(workspace)
    if chosen is None:
        return
    lacking = feature_loaders.uncovered(workspace, chosen).table
    able = set(lacking["latent"][lacking["best row"].notna()])
    lines = [int(one) for one in table["latent"]]
    at = lines.index(latent)
    rest = [one for one in lines[at + 1 :] + lines[:at] if one in able]
    if rest:
        feature_view.look_at("latent", rest[0])


def _how(line: dict[str, int] | None) -> str:
    if line is None:
        return "No latent that the pool has is lacking."
    return (
        f"A adds row {line['row']:,} for latent {line['latent']}: it is pinned and the rest of the "
        f"budget chosen again around it. It has {words.count(line['brings'], 'uncovered latent')}."
    )
