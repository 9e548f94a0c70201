"""The tree of clusters as a treemap: groups of clusters alike, each as large as its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.pipeline.cluster_trees import Branch, ClusterTree, branches
from core.pipeline.representation import FOLD, tint
from pages.components import drawing, job_panel, words
from pages.components.cluster_scene import METHODS, TITLES, Scene
from pages.components.drawing import Ink
from pages.components.palettes import css, hexed, mixed
from pages.components.treemap import Group, Tile, treemap

if TYPE_CHECKING:
    import pandas as pd

DARK_TEXT, LIGHT_TEXT = "#000000", "#ffffff"  # one of them has 4.5 : 1 on any fill
KEYS = ("← → ↑ ↓ Enter", "among the groups: next cluster, next group, look at the cluster")
SAID = (
    "Each rectangle is a cluster, as large as its rows; clusters alike stand in one group, named "
    "by its own words. Click one to see it, or press Enter on it."
)


def show(scene: Scene, tree: ClusterTree | None) -> None:
    """The treemap, or the button that makes the tree of a clustering that has none yet."""
    if tree is None:
        _missing(scene)
        return
    found = branches(tree, scene.known)
    if not found:
        st.text("No cluster came out: every row is noise. Other settings may find some.")
        return
    treemap(
        groups(scene, found),
        picked=scene.picked,
        about=_in_words(found),
        on_pick=scene.pick,
        key=f"clusters.tree.{scene.version}",
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


def groups(scene: Scene, found: list[Branch]) -> list[Group]:
    """Every group with its clusters as rectangles, in the colours of the theme."""
    ink = drawing.ink()
    lines = scene.table.set_index("cluster")
    sizes = scene.known.sizes()
    made = []
    for branch in found:
        tiles = []
        for cluster in branch.clusters:
            fill = _colour(scene, lines, cluster, ink)
            facts = _facts(scene, lines.loc[cluster], branch.name)
            name = scene.known.names[cluster]
            tiles.append(Tile(cluster, name, float(sizes[cluster]), facts, fill, _text_on(fill)))
        made.append(Group(branch.name, tuple(tiles)))
    return made


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
    return LIGHT_TEXT if 1.05 / (light + 0.05) > (light + 0.05) / 0.05 else DARK_TEXT


def _facts(scene: Scene, line: pd.Series, group: str) -> tuple[str, ...]:
    """What is known of a cluster, a line each."""
    of_pool = drawing.as_share(line["share of pool"])
    facts = (f"group: {group}", f"{words.count(line['rows'], 'row')}, {of_pool} of the pool")
    if scene.chosen is None:
        return facts
    of_subset = drawing.as_share(line["share of subset"])
    return (
        *facts,
        f"{line['chosen']:,} chosen, {of_subset} of the subset",
        f"log2 ratio {line['log2 ratio']:+.2f}",
    )


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
    n_clusters = sum(len(branch.clusters) for branch in found)
    largest = "; ".join(branch.name for branch in found[:3])
    return (
        f"{words.count(n_clusters, 'cluster')} in {words.count(len(found), 'group')}; "
        f"the largest groups: {largest}"
    )
