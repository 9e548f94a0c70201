"""The inspector of the features page: one latent, what is said of it, and where that leads."""

from __future__ import annotations

import streamlit as st

from core.pipeline.filters import Filter
from core.pipeline.latent_lengths import latent_length
from core.pipeline.latents import LatentCard, latent_card
from core.workspace import Workspace
from pages.components import (
    charts,
    chips,
    feature_detail,
    feature_marks,
    feature_missing,
    feature_near,
    feature_words,
    hues,
    reader,
    shell,
    words,
)
from pages.components.loaders import Chosen

HOW = (
    "Click a point or a line to open a latent: where it fires token by token, who carries it, and "
    "what is near it. A lasso on the map narrows the list."
)
PARTS = ("Where it fires", "Chosen rows", "Near it", "Words")


def show(workspace: Workspace, chosen: Chosen | None, latent: int | None) -> None:
    """The dashboard of the latent in view."""
    if latent is None:
        st.caption(HOW)
        return
    card = latent_card(workspace, latent, chosen.subset if chosen else None)
    st.subheader(f"Latent {latent}", anchor=False)
    feature_marks.show(workspace, "latent", latent)
    feature_marks.select_again(workspace, "latent", chosen)
    _facts(workspace, chosen, card)
    charts.value_histogram(card, key=f"features.values.{latent}")
    _leads(workspace, chosen, card)
    _parts(workspace, chosen, card)


def _facts(workspace: Workspace, chosen: Chosen | None, card: LatentCard) -> None:
    """How often it fires, how strongly, how far it follows length, and who carries it."""
    st.text(
        f"{words.count(card.n_rows, 'row')}, {words.share(card.density, 1)} of the pool; "
        f"largest activation {reader.level(card.maximum)}."
    )
    if chosen is not None:
        st.text(_covered(chosen, card))
    length = latent_length(workspace, card.latent).having
    if length is not None:
        st.caption(
            f"Correlation with length: {length:+.2f}",
            help="Pearson correlation of having it or not with the logarithm of a row's tokens, "
            "over the pool: +1 only long rows have it, 0 length tells nothing.",
        )


def _covered(chosen: Chosen, card: LatentCard) -> str:
    if not card.n_chosen:
        return "Not covered: no chosen row has it."
    if card.sole is not None:
        return f"Covered by row {card.sole:,} alone: without that row it is lost."
    return f"Covered by {card.n_chosen:,} of {words.count(chosen.budget, 'chosen row')}."


def _leads(workspace: Workspace, chosen: Chosen | None, card: LatentCard) -> None:
    """What can be done with it: see its rows, add the row that would bring it."""
    if chosen is not None and not card.n_chosen:
        feature_missing.beside(workspace, chosen, card.latent)
    feature_missing.brought(workspace, card.latent)
    if st.button("Show its rows on the map", key="features.to_map", icon=":material/scatter_plot:"):
        chips.add(workspace, Filter("latent", {"latent": card.latent}))
        hues.ask(card.latent)
        st.switch_page(str(shell.PAGES / "map.py"))


def _parts(workspace: Workspace, chosen: Chosen | None, card: LatentCard) -> None:
    """Its tokens, rows, neighbours and words; only the part that is open is computed."""
    fires, carriers, near, promoted = st.tabs(PARTS, key="features.part", on_change="rerun")
    if fires.open:
        with fires:
            feature_detail.where_it_fires(workspace, chosen, card)
    if carriers.open:
        with carriers:
            feature_detail.carriers(workspace, chosen, card)
    if near.open:
        with near:
            feature_near.latents(workspace, card.latent)
    if promoted.open:
        with promoted:
            feature_words.show(workspace, card.latent)
    feature_detail.read(workspace, chosen)
