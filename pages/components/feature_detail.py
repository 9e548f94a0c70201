"""The dashboard of one latent: its values, where it fires, who carries it, what is near it."""

from __future__ import annotations

import streamlit as st

from core.pipeline.cards import example_card
from core.pipeline.latents import LatentCard, carrier_table
from core.pipeline.shading import ShadedExample
from core.workspace import Workspace
from pages.components import example_table, reader, shell, state, token_reader
from pages.components.feature_view import ROW
from pages.components.loaders import Chosen


def where_it_fires(workspace: Workspace, chosen: Chosen | None, card: LatentCard) -> None:
    """Its examples with shaded tokens, of one band of values; a row asked for is read below."""
    found = _read_tokens(workspace, card.latent)
    if not found:
        return
    band = _band(card, {one.band for one in found})
    row = reader.show_tokens(
        [one for one in found if one.band == band],
        maximum=card.maximum,
        subset=chosen.subset if chosen else None,
        key=f"features.tokens.{card.latent}.{band}",
    )
    if row is not None:
        state.remember(ROW, row)


def carriers(workspace: Workspace, chosen: Chosen | None, card: LatentCard) -> None:
    """The chosen rows that have the latent, in pick order."""
    if chosen is None:
        st.text("No subset is chosen yet.")
        shell.link("subset", "Choose a subset", icon=":material/checklist:")
    elif not card.n_chosen:
        st.text("No chosen row has this latent.")
    else:
        table = carrier_table(workspace, card.latent, chosen.subset)
        version = f"{card.latent}.{chosen.fingerprint}.{chosen.budget}"
        example_table.remembering(table, ROW, key=f"features.carriers.{version}")


def read(workspace: Workspace, chosen: Chosen | None) -> None:
    """The example that was asked for, in full."""
    row = state.remembered(ROW)
    if row is None:
        return
    subset, order = (chosen.subset, chosen.order) if chosen else (None, None)
    found = example_card(workspace, row, subset=subset, order=order)
    reader.show_card(found, key="features.card")


def _read_tokens(workspace: Workspace, latent: int) -> list[ShadedExample]:
    """The tokens of the latent's examples; where the model is not here, one line says so."""
    if not token_reader.is_ready(workspace, latent):
        st.text("Its tokens have not been read yet; the model has to be opened on this machine.")
        if not st.button("Read the tokens", key="features.read"):
            return []
    with st.spinner("Reading the tokens of its examples; the first time opens the model"):
        found = token_reader.examples(workspace, latent)
    if isinstance(found, str):
        st.text(f"Its tokens cannot be shown here: {found}.")
        return []
    return found


def _band(card: LatentCard, there: set[int]) -> int:
    """Which stretch of values is looked at: the strongest examples, or lower bands."""
    names = {
        band.number: f"{band.name}, {reader.level(band.low)} to {reader.level(band.high)}"
        for band in card.bands
        if band.number in there
    }
    bands = list(names)
    if len(bands) < 2:
        return bands[0]
    return st.selectbox(
        "Band of values",
        bands,
        format_func=names.__getitem__,
        key=f"features.band.{card.latent}",
        label_visibility="collapsed",
    )
