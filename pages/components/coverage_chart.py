"""The chart of coverage curves: solved methods beside chance and length, the budget marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log10

import plotly.graph_objects as go
import streamlit as st

from core.pipeline.coverage_curves import drawn
from pages.components import coverage_labels, drawing, words
from pages.components import coverage_scene as scenes
from pages.components.coverage_labels import End
from pages.components.coverage_scene import Drawn, Scene
from pages.components.drawing import FONT, Ink

HEIGHT = 400
DASHES = ("solid", "longdash", "dashdot", "longdashdot", "5px,3px,1px,3px", "8px,2px")
MARKS = ("circle", "square", "triangle-up", "star", "hexagon", "cross")


def show(scene: Scene, *, key: str) -> None:
    """Draw the scene; each line says at its end whose it is and what it reaches."""
    ink, figure = drawing.ink(), go.Figure()
    ends = _baselines(figure, scene, ink)
    others = 0
    for one in sorted(scene.drawn, key=lambda item: item.own):  # the order in use comes on top
        colour, dash, mark = _look(one, others, ink)
        others += not one.own
        ends.append(_solution(figure, scene, one, colour=colour, dash=dash, mark=mark))
    _budget(figure, scene, ink)
    coverage_labels.draw(figure, ends, ink)
    _axes(figure, scene, ink)
    drawing.show(
        figure, key, HEIGHT, right=coverage_labels.SIDE, top=26, alt=_in_words(scene, ends)
    )


def _baselines(figure: go.Figure, scene: Scene, ink: Ink) -> list[End]:
    """Random rows as a band with its mean, dashed; the longest responses, dotted."""
    band, grey = scene.band, {"color": ink.pool, "width": 2}
    low, high = ([scenes.share(one, scene) for one in side] for side in (band.low, band.high))
    x = scenes.along(band.x.tolist(), scene)
    figure.add_scatter(
        x=[*x, *reversed(x)],
        y=[*high, *reversed(low)],
        fill="toself",
        fillcolor=_faint(ink.pool),
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
    )
    mean = [scenes.share(one, scene) for one in band.mean]
    _curve(figure, scene, x, mean, name="random, mean of 5 seeds", line={**grey, "dash": "dash"})
    along, covered = drawn(scene.longest, scene.most, by=scene.by)
    longest = [scenes.share(one, scene) for one in covered]
    at = scenes.along(along.tolist(), scene)
    _curve(figure, scene, at, longest, name="longest", line={**grey, "dash": "dot"})
    return [
        End("random", mean[-1], ink.pool, sign="- -"),
        End("longest", longest[-1], ink.pool, sign="···"),
    ]


def _solution(
    figure: go.Figure, scene: Scene, one: Drawn, *, colour: str, dash: str, mark: str
) -> End:
    along, covered = drawn(one.line, scene.most, by=scene.by)
    x, y = scenes.along(along.tolist(), scene), [scenes.share(value, scene) for value in covered]
    if one.line.dots:
        marker = {"size": 11 if one.own else 9, "color": colour, "symbol": mark}
        _curve(figure, scene, x, y, name=one.name, marker=marker, mode="markers")
    else:
        width = 3 if one.own else 2
        _curve(figure, scene, x, y, name=one.name,
               line={"color": colour, "width": width, "dash": dash})  # fmt: skip
        _knee(figure, scene, one, colour)
    ends_early = scene.by == "rows" and bool(x) and x[-1] < 0.98 * scene.most
    note = f", {x[-1]:,.0f}" if ends_early else ""
    return End(one.name, y[-1] if y else 0.0, colour, strong=one.own, note=note)


def _curve(
    figure: go.Figure, scene: Scene, x: Sequence[float], y: Sequence[float], *, name: str,
    mode: str = "lines", line: Mapping[str, object] | None = None,
    marker: Mapping[str, object] | None = None,
) -> None:  # fmt: skip
    figure.add_scatter(
        x=list(x),
        y=list(y),
        mode=mode,
        line=line,
        marker=marker,
        cliponaxis=mode == "lines",
        hovertemplate=f"%{{x:,}} {scene.by}: %{{y:.1f}} %<extra>{drawing.safe(name)}</extra>",
    )


def _knee(figure: go.Figure, scene: Scene, one: Drawn, colour: str) -> None:
    """A diamond where the curve bends; the order in use says so in words."""
    knee = one.line.knee
    if knee is None:
        return
    at = knee.rows if scene.by == "rows" else int(one.line.tokens[knee.rows])
    if not 0 < at <= scene.most:
        return
    height = scenes.share(knee.covered, scene)
    figure.add_scatter(
        x=[at],
        y=[height],
        mode="markers",
        marker={"symbol": "diamond", "size": 11, "color": colour,
                "line": {"width": 2, "color": drawing.ink().surface}},
        hovertemplate=f"knee of {drawing.safe(one.name)}: {knee.rows:,} rows, "
        "%{y:.1f} %<extra></extra>",
    )  # fmt: skip
    if one.own:
        _note(
            figure,
            scene,
            at,
            height,
            f"knee, {words.count(knee.rows, 'row')}: {height:.0f} %",
            colour=colour,
        )


def _budget(figure: go.Figure, scene: Scene, ink: Ink) -> None:
    """A line at the budget with the value of the order in use."""
    if scene.at is None or scene.budget is None or scene.at > scene.most:
        return
    figure.add_vline(x=scene.at, line={"color": ink.text, "width": 1})
    own = next((one for one in scene.drawn if one.own), None)
    covered = None if own is None else own.line.at(scene.budget)
    told = "" if covered is None else f": {words.share(covered, scene.n_reachable)}"
    figure.add_annotation(
        x=scenes.place(scene.at, scene),
        y=1,
        yref="paper",
        yanchor="bottom",
        xanchor="right" if scenes.is_late(scene.at, scene) else "left",
        text=f"budget, {words.count(scene.budget, 'row')}{told}",
        showarrow=False,
        font={"color": ink.text, "size": FONT},
    )
    if covered is not None and own is not None:
        marker = {"size": 10, "color": ink.chosen, "line": {"width": 2, "color": ink.surface}}
        figure.add_scatter(x=[scene.at], y=[scenes.share(covered, scene)], mode="markers",
                           marker=marker, hoverinfo="skip", cliponaxis=False)  # fmt: skip


def _note(figure: go.Figure, scene: Scene, x: float, y: float, text: str, *, colour: str) -> None:
    """Words beside a point: below and to the right, or above and to the left of a late one."""
    left = scenes.is_late(x, scene)
    figure.add_annotation(
        x=scenes.place(x, scene),
        y=y,
        xshift=-10 if left else 10,
        yshift=14 if left else -14,
        xanchor="right" if left else "left",
        text=text,
        showarrow=False,
        bgcolor=drawing.ink().surface,
        opacity=0.9,
        font={"color": colour, "size": FONT},
    )


def _axes(figure: go.Figure, scene: Scene, ink: Ink) -> None:
    unit = f"{scene.by} chosen" if scene.by == "rows" else "tokens of the chosen rows"
    title = f"{unit}, log scale" if scene.log else unit
    drawing.axes(figure, ink, x=title, y=f"% of {scene.n_reachable:,} reachable latents")
    figure.update_yaxes(range=[0, 103], tickvals=[0, 25, 50, 75, 100])
    if scene.log:
        figure.update_xaxes(type="log", range=[0, log10(scene.most)], dtick=1, tickformat=",d")
    else:
        figure.update_xaxes(range=[0, scene.most], tickformat=",d")


def _look(one: Drawn, number: int, ink: Ink) -> tuple[str, str, str]:
    """Colour, dash and mark: the accent is for the order in use alone."""
    if one.own:
        return ink.chosen, "solid", "circle"
    kind = "dark" if st.context.theme.type == "dark" else "light"
    hues = st.get_option(f"theme.{kind}.chartCategoricalColors")
    usable = [hues[at] for at in (1, 2, 3, 5, 4)]
    return (
        usable[number % len(usable)],
        DASHES[number % len(DASHES)],
        MARKS[(number + 1) % len(MARKS)],
    )


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.22)"


def _in_words(scene: Scene, ends: Sequence[End]) -> str:
    parts = ", ".join(f"{one.name} {one.height:.0f} %" for one in ends)
    return f"Coverage at {scene.most:,} {scene.by}: {parts}."
