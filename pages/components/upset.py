"""An UpSet plot: how many rows lie in exactly which subsets; a component of our own.

Plotly's charts cannot be used by keyboard. Lex, Gehlenborg, Strobelt, Vuillemot and Pfister (2014).
Names enter the page as text nodes; nothing of them is ever parsed as markup.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from pages.components.declared import declare

NAME = "coreset-atlas.upset"
Sign = Literal["solid", "dashed", "dotted"]


@dataclass(frozen=True, slots=True)
class Set:
    """One subset: its name, its rows, and how it looks."""

    name: str
    size: int
    colour: str  # as CSS says it
    sign: Sign


@dataclass(frozen=True, slots=True)
class Bar:
    """One exact intersection: which sets it is of, its rows, and what chance would give."""

    pattern: int
    members: tuple[int, ...]
    rows: int
    expected: float


def upset(
    sets: Sequence[Set],
    bars: Sequence[Bar],
    *,
    picked: int | None,
    about: str,
    on_pick: Callable[[int | None], None],
    key: str,
) -> None:
    """Show the bars in their order; `on_pick` hears the pattern of one, or None when it is let go.

    `about` says in words what is seen, for who does not see it.
    """
    declare(NAME, "upset")
    patterns = {bar.pattern for bar in bars}

    def heard() -> None:
        pattern = st.session_state[key].get("pattern")
        if pattern == 0 or pattern in patterns:
            on_pick(pattern or None)

    with st.container(key=f"upset-{len(sets)}-{key}"):  # keeps its room while it is on its way
        _component()(
            key=key,
            data={
                "about": about,
                "picked": picked,
                "sets": [asdict(one) for one in sets],
                "bars": [asdict(one) for one in bars],
            },
            on_pattern_change=heard,
        )


@functools.cache
def _component() -> ComponentRenderer:
    return st.components.v2.component(NAME, js="index.js", css="upset.css")
