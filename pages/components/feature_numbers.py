"""The numbers above the map: what there is, what never fires, and what the subset covers."""

from __future__ import annotations

import streamlit as st

from core.pipeline.latents import feature_numbers
from core.pipeline.neurons_list import NeuronNumbers
from core.workspace import Workspace
from pages.components import figures, measured, words
from pages.components.loaders import Chosen


def latents(workspace: Workspace, chosen: Chosen | None) -> None:
    """Coverage beside random rows first, then what it is counted in."""
    found = feature_numbers(workspace, chosen.subset if chosen else None)
    cells = iter(st.columns(4))
    if chosen is not None and found.n_covered is not None:
        at_random = measured.baselines(workspace, chosen.budget)["random"]
        figures.beside(
            next(cells),
            "Covered",
            words.share(found.n_covered, found.n_reachable),
            f"random: {words.share(at_random, found.n_reachable)}",
            about=f"Share of the {found.n_reachable:,} reachable latents that at least one of "
            f"{words.count(chosen.budget, 'chosen row')} has; random is as many rows drawn "
            "uniformly. Higher is better.",
        )
        figures.beside(
            next(cells),
            "Not covered",
            words.count(found.n_reachable - found.n_covered),
            "have a row to add",
            about="Reachable latents that no chosen row has; the list of the uncovered ones names "
            "the row to add for each.",
        )
    figures.beside(
        next(cells),
        "Reachable",
        words.count(found.n_reachable),
        f"of {words.count(found.n_latents, 'latent')}",
        about="Latents that at least one row of the pool has: what a subset can cover at all.",
    )
    figures.beside(
        next(cells),
        "Dead",
        words.share(found.n_dead, found.n_latents),
        words.count(found.n_dead, "latent"),
        about="Share of all latents that no row of this pool has. They may fire on other text.",
    )


def neurons(found: NeuronNumbers, chosen: Chosen | None) -> None:
    """The same for neurons."""
    cells = iter(st.columns(4))
    if chosen is not None and found.n_covered is not None:
        figures.beside(
            next(cells),
            "Covered",
            words.share(found.n_covered, found.n_reachable),
            f"by {words.count(chosen.budget, 'row')}",
            about=f"Share of the {found.n_reachable:,} neurons among the active ones of at least "
            "one row which at least one chosen row has among its own. Higher is better.",
        )
    figures.beside(
        next(cells),
        "Reachable",
        words.count(found.n_reachable),
        f"of {words.count(found.n_neurons, 'neuron')}",
        about=f"Active in at least one row of the pool. Active are {found.rule}.",
    )
    figures.beside(next(cells), "Layers", words.count(found.n_layers), "read by the model")
    figures.beside(
        next(cells),
        "Dropped",
        words.count(found.n_dropped),
        "in nearly every row",
        about="Neurons that nearly every row has tell no rows apart; they count for nothing.",
    )
