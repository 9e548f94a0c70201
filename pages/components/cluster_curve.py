"""The silhouette against the number of clusters: a job, then a small chart."""

from __future__ import annotations

from math import log10
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from core.cluster.curve import CurveConfig, SilhouetteCurve
from core.errors import CoreError
from core.pipeline import cluster_curves
from pages.components import drawing, forms, job_panel, words
from pages.components.cluster_scene import Scene
from pages.components.drawing import FONT, Ink

ABOUT = (
    "The silhouette of an example compares its mean distance to its own cluster, a, with that to "
    "the nearest other one, b: (b - a) / max(a, b), from -1 to 1; larger is better (Rousseeuw "
    "1987). It is a hint: the number of clusters that trains best need not have the largest."
)


def show(scene: Scene) -> None:
    """The curve, or the button that makes it; what it says is about k-means."""
    if scene.role != "clusters":
        st.text("HDBSCAN finds the number of clusters by itself; the curve is about k-means.")
    found = cluster_curves.stored_curve(scene.workspace)
    if found is not None:
        _chart(found, cluster_curves.in_use_count(scene.workspace))
        st.caption(
            f"Quick k-means on {words.count(found.n_rows, 'row')}, scored by the silhouettes of "
            f"{words.count(found.n_scored, 'row')} among all of these. {ABOUT}{_at_the_end(found)}"
        )
    elif cluster_curves.has_stale(scene.workspace):
        st.text("The pool or the model has changed since the curve was drawn; draw it again.")
    else:
        st.text("How well k-means parts the pool at several numbers of clusters.")
        st.caption(ABOUT)
    _start(scene, is_first=found is None)


def _start(scene: Scene, *, is_first: bool) -> None:
    with st.popover("Settings of the curve", icon=":material/tune:"):
        options = forms.settings(CurveConfig, key="clusters.curve")
    about = _estimate(scene, options)
    if about is None:
        return
    busy = job_panel.is_busy(scene.workspace)
    kind: Any = "primary" if is_first else "secondary"
    label = "Draw the curve" if is_first else "Draw the curve again"
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(label, type=kind, key="clusters.curve.start", disabled=busy):
            arguments = ["cluster", "--curve"]
            arguments += [f"--set={name}={value}" for name, value in options.items()]
            job_panel.start(scene.workspace, arguments, title="Score numbers of clusters")
        st.caption(about, width="content")


def _estimate(scene: Scene, options: dict[str, Any]) -> str | None:
    try:
        seconds = cluster_curves.about_seconds(scene.workspace, options)
    except CoreError as error:
        st.error(words.plain(str(error)), icon=":material/error:")
        return None
    return f"takes about {words.stretch(max(5.0, 5 * round(seconds / 5)))} on this machine"


def _at_the_end(found: SilhouetteCurve) -> str:
    if found.best != found.counts[-1]:
        return ""
    return " It is largest at the end of what was tried: still more clusters may score higher."


def _chart(found: SilhouetteCurve, in_use: int | None) -> None:
    ink, figure = drawing.ink(), go.Figure()
    figure.add_scatter(
        x=list(found.counts),
        y=list(found.silhouettes),
        mode="lines+markers",
        line={"color": ink.pool, "width": 2},
        marker={"size": 7, "color": ink.pool},
        customdata=list(found.inertia),
        hovertemplate="%{x:,} clusters: silhouette %{y:.3f}, mean squared distance "
        "%{customdata:.3f}<extra></extra>",
    )
    best = found.best
    value = dict(zip(found.counts, found.silhouettes, strict=True))
    figure.add_scatter(
        x=[best],
        y=[value[best]],
        mode="markers",
        marker={"size": 12, "color": ink.chosen, "symbol": "diamond"},
        hoverinfo="skip",
    )
    _label(figure, best, value[best], f"best: {best:,} clusters, {value[best]:.3f}", ink.chosen)
    if in_use is not None:
        _in_use(figure, in_use, value.get(in_use), ink)
    drawing.axes(figure, ink, x="number of clusters, log scale", y="mean silhouette")
    ends = log10(found.counts[0]) - 0.1, log10(found.counts[-1]) + 0.15
    figure.update_xaxes(
        type="log",
        range=ends,
        tickvals=list(found.counts),
        ticktext=[f"{one:,}" for one in found.counts],
    )
    top = max(0.0, *found.silhouettes)
    figure.update_yaxes(range=[min(0.0, 1.15 * min(found.silhouettes)), 1.25 * top or 1.0])
    drawing.show(
        figure,
        f"clusters.curve.{len(found.counts)}.{found.counts[-1]}.{in_use}",
        340,
        top=16,
        right=30,
        alt=f"The silhouette is largest at {best:,} clusters: {value[best]:.3f}.",
    )


def _in_use(figure: go.Figure, count: int, value: float | None, ink: Ink) -> None:
    """The number of clusters in use: a line, and a ring where it was scored."""
    figure.add_vline(x=count, line={"color": ink.text, "width": 1, "dash": "dot"})
    figure.add_annotation(
        x=log10(count),
        y=0,
        yref="paper",
        text=f"in use: {count:,}",
        showarrow=False,
        xanchor="left",
        yanchor="bottom",
        xshift=4,
        font={"color": ink.text, "size": FONT},
    )
    if value is not None:
        figure.add_scatter(
            x=[count],
            y=[value],
            mode="markers",
            marker={"size": 12, "color": ink.text, "symbol": "circle-open", "line": {"width": 2}},
            hoverinfo="skip",
        )


def _label(figure: go.Figure, x: int, y: float, text: str, colour: str) -> None:
    figure.add_annotation(
        x=log10(x),  # annotations on a log axis stand at its exponents
        y=y,
        text=text,
        showarrow=False,
        yshift=16,
        xanchor="right" if x > 30 else "left",
        xshift=8 if x > 30 else -8,
        font={"color": colour, "size": FONT},
    )
