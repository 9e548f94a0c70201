"""Which rows of a comparison are looked at: an intersection, a side of a pair, all; and a lasso."""

from __future__ import annotations

import streamlit as st

from core.pipeline.comparison_rows import WHICH, Region, Which
from pages.components import state
from pages.components.compare_scene import Scene
from pages.components.map import Strokes

PATTERN = "compare.pattern"
STROKES = "compare.strokes"
SIDE = "compare.side"  # the widget
FIRST, SECOND = "compare.first", "compare.second"
ALL = "all"


def pick(scene_version: str, pattern: int | None) -> None:
    """Look at an exact intersection of these subsets, or at none."""
    state.remember(PATTERN, None if pattern is None else (scene_version, pattern))
    if pattern is not None:
        st.session_state[SIDE] = ALL


def picked(scene: Scene) -> int | None:
    """The pattern of the intersection that is looked at."""
    held = state.remembered(PATTERN)
    return held[1] if held is not None and held[0] == scene.version else None


def ask(scene: Scene) -> Region:
    """Ask for two subsets and the side of them; gives the region without its lasso."""
    names = [one.name for one in scene.members]
    places = list(range(len(names)))
    for key, usual in ((FIRST, 0), (SECOND, 1)):
        if st.session_state.get(key, usual) not in places:
            del st.session_state[key]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        first = _one("Subset A", FIRST, places, names, usual=0)
        second = _one("Subset B", SECOND, places, names, usual=1)
        st.session_state.setdefault(SIDE, ALL)
        side = st.segmented_control(
            "Rows",
            [ALL, *WHICH],
            required=True,
            format_func={ALL: "All", "only first": "Only in A", "both": "In both",
                         "only second": "Only in B"}.__getitem__,
            key=SIDE,
            on_change=_let_go,
        )  # fmt: skip
    pattern = picked(scene)
    if pattern is not None:
        return Region(pattern=pattern)
    if side == ALL or first == second:
        return Region()
    which: Which = next(one for one in WHICH if one == side)
    return Region(pair=(first, second), which=which)


def strokes(layout: str) -> Strokes:
    """The lasso that stands on a layout of the pool."""
    held = state.remembered(STROKES)
    return held[1] if held is not None and held[0] == layout else ()


def draw(layout: str, said: Strokes) -> None:
    """Hold what was drawn on a layout."""
    state.remember(STROKES, (layout, said))


def in_words(scene: Scene, region: Region) -> str:
    """What is looked at, in plain text."""
    names = [one.name for one in scene.members]
    if region.pattern is not None:
        inside = [name for at, name in enumerate(names) if region.pattern >> at & 1]
        return f"only in {inside[0]}" if len(inside) == 1 else f"in {' and '.join(inside)} alone"
    if region.pair is None:
        return "in any of the subsets"
    first, second = (names[at] for at in region.pair)
    if region.which == "both":
        return f"in both {first} and {second}"
    here, there = (first, second) if region.which == "only first" else (second, first)
    return f"in {here} and not in {there}"


def _one(label: str, key: str, places: list[int], names: list[str], *, usual: int) -> int:
    return int(
        st.selectbox(
            label,
            places,
            usual,
            format_func=names.__getitem__,
            key=key,
            on_change=_let_go,
            width=190,
        )
    )


def _let_go() -> None:
    state.forget(PATTERN)
