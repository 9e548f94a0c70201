"""Tables of examples, one line each, of which one is picked to be read.

A table's selection counts positions, so a key names exactly its lines in their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.components import state

if TYPE_CHECKING:
    import pandas as pd

HIDDEN = ("row", "id")


def picked_row(
    table: pd.DataFrame, *, key: str, columns: Sequence[str] = (), height: int = 420
) -> int | None:
    """A table of which one line is picked, the first to begin with; gives its row."""
    if not len(table):
        return None
    done = st.dataframe(
        table,
        key=key,
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [0]}},
        **_look(table, columns, height),
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


def _look(table: pd.DataFrame, columns: Sequence[str], height: int) -> dict[str, Any]:
    names = [name for name in columns or table.columns if name in table.columns]
    shape = "medium" if "reason" in names else "large"
    return {
        "column_order": [name for name in names if name not in HIDDEN],
        "column_config": {
            "example": st.column_config.TextColumn(width=shape),
            "reason": st.column_config.TextColumn(width="large"),
        },
        "hide_index": True,
        "height": min(height, 38 + 35 * (len(table) + 1)),
    }
