"""Small multiples of length: histograms of three groups of rows, and tokens against latents."""

from __future__ import annotations

from itertools import pairwise

import plotly.graph_objects as go
import streamlit as st
from plotly.subplots import make_subplots

from core.pipeline.length_check import Density
from core.pipeline.length_spread import LengthSpread
from pages.components import drawing
from pages.components.drawing import FONT, Ink

ORDER = ("subset", "random", "pool")


def histograms(spread: LengthSpread, *, key: str) -> None:
    """Shares of rows by response words, one row of bars a group, on one axis."""
    ink = drawing.ink()
    figure = make_subplots(rows=len(ORDER), cols=1, shared_xaxes=True, vertical_spacing=0.09)
    pairs = list(pairwise(spread.edges.tolist()))
    top = 100 * max(float(shares.max()) for shares in spread.shares.values())
    drawing.axes(figure, ink, x="", y="% of rows")
    for at, name in enumerate(ORDER, start=1):
        figure.add_bar(
            x=[(low + high) / 2 for low, high in pairs],
            y=(100 * spread.shares[name]).tolist(),
            width=[high - low for low, high in pairs],
            marker=_look(name, ink),
            customdata=[f"{low:,.0f} to {high:,.0f}" for low, high in pairs],
            hovertemplate=f"{name}: %{{y:.1f}} % of rows, %{{customdata}} words<extra></extra>",
            row=at,
            col=1,
        )
        median = spread.medians[name]
        figure.add_vline(x=median, line={"color": ink.text, "width": 1}, row=at, col=1)
        figure.add_annotation(
            x=1, xref="x domain", y=0.98, yref="y domain" if at == 1 else f"y{at} domain",
            xanchor="right", yanchor="top", showarrow=False,
            text=f"{name}, median {median:,.0f} words",
            font={"color": ink.chosen if name == "subset" else ink.text, "size": FONT},
        )  # fmt: skip
    figure.update_yaxes(range=[0, top * 1.08], nticks=3)
    figure.update_xaxes(range=[0, float(spread.edges[-1])], tickformat=",d")
    figure.update_xaxes(
        title={"text": "words of the response; the last bar holds all longer ones",
               "font": {"size": FONT, "color": ink.text}}, row=len(ORDER), col=1,
    )  # fmt: skip
    figure.update_layout(bargap=0)
    told = ", ".join(f"{name} median {median:,.0f}" for name, median in spread.medians.items())
    drawing.show(figure, key, 330, alt=f"Response words: {told}.")


def density(found: Density, *, latents: str, key: str) -> None:
    """Rows by tokens and number of latents, darker where more rows are."""
    ink, figure = drawing.ink(), go.Figure()
    counts = found.counts.tolist()
    figure.add_heatmap(
        x=_centres(found.token_edges.tolist()),
        y=_centres(found.latent_edges.tolist()),
        z=[[one**0.5 if one else None for one in line] for line in counts],
        customdata=counts,
        colorscale=_scale(),
        showscale=False,
        hovertemplate="%{customdata:,} rows near %{x:.0f} tokens, %{y:.0f} latents<extra></extra>",
    )
    drawing.axes(figure, ink, x="tokens of the row", y=latents)
    figure.update_xaxes(rangemode="tozero", tickformat=",d", nticks=5)
    figure.update_yaxes(rangemode="tozero", tickformat=",d", showgrid=False, nticks=5)
    told = "not defined" if found.r is None else f"{found.r:.2f}"
    drawing.show(figure, key, 230, alt=f"Tokens against {latents}: correlation {told}.")


def _look(name: str, ink: Ink) -> dict[str, object]:
    """Accent for the subset, grey for the pool, hatched grey for chance."""
    edge = {"width": 1, "color": ink.surface}
    if name == "random":
        pattern = {"shape": "/", "fgcolor": ink.pool, "bgcolor": ink.surface, "size": 6}
        return {"color": ink.pool, "pattern": pattern, "line": edge}
    return {"color": ink.chosen if name == "subset" else ink.pool, "line": edge}


def _centres(edges: list[float]) -> list[float]:
    return [(low + high) / 2 for low, high in pairwise(edges)]


def _scale() -> list[str]:
    """Cividis without its glaring end, strong where many rows are in either theme."""
    kind = "dark" if st.context.theme.type == "dark" else "light"
    hues = list(st.get_option(f"theme.{kind}.chartSequentialColors"))
    return hues[2:] if kind == "dark" else hues[-3::-1]
