"""How a number spreads over one cluster, in front of the pool."""

from __future__ import annotations

import plotly.graph_objects as go

from core.pipeline.cluster_rows import Spread
from pages.components import drawing, words

N_TICKS = 5


def show(spread: Spread, cluster: int, *, key: str) -> None:
    """The pool as grey bars, the cluster as a line in front."""
    ink, figure = drawing.ink(), go.Figure()
    places = list(range(len(spread.pool)))
    bars = [
        f"{words.figure(low)} to {words.figure(high)}"
        for low, high in zip(spread.edges[:-1], spread.edges[1:], strict=True)
    ]
    figure.add_bar(
        x=places,
        y=[100 * share for share in spread.pool],
        width=1.0,
        name="pool",
        marker={"color": ink.pool, "opacity": 0.55, "line": {"width": 0}},
        customdata=bars,
        hovertemplate="%{y:.1f} % at %{customdata}<extra>pool</extra>",
    )
    figure.add_scatter(
        x=places,
        y=[100 * share for share in spread.clusters[cluster]],
        mode="lines",
        name="this cluster" if cluster >= 0 else "noise",
        line={"color": ink.text, "width": 2, "shape": "hvh"},
        customdata=bars,
        hovertemplate="%{y:.1f} % at %{customdata}<extra>cluster</extra>",
    )
    scale = ", log scale" if spread.is_log else ""
    drawing.axes(figure, ink, x=f"{drawing.safe(spread.name)}, {spread.unit}{scale}", y="% of rows")
    at = [round(step * len(places) / (N_TICKS - 1)) for step in range(N_TICKS)]
    figure.update_xaxes(
        tickvals=[one - 0.5 for one in at],
        ticktext=[words.figure(float(spread.edges[one]), 2 if spread.is_log else 3) for one in at],
    )
    figure.update_yaxes(rangemode="tozero", nticks=4)
    figure.update_layout(
        bargap=0,
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"},
    )
    own, pool = spread.medians[cluster], spread.median
    medians = f"{words.figure(own)} {spread.unit} in the cluster, {words.figure(pool)} in the pool"
    drawing.show(figure, key, 200, top=28, alt=f"Median {medians}.")
