"""Where subsets overlap: intersections, pairs, the map, the rows, and the row that is read."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.fingerprint import canonical_json, digest
from core.pipeline import comparison_rows
from core.pipeline.comparison_rows import Found, Region
from core.records import Floats
from pages.components import (
    compare_jaccard,
    compare_map,
    compare_region,
    compare_rows,
    drawing,
    layout,
    loaders,
    state,
    words,
)
from pages.components.compare_scene import Scene
from pages.components.upset import Bar, Set, upset

DRAWN = 12  # intersections before all are asked for
EVERY = "compare.every"
ABOUT = (
    "Each column is an exact intersection: rows in the marked subsets and in no other one of those "
    "compared. The dashed tick is what chance would give: rows of the pool times each marked "
    "subset's share of it, times what the others leave. Lex and others, UpSet, 2014."
)


def show(scene: Scene) -> None:
    """The whole view; what is picked in one part narrows the others."""
    compare_map.heed(scene.workspace)
    compare_rows.heed_address(scene.workspace)
    plot, pairs = layout.split("compare-sets")
    with plot:
        _upset(scene)
    with pairs:
        compare_jaccard.heading()
        compare_jaccard.show(scene)
    region = compare_region.ask(scene)
    told = compare_region.in_words(scene, region)
    instrument, side = layout.split("compare-map")
    with instrument:
        points = compare_map.show(scene, region)
        whole = _with_lasso(scene, region)
        found = _found(scene, whole, points)
        compare_rows.show(found, told, _key(scene, whole))
    with side:
        _let_go(scene, region)
        compare_rows.read(scene.workspace, loaders.chosen(scene.workspace), found)
    compare_rows.tell_address(scene.workspace)


def _upset(scene: Scene) -> None:
    """The plot with the largest intersections, or with all of them."""
    st.subheader("Rows in exactly these subsets", anchor=False, help=ABOUT)
    every = scene.overlap.intersections
    shown = every if st.session_state.get(EVERY) else every[:DRAWN]
    upset(
        [
            Set(one.name, len(one.rows), look.hue, look.sign)
            for one, look in zip(scene.members, scene.looks, strict=True)
        ],
        [Bar(one.pattern, one.members, one.n_rows, one.n_expected) for one in shown],
        picked=compare_region.picked(scene),
        about=_in_words(scene),
        on_pick=lambda pattern: compare_region.pick(scene.version, pattern),
        key="compare.upset",
    )
    if len(every) > DRAWN:
        rest = sum(one.n_rows for one in every[DRAWN:])
        label = f"All {len(every)} intersections ({len(every) - DRAWN} smaller, {rest:,} rows)"
        st.toggle(label, key=EVERY, persist_state="session")


def _let_go(scene: Scene, region: Region) -> None:
    """What is narrowed to, and the way back to all rows."""
    if region == Region():
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.text(f"Narrowed to rows {compare_region.in_words(scene, region)}", width="stretch")
        st.button("Show all", key="compare.all", on_click=_show_all)


def _show_all() -> None:
    state.forget(compare_region.PATTERN)
    st.session_state[compare_region.SIDE] = compare_region.ALL


def _with_lasso(scene: Scene, region: Region) -> Region:
    made = loaders.in_use(scene.workspace, "map")
    strokes = () if made is None else compare_region.strokes(made.fingerprint)
    return replace(region, strokes=strokes)


def _found(scene: Scene, region: Region, points: Floats | None) -> Found:
    return comparison_rows.rows_found(scene.workspace, scene.members, scene.overlap, region, points)


def _key(scene: Scene, region: Region) -> str:
    """Names exactly these lines in this order."""
    said = [scene.version, region.pattern, region.pair, region.which, list(region.strokes)]
    return digest(canonical_json(said).encode())[:16]


def _in_words(scene: Scene) -> str:
    first = scene.overlap.intersections[:3]
    names = [one.name for one in scene.members]
    told = "; ".join(
        f"{words.count(one.n_rows, 'row')} in {' and '.join(names[at] for at in one.members)}"
        for one in first
    )
    return f"Exact intersections of {len(names)} subsets, largest first: {drawing.safe(told)}"
