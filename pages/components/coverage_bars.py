"""Bars and dots of the coverage page: bands of density, parts of the pool, the next rows."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from core.pipeline.coverage_bands import DensityBand
from core.pipeline.coverage_parts import Part
from core.pipeline.next_rows import NextRows
from pages.components import drawing, words
from pages.components.drawing import FONT, Ink

LETTERS = 34  # of a part's name


def density_bands(bands: Sequence[DensityBand], *, key: str) -> None:
    """Share of each band that is covered: bars for the subset, a tick with its range for chance."""
    ink, figure = drawing.ink(), go.Figure()
    y = [_name(band) for band in bands]
    own = [100 * band.n_covered / band.n_latents for band in bands]
    figure.add_bar(
        orientation="h",
        y=y,
        x=own,
        width=0.5,
        marker={"color": ink.chosen},
        hovertemplate="subset: %{x:.1f} %<extra></extra>",
    )
    at_random = [100 * band.n_covered_at_random / band.n_latents for band in bands]
    figure.add_scatter(
        y=y,
        x=at_random,
        mode="markers+text",
        marker={"symbol": "line-ns", "size": 34,
                "line": {"width": 3, "color": ink.text}},
        text=[f"random {words.share(one.n_covered_at_random, one.n_latents)}" for one in bands],
        textposition=["bottom left" if share > 50 else "bottom right" for share in at_random],
        textfont={"color": ink.text, "size": FONT},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [100 * (one.most_at_random - one.n_covered_at_random) / one.n_latents
                      for one in bands],
            "arrayminus": [100 * (one.n_covered_at_random - one.least_at_random) / one.n_latents
                           for one in bands],
            "color": ink.text,
        },
        hovertemplate="random, mean of 5 draws: %{x:.1f} %<extra></extra>",
    )  # fmt: skip
    for band in bands:
        figure.add_annotation(
            x=1, xref="paper", xanchor="left", xshift=8, y=_name(band), text=_missed(band),
            showarrow=False, font={"color": ink.chosen, "size": FONT},
        )  # fmt: skip
    drawing.axes(figure, ink, x="% of the latents of the band covered", y="")
    figure.update_xaxes(range=[0, 103], tickvals=[0, 25, 50, 75, 100], showgrid=True)
    figure.update_yaxes(range=[len(bands) - 0.3, -0.5], showgrid=False)
    told = "; ".join(f"{one.name}: {_missed(one)}" for one in bands)
    drawing.show(
        figure, key, 60 + 62 * len(bands), right=168, alt=f"Coverage by density band. {told}."
    )


def parts(found: Sequence[Part], *, key: str) -> None:
    """Share of each part's latents that its chosen rows have, and what random rows would have."""
    ink, figure = drawing.ink(), go.Figure()
    places = list(range(len(found)))
    own = [_share(part.n_covered, part) for part in found]
    chance = [_share(part.n_covered_at_random, part) for part in found]
    figure.add_scatter(
        x=[x for pair in zip(own, chance, [None] * len(found), strict=True) for x in pair],
        y=[y for place in places for y in (place, place, None)],
        mode="lines",
        line={"color": ink.line, "width": 3},
        hoverinfo="skip",
    )
    for name, x, colour, symbol in (
        ("random, mean of 5 draws", chance, ink.pool, "diamond-open"),
        ("subset", own, ink.chosen, "circle"),
    ):
        figure.add_scatter(
            x=x,
            y=places,
            mode="markers",
            name=name,
            marker={
                "color": colour,
                "size": 10,
                "symbol": symbol,
                "line": {"width": 2, "color": colour},
            },
            customdata=[[one.n_chosen, one.n_random, one.n_rows] for one in found],
            hovertemplate="%{x:.1f} % covered; %{customdata[0]:,} chosen, "
            "%{customdata[1]:.0f} at random, of %{customdata[2]:,} rows<extra></extra>",
            showlegend=True,
        )
    figure.data[0].showlegend = False
    figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"},
    )
    drawing.axes(figure, ink, x="% of the part's own latents covered by its chosen rows", y="")
    figure.update_yaxes(
        tickvals=places, ticktext=[_short(one.name) for one in found],
        range=[len(found) - 0.4, -0.6], showgrid=False,
    )  # fmt: skip
    figure.update_xaxes(rangemode="tozero", showgrid=True)
    drawing.show(figure, key, 76 + 25 * len(found), top=34, alt="Coverage of each part.")


def next_gains(found: NextRows, budget: int, *, key: str) -> None:
    """New latents of each next row along the order, and of the greedy best on top of the subset."""
    ink, figure = drawing.ink(), go.Figure()
    first = budget + 1
    along = found.shown
    picks = list(range(first, first + len(found.best)))
    if along is not None:
        figure.add_bar(
            x=picks,
            y=along.tolist(),
            marker={"color": ink.chosen, "line": {"width": 0}},
            hovertemplate="pick %{x:,}: %{y:,} new latents<extra></extra>",
        )
    if not found.begins_anew:
        _best(figure, found, picks, ink, alone=along is None)
    drawing.axes(figure, ink, x="pick", y="latents new to the round" if found.begins_anew
                 else "new latents")  # fmt: skip
    figure.update_xaxes(tickformat=",d", range=[first - 0.5, picks[-1] + 0.5])
    top = max(int(found.best.max()), int(along.max()) if along is not None else 0)
    figure.update_yaxes(rangemode="tozero", tickformat=",d", dtick=1 if top <= 6 else None)
    figure.update_layout(bargap=0.15)
    drawing.show(figure, key, 250, top=24, alt="New latents of each next row.")


def _best(
    figure: go.Figure, found: NextRows, picks: Sequence[int], ink: Ink, *, alone: bool
) -> None:
    figure.add_scatter(
        x=list(picks),
        y=found.best.tolist(),
        mode="lines",
        line={"color": ink.text, "width": 2, "shape": "hvh", "dash": "solid" if alone else "dash"},
        hovertemplate="greedy on top, pick %{x:,}: %{y:,} new latents<extra></extra>",
    )
    figure.add_annotation(
        x=picks[0], y=int(found.best[0]), xanchor="left", yanchor="bottom", xshift=4,
        text="greedy on top of the subset", showarrow=False,
        font={"color": ink.text, "size": FONT},
    )  # fmt: skip


def _missed(band: DensityBand) -> str:
    share = words.share(band.n_covered, band.n_latents)
    return f"{share}, {'none' if not band.n_missed else f'{band.n_missed:,}'} missed"


def _name(band: DensityBand) -> str:
    return f"{band.name}, {words.count(band.n_latents, 'latent')}"


def _share(covered: float, part: Part) -> float:
    return 100 * covered / max(part.n_latents, 1)


def _short(name: str) -> str:
    return drawing.safe(name if len(name) <= LETTERS else f"{name[: LETTERS - 1]}…")
