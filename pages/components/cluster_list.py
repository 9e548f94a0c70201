"""The clusters as a list: both shares, their ratio, and how lengths and scores spread in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from core.pipeline.cluster_rows import Spread, spreads
from core.pipeline.representation import extremes
from pages.components import charts, example_table, shell, state, words
from pages.components.cluster_scene import Scene

if TYPE_CHECKING:
    import pandas as pd

RATIO = (
    "log2 of its chosen rows by the rows that its share of the pool would give: 0 is as in the "
    "pool, +1 twice and -1 half as many. Half a row is added on both sides, so that a cluster "
    "without a chosen row has a number too."
)
IN_WORDS = (
    "log2 ratio: 0 is a cluster's share of the pool, +1 twice and -1 half of it; half a row is "
    "added on both sides, so that no chosen row at all has a number too."
)
COLUMNS = (
    "name", "rows", "share of pool", "share of subset", "log2 ratio", "length",
)  # fmt: skip


def show(scene: Scene) -> None:
    """The table, in which a line picks its cluster."""
    if not len(scene.table):
        st.text("No cluster came out: every row is noise. Other settings may find some.")
        return
    found = spreads(scene.workspace, scene.role)
    table = with_spreads(scene.table, found)
    key = f"clusters.table.{scene.version}"
    if state.remembered(scene.name) is None and scene.picked is not None:
        scene.pick(scene.picked)  # so that the line of the largest stands out
    extra = [one.name for one in found[1:]]
    st.dataframe(
        table,
        key=key,
        column_order=[name for name in (*COLUMNS, *extra) if name in table.columns],
        column_config=looks(found),
        hide_index=True,
        on_select=example_table.in_step(table, scene.name, key=key, column="cluster"),
        selection_mode="single-row",
        height=min(480, 38 + 35 * (len(table) + 1)),
    )
    if scene.chosen is not None:
        st.caption(IN_WORDS)


def shares(scene: Scene) -> None:
    """The clusters furthest from their share, as bars from zero."""
    if scene.chosen is None:
        st.text("Choose a subset to see which clusters it favours.")
        shell.link("subset", "Choose a subset", icon=":material/checklist:")
    elif len(scene.table):
        charts.share_bars(extremes(scene.table), key=f"clusters.shares.{scene.version}")


def with_spreads(table: pd.DataFrame, found: list[Spread]) -> pd.DataFrame:
    """The table with a small distribution a line for every number."""
    columns: dict[str, Any] = {}
    for at, one in enumerate(found):
        name = "length" if at == 0 else one.name
        columns[name] = [one.clusters.get(number, []) for number in table["cluster"]]
    return table.assign(**{name: [list(cell) for cell in cells] for name, cells in columns.items()})


def looks(found: list[Spread]) -> dict[str, Any]:
    """How the columns look."""
    named: dict[str, Any] = {
        "name": st.column_config.TextColumn(
            width=170, help="Its most telling words, or its given name."
        ),
        "rows": st.column_config.NumberColumn(format="localized", width="small"),
        "share of pool": st.column_config.NumberColumn(
            "of pool", format="percent", width="small", help="Its share of the pool's rows."
        ),
        "share of subset": st.column_config.NumberColumn(
            "of subset", format="percent", width="small", help="Its share of the chosen rows."
        ),
        "log2 ratio": st.column_config.NumberColumn(format="%+.2f", width="small", help=RATIO),
    }
    for at, one in enumerate(found):
        ends = f"{words.figure(one.edges[0])} to {words.figure(one.edges[-1])} {one.unit}"
        scale = ", log scale" if one.is_log else ""
        named["length" if at == 0 else one.name] = st.column_config.AreaChartColumn(
            width="small", y_min=0, color="gray", help=f"Rows by {one.name}, from {ends}{scale}."
        )
    return named
