"""The neurons of the model, listed and opened as latents are."""

from __future__ import annotations

import streamlit as st

from core.pipeline.neuron_facts import neurons_ready
from core.pipeline.neurons_card import (
    NeuronCard,
    neuron_card,
    neuron_carriers,
    neuron_neighbours,
    neuron_rows,
)
from core.pipeline.neurons_list import neuron_numbers
from core.workspace import Workspace
from pages.components import (
    example_table,
    feature_charts,
    feature_detail,
    feature_list,
    feature_marks,
    feature_near,
    feature_numbers,
    feature_view,
    job_panel,
    layout,
    words,
)
from pages.components.feature_view import ROW
from pages.components.loaders import Chosen

PARTS = ("Strongest rows", "Chosen rows", "Near it")
HOW = "Pick a neuron from the list to see the rows on which it is strongest and what meets it."


def show(workspace: Workspace, chosen: Chosen | None) -> None:
    """Numbers and list on the left, the neuron in view on the right."""
    subset = None if chosen is None else chosen.subset
    if not neurons_ready(workspace, subset):
        _make(workspace)
        return
    feature_view.heed_address("neuron")
    feature_list.begin(workspace, "neuron", chosen)
    numbers = neuron_numbers(workspace, subset)
    feature_numbers.neurons(numbers, chosen)
    listed, inspector = layout.split("neurons")
    with listed:
        feature_list.show(workspace, "neuron", chosen, None)
        st.caption(f"A row has a neuron where it is active: {words.plain(numbers.rule)}.")
    feature_view.tell_address("neuron")
    with inspector, feature_view.inspector():
        neuron = feature_view.in_view("neuron")
        if neuron is None:
            st.caption(HOW)
        else:
            _panel(workspace, chosen, neuron_card(workspace, neuron, subset))


def _make(workspace: Workspace) -> None:
    """Find the active neurons of every row; seconds at 52,000 rows."""
    with st.container(border=True):
        st.markdown("Which neurons are active in each row has to be found once.")
        busy = job_panel.is_busy(workspace)
        if st.button(
            "Find the active neurons", type="primary", key="features.neurons", disabled=busy
        ):
            job_panel.start(workspace, ["neurons"], title="Find the active neurons")


def _panel(workspace: Workspace, chosen: Chosen | None, card: NeuronCard) -> None:
    st.subheader(f"Layer {card.layer}, neuron {card.unit}", anchor=False)
    feature_marks.show(workspace, "neuron", card.neuron)
    feature_marks.select_again(workspace, "neuron", chosen)
    _facts(chosen, card)
    feature_charts.neuron_values(card, key=f"features.values.neuron.{card.neuron}")
    strongest, carriers, near = st.tabs(PARTS, key="features.part.neuron", on_change="rerun")
    subset = None if chosen is None else chosen.subset
    version = f"{card.neuron}.{chosen.fingerprint}.{chosen.budget}" if chosen else f"{card.neuron}"
    if strongest.open:
        with strongest:
            table = neuron_rows(workspace, card.neuron, subset)
            example_table.remembering(table, ROW, key=f"features.strongest.{version}")
    if carriers.open:
        with carriers:
            if subset is None or not card.n_chosen:
                st.text("No chosen row has this neuron.")
            else:
                table = neuron_carriers(workspace, card.neuron, subset)
                example_table.remembering(table, ROW, key=f"features.holders.{version}")
    if near.open:
        with near:
            st.caption("Neurons active in the same rows, by overlap (Jaccard).")
            found = neuron_neighbours(workspace, card.neuron, subset)
            feature_near.leading("neuron", found, f"features.near.neuron.{card.neuron}")
    feature_detail.read(workspace, chosen)


def _facts(chosen: Chosen | None, card: NeuronCard) -> None:
    st.text(f"{words.count(card.n_rows, 'row')} have it, {words.share(card.share, 1)} of the pool.")
    if chosen is not None:
        by = words.count(chosen.budget, "chosen row")
        st.text(f"Covered by {card.n_chosen:,} of {by}." if card.n_chosen else "Not covered.")
    st.caption(
        f"Above 0 in {words.share(card.frequency, 1)} of rows; mean {card.mean:.3g}, variance "
        f"{card.variance:.3g}."
    )
    if card.length is not None:
        st.caption(f"Correlation with length: {card.length:+.2f}")
