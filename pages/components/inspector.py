"""The inspector of the map: one example, why it is chosen, its latents, neighbours and clusters."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from core.pipeline.cards import example_card
from core.pipeline.filters import Filter
from core.pipeline.row_latents import row_latents
from core.pipeline.row_near import memberships, near_table
from core.workspace import Workspace
from pages.components import (
    chips,
    example_table,
    hues,
    inspected,
    loaders,
    reader,
    shell,
    state,
    token_reader,
    words,
)
from pages.components.loaders import Chosen

if TYPE_CHECKING:
    import pandas as pd

LATENT = "map.shaded_by"  # the latent whose activations shade the text
READ = "map.tokens_wanted"  # whether a large model may be opened for it
ALIKE = 200
FACETS = {"latents": "Latents", "near": "Most alike", "clusters": "Clusters"}


def show(workspace: Workspace, chosen: Chosen | None, listed: pd.DataFrame, row: int) -> None:
    """An example with what stands behind it; `listed` is the table that J and K walk through."""
    _steps(listed, row)
    subset, order = (chosen.subset, chosen.order) if chosen else (None, None)
    roles = workspace.current()
    latents = row_latents(workspace, row, chosen=subset) if "features" in roles else None
    shade = _shade(workspace, row, latents)
    card = example_card(workspace, row, subset=subset, order=order)
    reader.show_card(card, shade=shade, compact=True, key="map.card")
    there = {"latents": latents is not None, "near": "readings" in roles}
    facets = [name for name in FACETS if there.get(name, "clusters" in roles)]
    if not facets:
        return
    facet = st.segmented_control(
        "More of this example",
        facets,
        format_func=FACETS.__getitem__,
        default=facets[0],
        required=True,
        key="map.facet",
        label_visibility="collapsed",
    )
    if facet == "latents" and latents is not None:
        _latents(workspace, chosen, row, latents)
    elif facet == "near":
        _near(workspace, chosen, row, card.id)
    elif facet == "clusters":
        _clusters(workspace, chosen, row)


def _steps(listed: pd.DataFrame, row: int) -> None:
    """Backwards and forwards through the table."""
    rows = [int(one) for one in listed["row"]]
    at = rows.index(row) if row in rows else None
    before = None if not at else rows[at - 1]
    after = (rows[0] if rows else None) if at is None else next(iter(rows[at + 1 : at + 2]), None)
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="map-steps"):
        for name, other, key in (("Previous", before, "K"), ("Next", after, "J")):
            st.button(
                name,
                key=f"map.step.{name}",
                shortcut=key,
                disabled=other is None,
                on_click=partial(inspected.show, other),
                help=f"{name} example of the table",
            )
        place = "not in the table" if at is None else f"{at + 1:,} of {len(rows):,} listed"
        st.caption(place)


def _shade(workspace: Workspace, row: int, latents: pd.DataFrame | None) -> reader.Shade | None:
    """The tokens under the latent that was picked, where this row has it."""
    latent = state.remembered(LATENT)
    if latents is None or latent is None or latent not in set(latents["latent"]):
        return None
    if not token_reader.is_ready(workspace, latent) and not state.remembered(READ):
        return None
    found = token_reader.of_row(workspace, row, tuple(int(one) for one in latents["latent"]))
    if isinstance(found, str):
        st.warning(words.plain(found))
        return None
    label = latents.loc[latents["latent"] == latent, "label"].iloc[0]
    features = loaders.features(workspace)
    most = 1.0 if features is None else float(features.statistics.maximum[latent])
    title = f"Shaded by latent {latent}" + (f", {label}" if label else "")
    return reader.Shade(found[latent], most, title)


def _latents(workspace: Workspace, chosen: Chosen | None, row: int, table: pd.DataFrame) -> None:
    """Its strongest latents, of which one shades the text, and where each leads."""
    if not len(table):
        st.text("No latent of the sparse autoencoder fires on this example.")
        return
    order = "" if chosen is None else f"{chosen.fingerprint}.{chosen.budget}"
    key = f"map.latents.{workspace.current()['features']}.{row}.{order}"
    st.dataframe(
        table,
        key=key,
        on_select=example_table.in_step(table, LATENT, key=key, column="latent"),
        selection_mode="single-row",
        column_order=[name for name in table.columns if name != "label" or table[name].any()],
        column_config={
            "latent": st.column_config.NumberColumn(format="%d"),
            "value": st.column_config.NumberColumn(
                format="%.2f", help="Its largest activation on a token of this example."
            ),
            "strength": st.column_config.ProgressColumn(
                format="percent",
                min_value=0,
                max_value=1,
                help="That activation as a share of the latent's largest on the whole pool.",
            ),
            "share of pool": st.column_config.NumberColumn(
                format="percent", help="Share of the pool's examples that have the latent."
            ),
            "chosen rows": st.column_config.NumberColumn(
                format="localized", help="Chosen rows that have it; 0 is not covered."
            ),
        },
        hide_index=True,
        height=min(300, 38 + 35 * (len(table) + 1)),
    )
    latent = state.remembered(LATENT)
    if latent is None or latent not in set(table["latent"]):
        st.caption("Pick a latent to see on which words of the example it fires.")
        return
    _about(workspace, latent)


def _about(workspace: Workspace, latent: int) -> None:
    """What can be done with the latent that is picked."""
    if not token_reader.is_ready(workspace, latent) and not state.remembered(READ):
        st.button(
            "Open the model to shade the words",
            key="map.read_tokens",
            on_click=partial(state.remember, READ, True),
        )
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        shell.link("features", f"Latent {latent}", query={"latent": str(latent)})
        st.button(
            "Only examples with it",
            key="map.only_latent",
            on_click=partial(chips.add, workspace, Filter("latent", {"latent": latent})),
        )
        st.button("Colour by it", key="map.colour_latent", on_click=partial(hues.ask, latent))


def _near(workspace: Workspace, chosen: Chosen | None, row: int, example: str) -> None:
    """The examples most alike; a click shows one."""
    table = near_table(workspace, row, chosen=chosen.subset if chosen else None)
    order = "" if chosen is None else f"{chosen.fingerprint}.{chosen.budget}"
    key = f"map.near.{workspace.current()['readings']}.{row}.{order}"
    example_table.linked(
        table, inspected.ROW, key=key, columns=("similarity", "pick", "example"), height=300
    )
    alike = Filter("alike", {"id": example, "count": ALIKE})
    st.button(
        f"List the {ALIKE} most alike",
        key="map.alike",
        on_click=partial(chips.add, workspace, alike),
    )


def _clusters(workspace: Workspace, chosen: Chosen | None, row: int) -> None:
    """Its cluster in every clustering, and the way to see that cluster alone."""
    for one in memberships(workspace, row, chosen=chosen.subset if chosen else None):
        st.caption(one.title[0].upper() + one.title[1:])
        st.text(one.name)
        said = words.count(one.n_rows, "example")
        if one.n_chosen is not None:
            said += f", {one.n_chosen:,} of them chosen"
        st.text(said)
        only = Filter("cluster", {"role": one.role, "labels": [one.label]})
        st.button(
            "Only this cluster" if one.label >= 0 else "Only noise",
            key=f"map.only.{one.role}",
            on_click=partial(chips.add, workspace, only),
        )
