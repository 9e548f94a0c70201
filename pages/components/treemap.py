"""A treemap: groups of rectangles by weight, picked by click or key; a component of our own.

Plotly's treemap tells Streamlit of no click, and none of its charts can be used by keyboard.
Names enter the page as text nodes; nothing of them is ever parsed as markup.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from pages.components.declared import declare
from pages.components.squarify import Box, squarified

NAME = "coreset-atlas.treemap"
WIDTH, HEIGHT = 660.0, 480.0  # px that the layout is made for; both may be stretched
HEAD = 20.0  # px of a group's name
GAP = 2.0  # px between two groups


@dataclass(frozen=True, slots=True)
class Tile:
    """A rectangle: what it stands for, how large it is, and what is said of it."""

    number: int
    name: str
    weight: float
    facts: tuple[str, ...]
    fill: str  # as CSS says it
    ink: str  # of its name, which has to read on the fill


@dataclass(frozen=True, slots=True)
class Group:
    """Rectangles that stand together under one name, largest first."""

    name: str
    tiles: tuple[Tile, ...]


def treemap(
    groups: Sequence[Group],
    *,
    picked: int | None,
    about: str,
    on_pick: Callable[[int], None],
    key: str,
) -> None:
    """Show the groups, largest first; `on_pick` hears the number of a tile that is picked.

    `about` says in words what is seen, for who does not see it.
    """
    declare(NAME, "treemap")
    numbers = {tile.number for group in groups for tile in group.tiles}

    def heard() -> None:
        number = st.session_state[key].get("tile")
        if number in numbers:
            on_pick(number)

    with st.container(key=f"treemap-{key}"):  # keeps its room while the component is on its way
        _component()(
            key=key,
            data={"about": about, "picked": picked, "groups": placed(groups)},
            on_tile_change=heard,
        )


def placed(groups: Sequence[Group]) -> list[dict[str, Any]]:
    """Every group in the whole and every tile in its group, as the browser is told."""
    whole = Box(0.0, 0.0, WIDTH, HEIGHT)
    boxes = squarified([sum(tile.weight for tile in group.tiles) for group in groups], whole)
    return [
        {"name": group.name, "place": _place(box, whole), "tiles": _tiles(group, box)}
        for group, box in zip(groups, boxes, strict=True)
    ]


def _tiles(group: Group, box: Box) -> list[dict[str, Any]]:
    inner = box.inset(top=HEAD, rest=GAP)
    boxes = squarified([tile.weight for tile in group.tiles], inner)
    return [
        {
            "number": tile.number,
            "name": tile.name,
            "facts": tile.facts,
            "fill": tile.fill,
            "ink": tile.ink,
            "place": _place(one, box),
        }
        for tile, one in zip(group.tiles, boxes, strict=True)
    ]


def _place(box: Box, outer: Box) -> list[float]:
    """Left, top, width and height in per cent of the box around it."""
    if not outer.width or not outer.height:
        return [0.0, 0.0, 0.0, 0.0]
    top = outer.y + outer.height - box.y - box.height
    across = [box.x - outer.x, box.width]
    down = [top, box.height]
    left, width = (round(100 * one / outer.width, 3) for one in across)
    above, height = (round(100 * one / outer.height, 3) for one in down)
    return [left, above, width, height]


@functools.cache
def _component() -> ComponentRenderer:
    return st.components.v2.component(NAME, js="index.js", css="treemap.css")
