"""The tree of clusters as a treemap: groups of clusters alike, each cluster as large as its rows.

Plotly's own treemap tells Streamlit of no click, so the rectangles are bars, which do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import plotly.graph_objects as go
import streamlit as st

from core.pipeline.cluster_trees import Branch, ClusterTree, branches
from core.pipeline.representation import FOLD, tint
from pages.components import drawing, job_panel
from pages.components.cluster_scene import METHODS, TITLES, Scene
from pages.components.drawing import Ink
from pages.components.palettes import css, hexed, mixed
from pages.components.squarify import Box, squarified

if TYPE_CHECKING:
    import pandas as pd

WIDTH, HEIGHT = 660.0, 480.0  # px that the layout is made for; the width follows the page
HEAD = 20.0  # px of a group's name
GAP = 2.0  # px between two groups
LETTER = 6.3  # px of a letter in a group's name
DARK_TEXT, LIGHT_TEXT = "#101214", "#ffffff"
SAID = (
    "Each rectangle is a cluster, as large as its rows; clusters alike stand in one group, named "
    "by its own words. Click one to see it."
)


@dataclass(frozen=True, slots=True)
class Tile:
    """A cluster in its place."""

    cluster: int
    group: str
    box: Box


def show(scene: Scene, tree: ClusterTree | None) -> None:
    """The treemap, or the button that makes the tree of a clustering that has none yet."""
    if tree is None:
        _missing(scene)
        return
    found = branches(tree, scene.known)
    if not found:
        st.text("No cluster came out: every row is noise. Other settings may find some.")
        return
    ink = drawing.ink()
    figure = _figure(scene, found, ink)
    key = f"clusters.tree.{scene.version}.{scene.picked}"

    def clicked() -> None:
        points = st.session_state[key]["selection"]["points"]
        if points:
            scene.pick(int(points[0]["customdata"][0]))

    st.plotly_chart(
        figure,
        key=key,
        on_select=clicked,
        selection_mode="points",
        height=int(HEIGHT),
        alt=_in_words(found),
        config={"displayModeBar": False, "scrollZoom": False, "doubleClick": False},
    )
    if scene.chosen is not None:
        _legend()
    st.caption(SAID)


def _missing(scene: Scene) -> None:
    st.text("These clusters were made before they were put into groups.")
    busy = job_panel.is_busy(scene.workspace)
    if st.button("Group the clusters", type="primary", key="clusters.group", disabled=busy):
        made = scene.workspace.get("clusters", scene.workspace.current()[scene.role])
        options = [
            f"--set={name}={'' if value is None else value}" for name, value in made.config.items()
        ]
        arguments = ["cluster", f"--method={METHODS[scene.role]}", *options]
        job_panel.start(scene.workspace, arguments, title=f"Group clusters of {TITLES[scene.role]}")


def tiles(scene: Scene, found: list[Branch]) -> tuple[list[Tile], list[tuple[Branch, Box]]]:
    """Every cluster in its place, and every group."""
    whole = Box(0.0, 0.0, WIDTH, HEIGHT)
    sizes = scene.known.sizes()
    placed, framed = [], []
    boxes = squarified([branch.n_rows for branch in found], whole)
    for branch, box in zip(found, boxes, strict=True):
        inner = box.inset(top=HEAD, rest=GAP)
        each = squarified([float(sizes[one]) for one in branch.clusters], inner)
        placed += [
            Tile(cluster, branch.name, one)
            for cluster, one in zip(branch.clusters, each, strict=True)
        ]
        framed.append((branch, box))
    return placed, framed


def _figure(scene: Scene, found: list[Branch], ink: Ink) -> go.Figure:
    placed, framed = tiles(scene, found)
    lines = scene.table.set_index("cluster")
    colours = [_colour(scene, lines, tile.cluster, ink) for tile in placed]
    is_picked = [tile.cluster == scene.picked for tile in placed]
    figure = go.Figure()
    figure.add_bar(
        x=[tile.box.x + tile.box.width / 2 for tile in placed],
        width=[tile.box.width for tile in placed],
        base=[tile.box.y for tile in placed],
        y=[tile.box.height for tile in placed],
        marker={
            "color": colours,
            "line": {
                "color": [ink.text if picked else ink.surface for picked in is_picked],
                "width": [3 if picked else 1 for picked in is_picked],
            },
        },
        text=[_wrapped(scene.known.names[tile.cluster]) for tile in placed],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        constraintext="inside",
        insidetextfont={"size": 12, "color": [_text_on(colour) for colour in colours]},
        customdata=[[tile.cluster, _hover(scene, lines, tile)] for tile in placed],
        hovertemplate="%{customdata[1]}<extra></extra>",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )
    for branch, box in framed:
        _head(figure, branch, box, ink)
    _frame(figure, ink)
    return figure


def _frame(figure: go.Figure, ink: Ink) -> None:
    hidden = {"visible": False, "fixedrange": True}
    figure.update_xaxes(range=[0, WIDTH], **hidden)
    figure.update_yaxes(range=[0, HEIGHT], **hidden)
    figure.update_layout(
        height=int(HEIGHT),
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        showlegend=False,
        clickmode="event+select",
        dragmode=False,
        barmode="overlay",
        uniformtext={"minsize": 9, "mode": "hide"},
        hoverlabel={
            "align": "left",
            "bgcolor": ink.surface,
            "bordercolor": ink.line,
            "font": {"color": ink.text, "size": 13},
        },
    )


def _head(figure: go.Figure, branch: Branch, box: Box, ink: Ink) -> None:
    room = int((box.width - 2 * GAP) / LETTER)
    if room < 6:
        return
    name = branch.name if len(branch.name) <= room else branch.name[: room - 1].rstrip(", ") + "…"
    figure.add_annotation(
        x=box.x + GAP,
        y=box.y + box.height - HEAD / 2,
        xanchor="left",
        yanchor="middle",
        text=f"<b>{drawing.safe(name)}</b>",
        showarrow=False,
        font={"size": 12, "color": ink.text},
    )


def _colour(scene: Scene, lines: pd.DataFrame, cluster: int, ink: Ink) -> str:
    if scene.chosen is None:
        return css(mixed(hexed(ink.pool), hexed(ink.surface), 0.45))
    return difference(tint(float(lines["log2 ratio"][cluster])))


def difference(place: float) -> str:
    """The colour of the theme's palette of differences at a place from 0 to 1."""
    kind = "dark" if st.context.theme.type == "dark" else "light"
    steps = [hexed(text) for text in st.get_option(f"theme.{kind}.chartDivergingColors")]
    at = place * (len(steps) - 1)
    low = min(int(at), len(steps) - 2)
    return css(mixed(steps[low], steps[low + 1], at - low))


def _text_on(colour: str) -> str:
    """Letters that read on a fill: the one of the larger contrast (WCAG 2.2)."""
    shares = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in hexed(colour)
    ]
    light = 0.2126 * shares[0] + 0.7152 * shares[1] + 0.0722 * shares[2]
    return LIGHT_TEXT if 1.05 / (light + 0.05) > (light + 0.05) / 0.056 else DARK_TEXT


def _wrapped(name: str) -> str:
    """A name over several lines, so that it fits a narrow box."""
    return drawing.safe(name).replace(", ", ",<br>")


def _hover(scene: Scene, lines: pd.DataFrame, tile: Tile) -> str:
    line = lines.loc[tile.cluster]
    parts = [
        f"<b>{drawing.safe(scene.known.names[tile.cluster])}</b>",
        f"group: {drawing.safe(tile.group)}",
        f"{line['rows']:,} rows, {drawing.as_share(line['share of pool'])} of the pool",
    ]
    if scene.chosen is not None:
        parts += [
            f"{line['chosen']:,} chosen, {drawing.as_share(line['share of subset'])} of the subset",
            f"log2 ratio {line['log2 ratio']:+.2f}",
        ]
    return "<br>".join(parts)


def _legend() -> None:
    """What the colours say, in their own order: the accent is what is chosen."""
    fills = ", ".join(difference(step / 12) for step in range(13))
    half = FOLD**0.5
    ends = (f"{FOLD:g} times its share", f"{half:g} times", "as in the pool", f"1/{half:g}",
            f"1/{FOLD:g} or less")  # fmt: skip
    named = "".join(f"<span>{one}</span>" for one in ends)
    st.html(
        f"<div style='height:10px;border-radius:3px;background:linear-gradient(90deg,{fills})'>"
        "</div><div style='display:flex;justify-content:space-between;font-size:0.85rem'>"
        f"{named}</div>"
    )


def _in_words(found: list[Branch]) -> str:
    largest = ", ".join(branch.name for branch in found[:3])
    return f"{len(found)} groups of clusters; the largest: {largest}."
