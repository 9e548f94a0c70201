"""Features: what the SAE's latents fire on, and which of them the subset covers."""

from __future__ import annotations

import streamlit as st

from core.pipeline.marks import Kind
from core.pipeline.neuron_facts import has_neurons
from core.workspace import Workspace
from pages.components import (
    address,
    feature_list,
    feature_map,
    feature_neurons,
    feature_numbers,
    feature_panel,
    feature_view,
    job_panel,
    layout,
    loaders,
    shell,
    staleness,
    state,
)

KINDS: dict[Kind, str] = {"latent": "Latents", "neuron": "Neurons"}


def main() -> None:
    """The page from top to bottom."""
    workspace = shell.begin(
        "Features",
        "What the model sees in the examples, and how much of it the subset covers.",
        ("A", "add the best row for the uncovered latent under the cursor"),
        ("Z", "take that back"),
    )
    with state.shown_errors():
        job_panel.show(workspace, "extract", "sae", "project", "run")
        if loaders.in_use(workspace, "features") is None:
            nothing_yet(workspace)
        explorer()


def nothing_yet(workspace: Workspace) -> None:
    """What the page will show, and the step that gets there."""
    staleness.stop(workspace, "features", "readings", here="features")
    what = "Here each latent shows the examples and tokens on which it fires."
    if loaders.in_use(workspace, "pool") is None:
        shell.empty(f"{what} It begins with a dataset.", "Read a dataset", "dataset")
    shell.empty(f"{what} A model has to read the examples first.", "Read with a model", "model")


@st.fragment
def explorer() -> None:
    """Everything that answers to the hand: numbers, map, list and dashboard."""
    with state.shown_errors():
        workspace = state.workspace()
        if which(workspace) == "neuron":
            feature_neurons.show(workspace, loaders.chosen(workspace))
        else:
            latents(workspace)


def which(workspace: Workspace) -> Kind:
    """Latents or neurons; a link to a neuron opens the neurons."""
    if not has_neurons(workspace):
        return "latent"
    kinds = list(KINDS)
    address.restored("of", "features.kind", kinds)
    kind: Kind = st.segmented_control(
        "Latents or neurons",
        kinds,
        default="latent",
        required=True,
        format_func=KINDS.__getitem__,
        key="features.kind",
        persist_state="session",
        label_visibility="collapsed",
    )
    address.tell("of", kind if kind == "neuron" else None)
    return kind


def latents(workspace: Workspace) -> None:
    """The coverage map and the list on the left, the latent in view on the right."""
    chosen = loaders.chosen(workspace)
    feature_view.heed_address("latent")
    feature_list.begin(workspace, "latent", chosen)
    feature_numbers.latents(workspace, chosen)
    instrument, inspector = layout.split("features")
    with instrument:
        inside = feature_map.show(workspace, chosen)
        feature_list.show(workspace, "latent", chosen, inside)
    feature_view.tell_address("latent")
    with inspector, feature_view.inspector():
        feature_panel.show(workspace, chosen, feature_view.in_view("latent"))


main()
