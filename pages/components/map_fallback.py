"""The map where the browser has no WebGL2: a sample of points over the density of all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from core.pipeline.map_drawing import Drawing, fair_sample
from core.project.inside import Stroke
from core.records import Rows
from pages.components import words
from pages.components.map import Budget, MapEvent
from pages.components.map_figure import map_figure
from pages.components.palettes import palette

MOST = 5_000
"""Points that SVG draws and lets one pick from without stalling."""

WHY = (
    "This browser offers no WebGL2, which the live map is drawn with. Hardware acceleration or a "
    "current browser brings it back."
)


def show(
    drawing: Drawing,
    *,
    texts: Callable[[Rows], Sequence[str]],
    budget: Budget | None,
    version: str,
    key: str,
) -> MapEvent:
    """Draw the map and return what was done on it, in the live map's own terms.

    A lasso or a box encloses the rows of the whole pool, drawn or not; `version` names what is
    drawn, so that a mark on other points is forgotten.
    """
    rows = fair_sample(drawing, MOST)
    st.caption(f"{WHY} {_sampled(len(rows), len(drawing.points))}")
    asked = None if budget is None else _budget(budget, key)
    figure = map_figure(drawing, palette(), rows, texts=texts(rows))
    figure.update_layout(height=560, title=None, dragmode="lasso")
    done: Any = st.plotly_chart(
        figure,
        key=f"{key}.{version}",
        on_select="rerun",
        selection_mode=("points", "lasso", "box"),
        config={"displaylogo": False, "modeBarButtonsToRemove": ["toImage"]},
    )
    selection = done["selection"]
    strokes = tuple(_strokes(selection))
    return MapEvent(strokes, None if strokes else _row(selection), asked, webgl=False)


def _sampled(n_drawn: int, n_rows: int) -> str:
    if n_drawn == n_rows:
        return "Every example is drawn."
    return (
        f"{n_drawn:,} of {words.count(n_rows, 'example')} are drawn as points, at random with half "
        "the room for chosen ones; all of them count in the shading and in a lasso."
    )


def _budget(limits: Budget, key: str) -> int:
    return int(
        st.slider(
            "Budget, rows",
            limits.minimum,
            max(limits.maximum, limits.minimum + 1),
            limits.value,
            limits.step,
            key=f"{key}.budget.{limits.value}",
        )
    )


def _strokes(selection: Any) -> list[Stroke]:
    """Lassos as they are, boxes by their corners; the first replaces, the others add."""
    outlines = [list(zip(one["x"], one["y"], strict=True)) for one in selection.get("lasso", [])]
    for one in selection.get("box", []):
        (left, right), (low, high) = one["x"], one["y"]
        outlines.append([(left, low), (right, low), (right, high), (left, high)])
    return [
        Stroke(mode="add" if at else "replace", points=[[float(x), float(y)] for x, y in outline])
        for at, outline in enumerate(outlines)
        if len(outline) >= 3
    ]


def _row(selection: Any) -> int | None:
    """The row of a single point that was clicked."""
    points = selection.get("points", [])
    if len(points) != 1:
        return None
    row = points[0].get("customdata")
    return int(row[0] if isinstance(row, list | tuple) else row)
