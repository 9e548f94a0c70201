"""Dots of the compare page: each subset's coverage of a band or a part, on one axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from core.pipeline.comparison_members import Member
from pages.components import drawing
from pages.components.compare_look import looks

LETTERS = 34  # of a part's name
HEIGHT = 30  # px a line
ABOVE = 62  # px for the names and the axis


@dataclass(frozen=True, slots=True)
class Dots:
    """One line of the chart: its name, and a share and a remark for each subset."""

    name: str
    shares: tuple[float, ...]  # per cent
    told: tuple[str, ...]  # for hovering


def show(lines: Sequence[Dots], members: Sequence[Member], *, axis: str, key: str) -> None:
    """Dots of each subset along each line, joined from the least to the most."""
    ink, figure = drawing.ink(), go.Figure()
    places = list(range(len(lines)))
    ends = [(min(one.shares), max(one.shares)) for one in lines]
    figure.add_scatter(
        x=[x for low, high in ends for x in (low, high, None)],
        y=[y for place in places for y in (place, place, None)],
        mode="lines",
        line={"color": ink.line, "width": 3},
        hoverinfo="skip",
        showlegend=False,
    )
    drawn = list(enumerate(zip(members, looks(members, ink), strict=True)))
    for at, (one, look) in sorted(drawn, key=lambda item: item[1][0].own):
        figure.add_scatter(
            x=[line.shares[at] for line in lines],
            y=places,
            mode="markers",
            name=drawing.safe(one.name),
            legendrank=at,
            marker={
                "color": look.colour,
                "size": 12 if one.own else 10,
                "symbol": look.mark,
                "line": {"width": 2, "color": look.colour},
            },
            customdata=[drawing.safe(line.told[at]) for line in lines],
            hovertemplate=f"{drawing.safe(one.name)}: %{{x:.1f}} %, %{{customdata}}<extra></extra>",
        )
    figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "traceorder": "normal"},
    )
    drawing.axes(figure, ink, x=axis, y="")
    figure.update_yaxes(
        tickvals=places, ticktext=[_short(one.name) for one in lines],
        range=[len(lines) - 0.4, -0.6], showgrid=False,
    )  # fmt: skip
    figure.update_xaxes(range=[0, 103], tickvals=[0, 25, 50, 75, 100], showgrid=True)
    told = "; ".join(
        f"{one.name}: " + ", ".join(f"{m.name} {s:.0f} %" for m, s in zip(members, one.shares,
                                                                       strict=True))
        for one in lines[:3]
    )  # fmt: skip
    drawing.show(figure, key, ABOVE + 34 + HEIGHT * len(lines), top=34, alt=f"{axis}. {told}.")


def _short(name: str) -> str:
    return drawing.safe(name if len(name) <= LETTERS else f"{name[: LETTERS - 1]}…")
