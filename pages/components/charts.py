"""Small charts with one meaning a colour: subset in the accent, random dashed, longest dotted."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import plotly.graph_objects as go

from core.pipeline.distributions import Histogram
from core.pipeline.latents import DensityBins, LatentCard
from core.pipeline.representation import GroupShare
from core.pipeline.scores import MetricLine, Series
from pages.components import drawing
from pages.components.drawing import Ink

DASHES = {"random": "dash", "longest": "dot"}


def metric_curve(series: Series, line: MetricLine, *, key: str) -> None:
    """A metric against the number of rows, at the budgets where it was computed."""
    ink, figure = drawing.ink(), go.Figure()
    for who, metrics in reversed(series.values.items()):
        own = who == "subset"
        figure.add_scatter(
            x=list(series.budgets),
            y=list(metrics.get(line.name, ())),
            mode="lines+markers",
            name=who,
            marker={"size": 6, "color": ink.chosen if own else ink.pool},
            line={
                "color": ink.chosen if own else ink.pool,
                "width": 3 if own else 2,
                "dash": "solid" if own else DASHES[who],
            },
            hovertemplate=f"%{{x:,}} rows: %{{y:.4g}}<extra>{who}</extra>",
        )
    drawing.axes(figure, ink, x="rows chosen, log scale", y=drawing.safe(line.title))
    figure.update_xaxes(type="log", tickformat=",d", dtick=1)
    figure.update_layout(
        showlegend=True, legend={"orientation": "h", "y": 1.0, "yanchor": "bottom"}
    )
    drawing.show(figure, key, 300, top=30, alt=f"{line.title} against the number of rows.")


def density_histogram(bins: DensityBins, *, key: str) -> None:
    """Latents by the share of the pool that has them, on a log axis."""
    ink, figure = drawing.ink(), go.Figure()
    bars = list(pairwise(bins.edges))
    figure.add_bar(
        x=[(low + high) / 2 for low, high in bars],
        y=bins.counts.tolist(),
        width=[high - low for low, high in bars],
        marker={"color": ink.pool, "line": {"width": 1, "color": ink.surface}},
        customdata=[
            f"{drawing.as_share(10**low)} to {drawing.as_share(10**high)}" for low, high in bars
        ],
        hovertemplate="%{y:,} latents on %{customdata} of rows<extra></extra>",
    )
    drawing.axes(figure, ink, x="share of rows, log scale", y="latents")
    powers = range(int(bins.edges[0] // 1), 1)
    figure.update_xaxes(
        tickvals=list(powers), ticktext=[drawing.as_share(10.0**power) for power in powers]
    )
    figure.update_yaxes(rangemode="tozero", tickformat=",d")
    drawing.show(
        figure, key, 220, alt=f"Histogram of the density of {bins.counts.sum():,} latents."
    )


def value_histogram(card: LatentCard, *, key: str) -> None:
    """Rows by their value of one latent: the pool in grey, the chosen ones in the accent."""
    ink, figure = drawing.ink(), go.Figure()
    pairs = list(pairwise(card.edges.tolist()))
    centres = [(low + high) / 2 for low, high in pairs]
    for name, counts, colour in (
        ("pool", card.counts, ink.pool),
        ("chosen", card.chosen_counts, ink.chosen),
    ):
        figure.add_bar(
            x=centres,
            y=counts.tolist(),
            width=[high - low for low, high in pairs],
            name=name,
            marker={"color": colour, "line": {"width": 0}},
            hovertemplate=f"%{{y:,}} rows at %{{x:.3g}}<extra>{name}</extra>",
        )
    figure.update_layout(barmode="overlay")
    drawing.axes(figure, ink, x="largest activation in the row", y="rows")
    figure.update_yaxes(rangemode="tozero", tickformat=",d")
    _bands(figure, card, ink)
    drawing.show(
        figure, key, 210, top=22, alt=f"Values of latent {card.latent} on {card.n_rows:,} rows."
    )


def features_histogram(features: Histogram, *, key: str) -> None:
    """Rows of the pool by how many features they have, with the median marked."""
    ink, figure = drawing.ink(), go.Figure()
    edges = features.edges.tolist()
    figure.add_bar(
        x=[(low + high - 1) / 2 for low, high in pairwise(edges)],
        y=features.counts.tolist(),
        width=[high - low for low, high in pairwise(edges)],
        marker={"color": ink.pool, "line": {"width": 1, "color": ink.surface}},
        customdata=features.labels,
        hovertemplate="%{y:,} rows have %{customdata} features<extra></extra>",
    )
    drawing.axes(figure, ink, x="features of the row", y="rows of the pool")
    figure.update_xaxes(rangemode="tozero", tickformat=",d")
    figure.update_yaxes(range=[0, 1.2 * int(features.counts.max())], tickformat=",d")
    figure.add_vline(
        x=features.median,
        line={"color": ink.text, "width": 1},
        annotation={"text": f"median {features.median:,.0f}", "font": {"color": ink.text}},
    )
    drawing.show(
        figure, key, 260, top=24, alt=f"Rows by features; the median is {features.median:,.0f}."
    )


def share_bars(groups: Sequence[GroupShare], *, key: str) -> None:
    """Each group's share of the subset above its share of the pool, as bars from zero."""
    ink, figure = drawing.ink(), go.Figure()
    places = list(range(len(groups)))
    for name, shares, colour in (
        ("share of pool", [group.pool for group in groups], ink.pool),
        ("share of subset", [group.subset for group in groups], ink.chosen),
    ):
        figure.add_bar(
            orientation="h",
            y=places,
            x=[100 * share for share in shares],
            name=name,
            marker={"color": colour, "line": {"width": 0}},
            hovertemplate=f"%{{x:.2g}} % {name[5:]}<extra></extra>",
        )
    figure.update_layout(
        barmode="group",
        bargap=0.28,
        bargroupgap=0.0,
        showlegend=True,
        legend={
            "orientation": "h",
            "x": 0,
            "y": 1.0,
            "yanchor": "bottom",
            "traceorder": "reversed",
        },
    )
    drawing.axes(figure, ink, x="% of rows", y="")
    names = [drawing.safe(group.name) for group in groups]
    figure.update_yaxes(tickvals=places, ticktext=names, autorange="reversed", showgrid=False)
    figure.update_xaxes(rangemode="tozero", showgrid=True)
    drawing.show(
        figure, key, 70 + 26 * len(groups), top=30, alt="Share of subset and pool a cluster."
    )


def _bands(figure: go.Figure, card: LatentCard, ink: Ink) -> None:
    """Where the strongest rows end and each band below begins."""
    for band in card.bands[:-1]:
        figure.add_vline(x=band.low, line={"color": ink.line, "width": 1, "dash": "dot"})
