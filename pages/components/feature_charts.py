"""The charts of the features page that no other page has."""

from __future__ import annotations

from itertools import pairwise

import plotly.graph_objects as go

from core.pipeline.neurons_card import NeuronCard
from pages.components import drawing


def neuron_values(card: NeuronCard, *, key: str) -> None:
    """Rows by their stored value of a neuron: the pool in grey, the chosen ones in the accent."""
    ink, figure = drawing.ink(), go.Figure()
    pairs = list(pairwise(card.edges.tolist()))
    for name, counts, colour in (
        ("pool", card.counts, ink.pool),
        ("chosen", card.chosen_counts, ink.chosen),
    ):
        figure.add_bar(
            x=[(low + high) / 2 for low, high in pairs],
            y=counts.tolist(),
            width=[high - low for low, high in pairs],
            name=name,
            marker={"color": colour, "line": {"width": 0}},
            hovertemplate=f"%{{y:,}} rows at %{{x:.3g}}<extra>{name}</extra>",
        )
    figure.update_layout(barmode="overlay")
    drawing.axes(figure, ink, x="stored value in the row", y="rows")
    figure.update_yaxes(rangemode="tozero", tickformat=",d")
    alt = f"Values of neuron {card.layer}.{card.unit} on {card.n_stored:,} rows."
    drawing.show(figure, key, 210, alt=alt)
