"""How each subset looks wherever it is drawn: a colour, a dash, a mark; chance and length in grey.

The order in use has the accent. On the map, where a point has no dash, the baselines have a hue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.pipeline.comparison_members import Member
from pages.components.drawing import Ink
from pages.components.upset import Sign

DASHES = ("solid", "longdash", "dashdot", "longdashdot", "5px,3px,1px,3px", "8px,2px")
MARKS = ("circle", "square", "triangle-up", "star", "hexagon", "pentagon")
BASELINES: dict[str, tuple[str, str, Sign]] = {
    "baseline:random": ("dash", "diamond-open", "dashed"),
    "baseline:longest": ("dot", "x-thin-open", "dotted"),
}


@dataclass(frozen=True, slots=True)
class Look:
    """How one subset is drawn: on charts, and where it stands beside the map."""

    colour: str
    dash: str
    mark: str
    hue: str  # of its points on the map, and of its dots beside it
    sign: Sign = "solid"


def looks(members: Sequence[Member], ink: Ink) -> tuple[Look, ...]:
    """The look of each, by its place: the map counts its colours the same way."""
    places = slots(members)
    return tuple(_look(one, at, places[at], ink) for at, one in enumerate(members))


def slots(members: Sequence[Member]) -> tuple[int, ...]:
    """The place of each subset's hue among the theme's.

    Sky blue comes last, and not at all beside the accent, which it is too near to.
    """
    last = 6 if any(one.own for one in members) else 4
    order = (0, 1, 2, 3, 5, last, *(at for at in (4, 6) if at != last))
    return order[: len(members)]


def _look(one: Member, at: int, slot: int, ink: Ink) -> Look:
    kind = "dark" if st.context.theme.type == "dark" else "light"
    hues = st.get_option(f"theme.{kind}.chartCategoricalColors")
    hue = ink.chosen if one.own else str(hues[slot])
    if one.key in BASELINES:
        dash, mark, sign = BASELINES[one.key]
        return Look(ink.pool, dash, mark, hue, sign)
    return Look(hue, DASHES[at % len(DASHES)], MARKS[at % len(MARKS)], hue)
