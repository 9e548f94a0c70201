"""Selecting again around the decisions: approved in, rejected out, and what that costs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from core.curate.state import State
from core.pipeline.asking import again
from core.pipeline.changes import Coverage, Replacements, replacements
from core.pipeline.decisions import decided, with_decisions
from core.pipeline.queue_places import places
from core.pipeline.queue_tables import in_table, out_table
from core.pipeline.selection import stored_order
from core.select.selection import Selection
from core.workspace import Workspace
from pages.components import figures, job_panel, solving, state, words
from pages.components.curate_page_desk import Desk
from pages.components.loaders import Chosen

if TYPE_CHECKING:
    import pandas as pd

    Changed = tuple[Replacements, pd.DataFrame, pd.DataFrame]

BEFORE = "curate_before"  # a choice of the workspace: the subset that decisions were made on
LABEL = "Re-select around the decisions"


def offer(desk: Desk) -> None:
    """How far the subset is from the decisions, and the button that selects again."""
    chosen, said = desk.chosen, desk.said
    if not said.approved and not said.rejected:
        return
    told, differs = _standing(desk.workspace, said, chosen)
    if not state.may_write(desk.workspace):
        st.caption(told)
        return
    busy = job_panel.is_busy(desk.workspace)
    if st.button(
        LABEL,
        key="curate.again",
        type="primary" if differs else "secondary",
        disabled=busy or not differs,
        width="stretch",
        help="Solves the same method at the same budget with approved examples pinned and "
        "rejected ones forbidden, and puts the new subset in use.",
    ):
        _select(desk.workspace, chosen)
    st.caption(told)
    last = _last(desk.workspace, chosen, said)
    if last is not None:
        st.caption(_summary(last[0]))


def shown(workspace: Workspace, chosen: Chosen) -> bool:
    """What the last re-selection changed; False where there was none."""
    last = _last(workspace, chosen, decided(workspace))
    if last is None:
        return False
    found, out, came = last
    _totals(found)
    _table(out, "Left the subset", "Nothing left the subset.")
    _table(came, "Came in", "Nothing came in.")
    return True


def _standing(workspace: Workspace, said: State, chosen: Chosen) -> tuple[str, bool]:
    """How many decisions the subset does not honour, in words."""
    known, order = places(workspace), chosen.subset.rows
    approved, rejected = known.of(said.approved), known.of(said.rejected)
    chosen_now = set(order.tolist())
    n_out = sum(row not in chosen_now for row in approved.tolist())
    n_in = sum(row in chosen_now for row in rejected.tolist())
    if not n_out and not n_in:
        return "The subset has every approved example and no rejected one.", False
    parts = []
    if n_in:
        parts.append(f"{words.count(n_in, 'rejected example')} still in the subset")
    if n_out:
        parts.append(f"{words.count(n_out, 'approved example')} not in it")
    return ", ".join(parts) + ".", True


def _select(workspace: Workspace, chosen: Chosen) -> None:
    """Solve again around the decisions, keeping which subset they were made on."""
    artifact = workspace.get("selection", chosen.fingerprint)
    request = with_decisions(workspace, again(artifact, chosen.budget))
    workspace.choose(**{BEFORE: [chosen.fingerprint, chosen.budget]})
    solving.solve(workspace, request)


def _before(workspace: Workspace, chosen: Chosen) -> tuple[str, int] | None:
    """The subset that was re-selected from; None where the one in view was chosen otherwise."""
    held = workspace.choices().get(BEFORE)
    if not isinstance(held, list) or len(held) != 2 or held[0] == chosen.fingerprint:
        return None
    now = workspace.in_use("selection")
    then = workspace.find("selection", str(held[0]))
    if then is None or now is None or chosen.budget != held[1] or not now.config.get("decided"):
        return None
    same = then.parents == now.parents and then.config["method"] == now.config["method"]
    return (str(held[0]), int(held[1])) if same else None


def _last(workspace: Workspace, chosen: Chosen, said: State) -> Changed | None:
    """What the last re-selection changed, as a whole and row by row."""
    before = _before(workspace, chosen)
    if before is None:
        return None
    key = f"{before[0]} {before[1]} {chosen.fingerprint} {chosen.budget} {said.number}"
    root = str(workspace.root)
    return _held(root, key, _before=before, _after=chosen.subset, _said=said)


def _summary(found: Replacements) -> str:
    """The last re-selection in two sentences."""
    change, cover = found.change, found.change.coverage
    said = f"Last re-selection: {words.count(len(change.rows_out), 'row')} out, "
    said += f"{len(change.rows_in):,} in."
    if cover is not None:
        said += f" Latents covered: {cover.before:,} before, {cover.after:,} after."
    return f"{said} The rows are listed below."


def _totals(found: Replacements) -> None:
    """What the subset covers before and after, and how much of it changed."""
    change = found.change
    place = st.columns(3)
    figures.beside(
        place[0],
        "Rejected and replaced",
        words.count(len(found.rejected)),
        f"{words.count(len(found.moved), 'other row')} made room",
    )
    figures.beside(
        place[1],
        "Came in",
        words.count(len(change.rows_in), "row"),
        f"{words.count(change.n_after, 'row')} in all, {change.n_before:,} before",
    )
    if change.coverage is not None:
        _covered(place[2], change.coverage)


def _covered(place: st.delta_generator.DeltaGenerator, cover: Coverage) -> None:
    difference = cover.after - cover.before
    figures.beside(
        place,
        "Latents covered",
        words.share(cover.after, cover.n_reachable),
        f"{cover.before:,} before, {cover.after:,} after ({difference:+,})",
        about="Latents that at least one chosen row has, of those that at least one row of the "
        "pool has: what the decisions cost. Higher is better.",
    )


def _table(table: pd.DataFrame, title: str, none: str) -> None:
    st.markdown(f"**{title}**")
    if not len(table):
        st.text(none)
        return
    st.dataframe(
        table,
        column_order=[name for name in table.columns if name not in ("id",)],
        column_config={
            "row": st.column_config.NumberColumn("row", format="localized", width="small"),
            "example": st.column_config.TextColumn(width="medium"),
            "why": st.column_config.TextColumn(width="medium"),
            "pick": st.column_config.NumberColumn(format="localized"),
            "alone": st.column_config.NumberColumn(
                "it alone brought", help="Latents that no other row of the earlier subset had."
            ),
            "missing": st.column_config.NumberColumn(
                "now uncovered", help="Of these, what the subset lacks now: the cost."
            ),
            "heir": st.column_config.NumberColumn(
                "most of it by row",
                format="localized",
                help="The new row that brings most of what this one alone brought.",
            ),
            "brings": st.column_config.NumberColumn(
                "brings", help="Latents new beside the rows that stayed and the new ones before."
            ),
        },
        hide_index=True,
        height=min(320, 38 + 35 * (len(table) + 1)),
    )


@st.cache_resource(max_entries=8, show_spinner=False)
def _held(
    root: str, key: str, _before: tuple[str, int], _after: Selection, _said: State
) -> Changed:
    workspace = Workspace(Path(root))
    order = stored_order(workspace.get("selection", _before[0]))
    before = order.prefix(min(_before[1], len(order))) if order.nested else order
    rejected = places(workspace).of(_said.rejected)
    found = replacements(workspace, before, _after, rejected)
    out = out_table(workspace, _said, found)
    return found, out, in_table(workspace, _said, found, _after)
