"""How every chart is drawn: the theme's colours, quiet axes with units, no tools over the data."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import streamlit as st

FONT = 13  # px


@dataclass(frozen=True, slots=True)
class Ink:
    """The theme's colours as charts use them."""

    chosen: str
    pool: str
    text: str
    line: str
    surface: str


def ink() -> Ink:
    """The colours of the theme in which the page is seen."""
    kind = "dark" if st.context.theme.type == "dark" else "light"

    def colour(name: str) -> str:
        return str(st.get_option(f"theme.{kind}.{name}"))

    return Ink(
        chosen=colour("linkColor"),  # the accent as it stands on the surface
        pool=colour("grayColor"),
        text=colour("textColor"),
        line=colour("borderColor"),
        surface=colour("backgroundColor"),
    )


def axes(figure: go.Figure, ink: Ink, *, x: str, y: str) -> None:
    """Both axes with their units; nothing can be zoomed."""
    quiet = {"size": FONT, "color": ink.text}
    shared: dict[str, Any] = {
        "gridcolor": ink.line,
        "linecolor": ink.line,
        "zerolinecolor": ink.line,
        "tickfont": quiet,
        "fixedrange": True,
    }
    figure.update_xaxes(title={"text": x, "font": quiet}, showgrid=False, showline=True, **shared)
    figure.update_yaxes(title={"text": y, "font": quiet}, showgrid=True, **shared)


def show(
    figure: go.Figure, key: str, height: int, *, alt: str, right: int = 12, top: int = 8
) -> None:
    """Put the figure on the page; `alt` says in words what it shows."""
    figure.update_layout(
        height=height,
        margin={"l": 4, "r": right, "t": top, "b": 4},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        hoverlabel={"align": "left"},
    )
    if figure.layout.showlegend is None:
        figure.update_layout(showlegend=False)
    figure.update_xaxes(automargin=True)
    figure.update_yaxes(automargin=True)
    st.plotly_chart(
        figure,
        key=key,
        height=height,
        alt=alt,
        config={"displayModeBar": False, "scrollZoom": False, "doubleClick": False},
    )


def as_share(share: float) -> str:
    """A share as per cent with as few digits as it needs: '0.1 %'."""
    return f"{100 * share:.2g} %"


def safe(text: str) -> str:
    """Plotly reads a little HTML in names and hover texts; in ours there is none."""
    return html.escape(text, quote=False)
