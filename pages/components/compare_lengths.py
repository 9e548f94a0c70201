"""How long the rows of each subset are, in words or tokens, with the pool behind each of them."""

from __future__ import annotations

from itertools import pairwise

import plotly.graph_objects as go
import streamlit as st
from plotly.subplots import make_subplots

from core.pipeline.comparison_lengths import LengthSpreads, Spread, Unit
from core.pipeline.comparison_members import Member
from pages.components import compare_cache, drawing, words
from pages.components.compare_look import Look, looks
from pages.components.compare_scene import Scene
from pages.components.drawing import FONT, Ink

UNITS: dict[Unit, str] = {"words": "words of the response", "tokens": "tokens of the row"}
ABOUT = (
    "Rows by their length, as shares of each subset's rows, on one axis; the grey outline is the "
    "pool. Random and longest have as many rows as the first subset. Neither longer nor shorter "
    "is better: it says how much of the coverage may be bought with length."
)
HEIGHT = 88  # px a subset


def show(scene: Scene) -> None:
    """One row of bars a subset, and the same as numbers."""
    st.subheader("Length of the rows", anchor=False, help=ABOUT)
    offered: list[Unit] = ["words"]
    if "readings" in scene.workspace.current():
        offered.append("tokens")
    unit: Unit = st.segmented_control(
        "Unit of length",
        offered,
        default="words",
        required=True,
        format_func=UNITS.__getitem__,
        key="compare.lengths",
        label_visibility="collapsed",
    )
    drawn = scene.with_baselines
    spreads = compare_cache.lengths(scene.workspace, drawn, unit)
    key = f"{unit}.{compare_cache.version(drawn)}"
    _histograms(spreads, drawn, key=f"compare.lengths.{key}")
    _table(spreads, drawn, key=f"compare.medians.{key}")


def _histograms(spreads: LengthSpreads, drawn: tuple[Member, ...], *, key: str) -> None:
    ink, n = drawing.ink(), len(drawn)
    figure = make_subplots(rows=n, cols=1, shared_xaxes=True, vertical_spacing=0.05)
    drawing.axes(figure, ink, x="", y="")
    groups = (spreads.pool, *spreads.subsets)
    top = 100 * max(float(one.shares.max()) for one in groups)
    for at, (one, spread, look) in enumerate(
        zip(drawn, spreads.subsets, looks(drawn, ink), strict=True), start=1
    ):
        _bars(figure, spreads, spread, look, one.name, at)
        _pool(figure, spreads, ink, at)
        figure.add_vline(x=spread.median, line={"color": ink.text, "width": 1}, row=at, col=1)
        figure.add_annotation(
            x=1, xref="x domain", y=1, yref="y domain" if at == 1 else f"y{at} domain",
            xanchor="right", yanchor="top", showarrow=False,
            text=f"{drawing.safe(one.name)}, median {spread.median:,.0f} {spreads.unit}",
            font={"color": look.colour if one.own else ink.text, "size": FONT},
        )  # fmt: skip
    figure.update_yaxes(range=[0, top * 1.12], nticks=3, ticksuffix=" %")
    figure.update_xaxes(range=[0, float(spreads.edges[-1])], tickformat=",d")
    title = f"{UNITS[spreads.unit]}; the last bar holds all longer ones"
    figure.update_xaxes(
        title={"text": title, "font": {"size": FONT, "color": ink.text}}, row=n, col=1
    )
    figure.update_layout(bargap=0)
    told = ", ".join(
        f"{one.name} {spread.median:,.0f}"
        for one, spread in zip(drawn, spreads.subsets, strict=True)
    )
    drawing.show(figure, key, 50 + HEIGHT * n, alt=f"Median {spreads.unit}: {told}.")


def _bars(
    figure: go.Figure, spreads: LengthSpreads, spread: Spread, look: Look, name: str, at: int
) -> None:
    """Chance is hatched and length dotted, so that neither is told by colour alone."""
    pairs = list(pairwise(spreads.edges.tolist()))
    shape = {"solid": "", "dashed": "/", "dotted": "."}[look.sign]
    ink = drawing.ink()
    pattern = {"shape": shape, "fgcolor": look.colour, "bgcolor": ink.surface, "size": 6}
    figure.add_bar(
        x=[(low + high) / 2 for low, high in pairs],
        y=(100 * spread.shares).tolist(),
        width=[high - low for low, high in pairs],
        marker={
            "color": look.colour,
            "line": {"width": 1, "color": ink.surface},
            **({"pattern": pattern} if shape else {}),
        },
        customdata=[f"{low:,.0f} to {high:,.0f}" for low, high in pairs],
        hovertemplate=f"{drawing.safe(name)}: %{{y:.1f}} % of rows, %{{customdata}} "
        f"{spreads.unit}<extra></extra>",
        row=at,
        col=1,
    )


def _pool(figure: go.Figure, spreads: LengthSpreads, ink: Ink, at: int) -> None:
    """The pool as an outline over the bars."""
    shares = (100 * spreads.pool.shares).tolist()
    figure.add_scatter(
        x=spreads.edges.tolist(),
        y=[*shares, shares[-1]],
        mode="lines",
        line={"color": ink.pool, "width": 2, "shape": "hv"},
        hoverinfo="skip",
        row=at,
        col=1,
    )


def _table(spreads: LengthSpreads, drawn: tuple[Member, ...], *, key: str) -> None:
    groups = [("pool", spreads.pool)]
    groups += list(zip([one.name for one in drawn], spreads.subsets, strict=True))
    st.dataframe(
        [
            {
                "rows of": name,
                "median": one.median,
                "mean": one.mean,
                "beside the pool's mean": one.mean / max(spreads.pool.mean, 1e-9),
                f"{spreads.unit} in all": one.total,
            }
            for name, one in groups
        ],
        key=key,
        hide_index=True,
        column_config={
            "median": st.column_config.NumberColumn(format="%.0f"),
            "mean": st.column_config.NumberColumn(format="%.1f"),
            "beside the pool's mean": st.column_config.NumberColumn(format="%.2f times"),
            f"{spreads.unit} in all": st.column_config.NumberColumn(format="localized"),
        },
    )
    means = [one.mean for one in spreads.subsets]
    name = drawn[means.index(max(means))].name
    ratio = words.figure(max(means) / max(spreads.pool.mean, 1e-9), 2)
    st.caption(words.plain(f"{name} has {ratio} times the mean {spreads.unit} of the pool."))
