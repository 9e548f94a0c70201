"""The rows of a comparison as a table, and the one that is read, with J and K through the table."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.errors import RequestError
from core.pipeline.cards import example_card
from core.pipeline.comparison_rows import SHOWN, Found
from core.workspace import Workspace
from pages.components import address, example_table, loaders, reader, state, words
from pages.components.compare_map import ROW
from pages.components.loaders import Chosen

COLUMNS = ("pick", "in", "example", "cluster", "response words", "source")
EXAMPLE = "example"  # in the address: by its id


def show(found: Found, told: str, key: str) -> None:
    """How many rows there are, in words, and the first of them."""
    st.text(_counted(found, told))
    if found.n_found:
        example_table.linked(found.table, ROW, key=f"compare.rows.{key}", columns=COLUMNS)


def read(workspace: Workspace, chosen: Chosen | None, found: Found) -> None:
    """The row that was picked on the map or in the table."""
    row = state.remembered(ROW)
    row = row if row is not None and row < loaders.pool(workspace).n_rows else None
    _steps(found, row)
    if row is None:
        st.caption(
            "Click a point or a line of the table to read the example; Shift and drag draws a "
            "lasso."
        )
        return
    subset, order = (chosen.subset, chosen.order) if chosen else (None, None)
    card = example_card(workspace, row, subset=subset, order=order)
    reader.show_card(card, compact=True, key="compare.card")


def heed_address(workspace: Workspace) -> None:
    """Read the example that the address brings."""
    said = address.brought(EXAMPLE)
    if said is not None:
        state.remember(ROW, _row_of(workspace, said))


def tell_address(workspace: Workspace) -> None:
    """Name the example that is read."""
    row = state.remembered(ROW)
    there = row is not None and row < loaders.pool(workspace).n_rows
    address.tell(EXAMPLE, loaders.pool(workspace).table["id"][row].as_py() if there else None)


def _row_of(workspace: Workspace, example: str) -> int | None:
    """The row of an example's id; None where the pool lacks it."""
    try:
        return int(loaders.pool(workspace).rows_of([example])[0])
    except RequestError:
        return None


def _counted(found: Found, told: str) -> str:
    parts = [f"{words.count(found.n_found, 'row')} {told}"]
    if found.n_outside:
        parts.append(f"inside the lasso; {found.n_outside:,} more outside of it")
    if found.n_found > SHOWN:
        parts.append(f"the first {SHOWN} by their earliest pick are listed")
    return ", ".join(parts) + "."


def _steps(found: Found, row: int | None) -> None:
    """Backwards and forwards through the table."""
    rows = [int(one) for one in found.table["row"]]
    at = rows.index(row) if row in rows else None
    before = None if not at else rows[at - 1]
    after = (rows[0] if rows else None) if at is None else next(iter(rows[at + 1 : at + 2]), None)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for name, other, key in (("Previous", before, "K"), ("Next", after, "J")):
            st.button(
                name,
                key=f"compare.step.{name}",
                shortcut=key,
                disabled=other is None,
                on_click=partial(state.remember, ROW, other),
                help=f"{name} example of the table",
            )
        if row is not None:
            st.caption("not in the table" if at is None else f"{at + 1:,} of {len(rows):,} listed")
