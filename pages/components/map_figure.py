"""A map as a Plotly figure: for browsers without WebGL2, and as a file that needs nothing else."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.pipeline.colouring import Scale
from core.pipeline.map_drawing import (
    Drawing,
    Palette,
    density_layer,
    legend,
    mark_colour,
    row_colours,
)
from core.records import Floats, Rows
from pages.components.drawing import FONT, safe
from pages.components.palettes import css

DENSITY = (480, 360)  # pixels of the shading
SIZE, CHOSEN_SIZE = 4, 7  # px
NEW_LINE = "<br>"


def map_figure(
    drawing: Drawing,
    palette: Palette,
    rows: Rows,
    *,
    texts: Sequence[str] = (),
    on_card: bool = False,
) -> go.Figure:
    """The rows as points over the density of all; `texts` say what each of `rows` begins with.

    Each point's customdata is its row. `on_card` draws through WebGL, which a file of tens of
    thousands of points needs; without it the points are plain SVG.
    """
    figure = go.Figure()
    _shade(figure, drawing, palette)
    is_chosen = drawing.is_chosen[rows]
    said = np.array([safe(text) for text in texts] or [""] * len(rows), dtype=object)
    draw = figure.add_scattergl if on_card else figure.add_scatter
    for part, look in ((~is_chosen, _pool_look), (is_chosen, _chosen_look)):
        draw(
            x=drawing.points[rows[part], 0],
            y=drawing.points[rows[part], 1],
            mode="markers",
            customdata=rows[part],
            text=said[part],
            hovertemplate="row %{customdata:,}<br>%{text}<extra></extra>",
            showlegend=False,
            marker=look(drawing, palette, row_colours(drawing, palette)[rows[part]]),
        )
    _legend(figure, drawing, palette)
    _frame(figure, drawing, palette)
    return figure


def html_file(figure: go.Figure) -> bytes:
    """The figure as one file that opens offline; Plotly's own script is in it."""
    text: str = figure.to_html(include_plotlyjs=True, full_html=True, config={"scrollZoom": True})
    return text.encode()


def _pool_look(_drawing: Drawing, _palette: Palette, colours: Floats) -> dict[str, Any]:
    return {"size": SIZE, "opacity": 0.55, "color": _coded(colours)}


def _chosen_look(drawing: Drawing, palette: Palette, colours: Floats) -> dict[str, Any]:
    """Filled with the accent; where colour says something else, ringed in ink."""
    if drawing.shade is None:
        line = {"width": 1, "color": css(palette.surface)}
        return {"size": CHOSEN_SIZE, "color": css(palette.chosen), "line": line}
    line = {"width": 1, "color": css(mark_colour(drawing, palette))}
    return {"size": CHOSEN_SIZE, "color": _coded(colours), "line": line}


def _coded(colours: Floats) -> list[str]:
    """Colours as text; few are distinct, so each is written once."""
    whole = np.round(255 * colours).astype(np.int64) @ np.array([65536, 256, 1])
    distinct, places = np.unique(whole, return_inverse=True)
    return np.array([f"#{number:06x}" for number in distinct], dtype=object)[places].tolist()


def _legend(figure: go.Figure, drawing: Drawing, palette: Palette) -> None:
    """A line for each colour; a scale has two ends."""
    for entry in legend(drawing, palette):
        figure.add_scatter(
            x=[None],
            y=[None],
            mode="markers",
            name=safe(entry.text),
            marker={"size": 9, "color": css(entry.colour)},
            hoverinfo="skip",
        )
    if isinstance(drawing.shade, Scale):
        figure.update_layout(legend_title_text=safe(drawing.shade.title))


def _shade(figure: go.Figure, drawing: Drawing, palette: Palette) -> None:
    if not len(drawing.points):
        return
    low, high = drawing.points.min(axis=0), drawing.points.max(axis=0)
    width, height = DENSITY
    scale = min(width / max(high[0] - low[0], 1e-9), height / max(high[1] - low[1], 1e-9))
    centre, size = (low + high) / 2, np.array(DENSITY) / scale
    figure.add_layout_image(
        source=_as_png(density_layer(drawing, palette, width, height)),
        xref="x",
        yref="y",
        x=float(centre[0] - size[0] / 2),
        y=float(centre[1] + size[1] / 2),
        sizex=float(size[0]),
        sizey=float(size[1]),
        sizing="stretch",
        layer="below",
    )


def _as_png(layer: Floats) -> str:
    from PIL import Image

    written = io.BytesIO()
    Image.fromarray((np.clip(layer, 0, 1) * 255).astype(np.uint8)).save(written, format="PNG")
    return f"data:image/png;base64,{base64.b64encode(written.getvalue()).decode()}"


def _frame(figure: go.Figure, drawing: Drawing, palette: Palette) -> None:
    axis = {"visible": False, "showgrid": False, "zeroline": False}
    figure.update_xaxes(**axis)
    figure.update_yaxes(**axis, scaleanchor="x")
    caption = NEW_LINE.join(safe(line) for line in drawing.caption.splitlines())
    figure.update_layout(
        title={"text": safe(drawing.title), "x": 0.02},
        paper_bgcolor=css(palette.surface),
        plot_bgcolor=css(palette.surface),
        font={"color": css(palette.ink), "size": FONT},
        legend={"itemsizing": "constant"},
        margin={"l": 8, "r": 8, "t": 48, "b": 48},
        dragmode="pan",
        uirevision="kept",
        annotations=[
            {
                "text": caption, "showarrow": False, "xref": "paper", "yref": "paper",
                "x": 0, "y": -0.02, "yanchor": "top", "align": "left",
            }
        ],
    )  # fmt: skip
