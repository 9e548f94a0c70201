"""What changed since the run before: rows in and out, latents gained and lost, and the way back."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.pipeline import asked
from core.pipeline.change_tables import rows_in_table, rows_out_table
from core.pipeline.changes import Change, change
from core.pipeline.selection import stored_order
from core.records import Rows
from core.workspace import Workspace
from pages.components import figures, state, subset_form, words
from pages.components.loaders import Chosen

LISTED = 200  # rows a table
HEIGHT = 260  # px


def show(workspace: Workspace, chosen: Chosen) -> None:
    """The difference to the former subset; one line where there is none."""
    st.subheader("Since the last run", anchor=False)
    found = asked.former(workspace)
    if found is None or found.fingerprint == chosen.fingerprint:
        st.caption("What a new run changes stands here: rows in and out, and what they bring.")
        return
    key = (found.fingerprint, found.budget, chosen.fingerprint, chosen.budget)
    told = _change(str(workspace.root), _roles(workspace), key, _after=chosen.subset.rows)
    _sentence(workspace, found, chosen, told)
    _numbers(told)
    if state.may_write(workspace):
        st.button(
            "Return to the former subset",
            key="subset.former",
            icon=":material/undo:",
            on_click=_return,
            args=(workspace,),
        )
    if not told.is_none:
        _lists(workspace, told, key="-".join(map(str, key)))


def _sentence(workspace: Workspace, was: asked.Former, chosen: Chosen, told: Change) -> None:
    method = stored_order(workspace.get("selection", was.fingerprint)).method
    before = f"{words.count(told.n_before, 'row')} by {words.plain(method)}"
    after = f"{words.count(told.n_after, 'row')} by {words.plain(chosen.order.method)}"
    same = " Both hold the same rows." if told.is_none else ""
    st.caption(f"From {before} to {after}.{same}")


def _numbers(told: Change) -> None:
    first, second = st.columns(2), st.columns(2)
    figures.beside(
        first[0],
        "Rows in and out",
        f"{len(told.rows_in):,} in, {len(told.rows_out):,} out",
        f"{told.n_before - len(told.rows_out):,} stayed",
    )
    cover = told.coverage
    if cover is not None:
        figures.beside(
            first[1],
            "Latents gained and lost",
            f"{len(cover.gained):,} and {len(cover.lost):,}",
            f"{words.share(cover.before, cover.n_reachable)} → "
            f"{words.share(cover.after, cover.n_reachable)} of {cover.n_reachable:,}",
        )
    if told.tokens_before is not None and told.tokens_after is not None:
        figures.beside(
            second[0],
            "Tokens",
            _signed(told.tokens_after - told.tokens_before),
            f"{told.tokens_before:,} → {told.tokens_after:,}",
        )
    figures.beside(
        second[1],
        "Response words",
        _signed(told.words_after - told.words_before),
        f"{told.words_before:,} → {told.words_after:,}",
    )


def _lists(workspace: Workspace, told: Change, *, key: str) -> None:
    n_in, n_out = len(told.rows_in), len(told.rows_out)
    with st.expander(f"The {words.count(n_in, 'row')} in and {words.count(n_out, 'row')} out"):
        for title, rows, table in (
            ("In, in pick order", told.rows_in, rows_in_table),
            ("Out, dearest first", told.rows_out, rows_out_table),
        ):
            st.caption(title + (f"; the first {LISTED:,}" if len(rows) > LISTED else ""))
            if len(rows):
                st.dataframe(
                    table(workspace, told, LISTED),
                    hide_index=True,
                    height=min(HEIGHT, 38 + 35 * len(rows)),
                    key=f"subset.change.{title[:2]}.{key}",
                    column_config={"example": st.column_config.TextColumn(width="large")},
                )


def _return(workspace: Workspace) -> None:
    request = asked.return_to_former(workspace)
    state.forget("budget")
    if request is not None:
        subset_form.fill(request, int(workspace.choices()["budget"]))


def _signed(number: int) -> str:
    return f"{number:+,}" if number else "as many"


def _roles(workspace: Workspace) -> str:
    roles = workspace.current()
    return ",".join(f"{name}={roles.get(name)}" for name in ("pool", "readings", "features"))


@st.cache_resource(max_entries=16, show_spinner=False)
def _change(root: str, roles: str, key: tuple[str, int, str, int], _after: Rows) -> Change:
    workspace = Workspace(Path(root))
    return change(workspace, asked.former_rows(workspace, asked.Former(key[0], key[1])), _after)
