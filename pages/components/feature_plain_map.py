"""The map of latents where the browser has no WebGL2: a small figure that answers to the hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core.pipeline.colouring import Groups, Scale
from core.pipeline.latent_map import LatentMap
from core.project.inside import Stroke, rows_inside_strokes
from core.records import Rows
from pages.components import drawing, feature_hues, words
from pages.components.palettes import css, palette

MOST = 5_000
SEED = 0
WHY = "This browser offers no WebGL2, so the map is a plain figure"


def show(placed: LatentMap, found: Groups | Scale, height: int) -> tuple[Rows | None, int | None]:
    """Draw at most MOST latents; gives those inside a lasso, drawn or not, and a clicked place."""
    n = len(placed.latents)
    rows = np.sort(np.random.default_rng(SEED).permutation(n)[:MOST])
    drawn = "" if len(rows) == n else f" of {len(rows):,} of {words.count(n, 'latent')} at random"
    st.caption(words.plain(f"{WHY}{drawn}; a lasso counts all of them. {_legend(found)}"))
    figure, ink = go.Figure(), drawing.ink()
    x, y = np.asarray(placed.coordinates[rows], dtype=np.float64).T
    figure.add_scatter(
        x=x,
        y=y,
        mode="markers",
        customdata=rows,
        marker={"size": 5, **_colours(found, rows)},
        hovertext=[f"latent {latent}" for latent in placed.latents[rows]],
        hoverinfo="text",
    )
    figure.update_layout(
        height=height,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        dragmode="lasso",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        xaxis={"visible": False, "scaleanchor": "y"},
        yaxis={"visible": False},
        font={"color": ink.text},
    )
    key = f"features.plain.{placed.fingerprint}"
    done: Any = st.plotly_chart(
        figure, key=key, on_select="rerun", selection_mode=("points", "lasso", "box")
    )
    return _heard(placed, done["selection"])


def _colours(found: Groups | Scale, rows: Rows) -> dict[str, Any]:
    """Covered in the accent, uncovered grey; numbers on the theme's sequence."""
    inks = palette()
    if isinstance(found, Scale):
        stops = [css(colour) for colour in inks.sequences["viridis"]]
        return {"color": found.values[rows].tolist(), "colorscale": stops}
    names, hues = (*found.names, found.absent), iter(inks.groups[1:])
    of = [
        inks.chosen
        if name in feature_hues.ACCENT
        else inks.pool
        if name in (*feature_hues.GREY, found.absent)
        else next(hues)
        for name in names
    ]
    return {"color": [css(of[label]) for label in found.labels[rows]]}


def _legend(found: Groups | Scale) -> str:
    """What the colours say, in a sentence."""
    if isinstance(found, Scale):
        return f"Colour is {found.title}, {found.low} dark to {found.high} bright."
    sizes = np.bincount(found.labels[found.labels >= 0], minlength=len(found.names)).tolist()
    told = [f"{name} {size:,}" for name, size in zip(found.names, sizes, strict=True)]
    grey = [name for name in found.names if name in feature_hues.GREY]
    return f"{', '.join(told)}" + (f"; grey: {', '.join(grey)}." if grey else ".")


def _heard(placed: LatentMap, selection: Any) -> tuple[Rows | None, int | None]:
    """The latents inside lassos and boxes, or the place of the one that was clicked."""
    outlines = [list(zip(one["x"], one["y"], strict=True)) for one in selection.get("lasso", [])]
    for one in selection.get("box", []):
        (left, right), (low, high) = one["x"], one["y"]
        outlines.append([(left, low), (right, low), (right, high), (left, high)])
    strokes = [
        Stroke(mode="add", points=[[float(x), float(y)] for x, y in outline])
        for outline in outlines
        if len(outline) >= 3
    ]
    if strokes:
        inside = rows_inside_strokes(strokes, placed.coordinates)
        return np.asarray(placed.latents)[inside], None
    points = selection.get("points", [])
    return None, int(np.ravel(points[0]["customdata"])[0]) if len(points) == 1 else None
