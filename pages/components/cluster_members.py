"""The rows of the picked cluster, typical or borderline ones first, and the one that is read."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.pipeline.cards import example_card
from core.pipeline.cluster_rows import SHOWN, Order, cluster_rows
from pages.components import example_table, layout, reader, words
from pages.components.cluster_scene import NOISE, Scene

ORDERS: dict[Order, str] = {
    "typical": "Typical first",
    "borderline": "Borderline first",
    "chosen": "Chosen first",
}
COLUMNS = ("example", "margin", "distance", "next cluster", "pick", "response words")
DISTANCE = "Euclidean distance of its embedding to the middle of its cluster; smaller is typical."
MARGIN = (
    "How much nearer its own cluster is than the next one: (next - own) / the larger of the two "
    "distances. 1 is deep inside, 0 halfway between, below 0 nearer to the next one."
)


def show(scene: Scene) -> None:
    """The table of rows, and the card of the one that is picked."""
    cluster = scene.picked
    if cluster is None:
        return
    st.subheader("Examples of this cluster", anchor=False)
    listed, card = layout.split("members")
    with listed:
        order = _order(scene)
        table = cluster_rows(scene.workspace, cluster, scene.subset, scene.role, order=order)
        key = f"clusters.rows.{scene.version}.{cluster}.{order}"
        row = example_table.picked_row(table, key=key, columns=COLUMNS, looks=_looks(cluster))
        st.caption(_told(scene, cluster))
    with card:
        if row is not None:
            whole = scene.chosen.order if scene.chosen else None
            found = example_card(scene.workspace, row, subset=scene.subset, order=whole)
            reader.show_card(found, key="clusters.card")


def _order(scene: Scene) -> Order:
    offered = [one for one in ORDERS if one != "chosen" or scene.chosen is not None]
    return st.segmented_control(
        "Order of the rows",
        offered,
        format_func=ORDERS.__getitem__,
        default="typical",
        required=True,
        key="clusters.order",
        label_visibility="collapsed",
    )


def _told(scene: Scene, cluster: int) -> str:
    n_rows = scene.n_noise if cluster == NOISE else int(scene.known.sizes()[cluster])
    if n_rows > SHOWN:
        return f"The first {SHOWN:,} of {words.count(n_rows, 'row')}."
    return f"{words.count(n_rows, 'row')}."


def _looks(cluster: int) -> dict[str, Any]:
    nearest = "The cluster whose middle is nearest." if cluster == NOISE else "The nearest other."
    return {
        "example": st.column_config.TextColumn(width=300),
        "distance": st.column_config.NumberColumn(format="%.3f", width="small", help=DISTANCE),
        "margin": st.column_config.NumberColumn(format="%.3f", width="small", help=MARGIN),
        "next cluster": st.column_config.TextColumn(width="medium", help=nearest),
        "pick": st.column_config.NumberColumn(format="localized", width="small"),
        "response words": st.column_config.NumberColumn(format="localized", width="small"),
    }
