"""Tables of examples, one line each, of which one is picked to be read.

A table's selection counts positions, so a key names exactly its lines in their order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.components import state

if TYPE_CHECKING:
    import pandas as pd

HIDDEN = ("row", "id")


def picked_row(
    table: pd.DataFrame,
    *,
    key: str,
    columns: Sequence[str] = (),
    height: int = 420,
    looks: Mapping[str, Any] | None = None,
) -> int | None:
    """A table of which one line is picked, the first to begin with; gives its row.

    `looks` are configurations of columns beyond the usual ones.
    """
    if not len(table):
        return None
    done = st.dataframe(
        table,
        key=key,
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [0]}},
        **_look(table, columns, height, looks),
    )
    at = done["selection"]["rows"]
    return int(table["row"].iloc[at[0] if at and at[0] < len(table) else 0])


def remembering(table: pd.DataFrame, name: str, *, key: str, height: int = 320) -> None:
    """A table of which a picked line is remembered as `name` before the page runs again."""

    def picked() -> None:
        at = st.session_state[key]["selection"]["rows"]
        state.remember(name, int(table["row"].iloc[at[0]]) if at else None)

    look = _look(table, (), height)
    st.dataframe(table, key=key, on_select=picked, selection_mode="single-row", **look)


def linked(
    table: pd.DataFrame, name: str, *, key: str, columns: Sequence[str] = (), height: int = 420
) -> None:
    """The same, in which the row remembered as `name` stands out, whoever picked it."""
    heed = in_step(table, name, key=key)
    look = _look(table, columns, height)
    st.dataframe(table, key=key, on_select=heed, selection_mode="single-row", **look)


def in_step(table: pd.DataFrame, name: str, *, key: str, column: str = "row") -> Callable[[], None]:
    """Mark the line of the value remembered as `name`; gives what is to be done on a selection.

    `key` names exactly these lines in this order: a position that the browser says is looked up
    in the very table that it was picked in, however the columns are sorted there.
    """
    held = state.remembered(name)
    lines = [] if held is None else (table[column] == held).to_numpy().nonzero()[0].tolist()
    shown = st.session_state.get(key)
    if (list(shown["selection"]["rows"]) if shown else []) != lines:
        st.session_state[key] = {"selection": {"rows": lines}}

    def picked() -> None:
        at = st.session_state[key]["selection"]["rows"]
        state.remember(name, int(table[column].iloc[at[0]]) if at else None)

    return picked


def _look(
    table: pd.DataFrame,
    columns: Sequence[str],
    height: int,
    looks: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    names = [name for name in columns or table.columns if name in table.columns]
    shape = "medium" if "reason" in names else "large"
    return {
        "column_order": [name for name in names if name not in HIDDEN],
        "column_config": {
            "example": st.column_config.TextColumn(width=shape),
            "reason": st.column_config.TextColumn(width="large"),
            "value": st.column_config.NumberColumn(format="%.2f"),
            "similarity": st.column_config.NumberColumn(
                format="%.3f", help="Cosine of the embeddings: 1 means the same."
            ),
            **(looks or {}),
        },
        "hide_index": True,
        "placeholder": "",  # for what has no value, such as the pick of a row that is not chosen
        "height": min(height, 38 + 35 * (len(table) + 1)),
    }
