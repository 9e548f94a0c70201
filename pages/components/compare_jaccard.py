"""How alike the subsets are in pairs: Jaccard, and what random subsets so large would have."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from pages.components import drawing
from pages.components.compare_scene import Scene
from pages.components.palettes import css, hexed, mixed

ABOUT = (
    "Jaccard |A and B| / |A or B|, 0 to 1: rows of both by rows of either. Neither high nor low is "
    "better. In brackets the mean of random subsets of the same sizes (overlaps are "
    "hypergeometric): well above it two subsets agree, well below it they avoid each other."
)
LETTERS = 14


def show(scene: Scene) -> None:
    """The matrix as a small heat map with its numbers written in."""
    ink, figure = drawing.ink(), go.Figure()
    n = len(scene.members)
    names = [_short(one.name) for one in scene.members]
    jaccard, chance = scene.overlap.jaccard.tolist(), scene.overlap.chance.tolist()
    low, high = (
        css(mixed(hexed(ink.surface), hexed(ink.pool), 0.06)),
        css(mixed(hexed(ink.surface), hexed(ink.pool), 0.55)),
    )
    figure.add_heatmap(
        z=[[jaccard[a][b] if a != b else None for b in range(n)] for a in range(n)],
        x=list(range(n)),
        y=list(range(n)),
        text=[[_cell(jaccard[a][b], chance[a][b]) if a != b else "" for b in range(n)]
              for a in range(n)],
        texttemplate="%{text}",
        textfont={"size": 12 if n > 4 else drawing.FONT, "color": ink.text},
        colorscale=[low, high],
        zmin=0,
        zmax=1,
        xgap=2,
        ygap=2,
        showscale=False,
        hoverinfo="skip",
    )  # fmt: skip
    drawing.axes(figure, ink, x="", y="")
    figure.update_xaxes(tickvals=list(range(n)), ticktext=names, side="top", showline=False,
                        tickangle=-35 if n > 3 else 0)  # fmt: skip
    figure.update_yaxes(
        tickvals=list(range(n)), ticktext=names, autorange="reversed", showgrid=False
    )
    drawing.show(
        figure, f"compare.jaccard.{scene.version}", 96 + 42 * n, right=44, alt=_in_words(scene)
    )


def heading() -> None:
    """What the matrix is, with its definition."""
    st.subheader("Alike in pairs", anchor=False, help=ABOUT)


def _cell(value: float, chance: float) -> str:
    return f"{value:.2f}<br>({chance:.2f})"


def _short(name: str) -> str:
    return drawing.safe(name if len(name) <= LETTERS else f"{name[: LETTERS - 1]}…")


def _in_words(scene: Scene) -> str:
    names = [one.name for one in scene.members]
    pairs = [
        f"{names[a]} and {names[b]} {scene.overlap.jaccard[a, b]:.2f}, by chance "
        f"{scene.overlap.chance[a, b]:.2f}"
        for a in range(len(names))
        for b in range(a + 1, len(names))
    ]
    return "Jaccard: " + "; ".join(pairs)
