"""Labels at the ends of curves: whose each is and what it reaches, never on each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from pages.components import drawing
from pages.components.drawing import FONT, Ink

GAP = 6.0  # per cent of the axis between two labels
SIDE = 190  # px beside the axes for the labels
LETTERS = 20  # of a name
TOP = 103.0  # per cent


@dataclass(frozen=True, slots=True)
class End:
    """The label of a line: its name, the share it reaches, and its colour."""

    name: str
    height: float
    colour: str
    strong: bool = False
    note: str = ""  # where it ends, if before the axis does
    sign: str = "■"


def draw(figure: go.Figure, ends: Sequence[End], ink: Ink) -> None:
    """Names at the right, moved apart where they would lie on each other."""
    heights = spaced([one.height for one in ends])
    for one, height in zip(ends, heights, strict=True):
        name = one.name if len(one.name) <= LETTERS else f"{one.name[: LETTERS - 1]}…"
        name += one.note
        text = f"{one.height:.0f} % {drawing.safe(name)}"
        figure.add_annotation(
            x=1,
            xref="paper",
            xanchor="left",
            xshift=8,
            y=height,
            text=f'<span style="color:{one.colour}">{one.sign}</span> {text}',
            hovertext=drawing.safe(one.name),
            showarrow=False,
            font={"color": one.colour if one.strong else ink.text, "size": FONT},
        )


def spaced(heights: Sequence[float]) -> list[float]:
    """The same heights moved apart: upwards first, then down from the top."""
    order = sorted(range(len(heights)), key=lambda at: heights[at])
    placed = list(heights)
    below = -GAP
    for at in order:
        placed[at] = below = max(heights[at], below + GAP)
    above = TOP + GAP
    for at in reversed(order):
        placed[at] = above = min(placed[at], above - GAP)
    return placed
