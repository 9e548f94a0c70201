"""The cluster coverage map: every example in the colour of how its cluster fares in the subset."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import streamlit as st

from core.fingerprint import digest
from core.pipeline.representation import FOLD, extreme_places, row_tints
from core.records import Bools, Floats
from core.workspace import Workspace
from pages.components import hovers, loaders, shell, state
from pages.components.cluster_scene import TITLES, Scene
from pages.components.map import Label, MapSpec, atlas_map
from pages.components.map_arrays import mask_array, points_array, score_array

HEIGHT = 480
KEY = "clusters.map"
HOW = (
    "Blue examples lie in clusters of which the subset takes more than their share of the pool, "
    "orange ones in clusters of which it takes less; noise is grey. The clusters furthest from "
    "their share are named. Click an example to see its cluster."
)


def show(scene: Scene) -> None:
    """The map of the pool, coloured by cluster, with the extremes named."""
    points = loaders.coordinates(scene.workspace)
    if points is None:
        st.text("The pool has not been laid out as a map yet.")
        shell.link("map", "Lay out the map", icon=":material/scatter_plot:")
        return
    if scene.chosen is None:
        st.text("Choose a subset to see which clusters it favours.")
        shell.link("subset", "Choose a subset", icon=":material/checklist:")
        return
    event = atlas_map(spec(scene, points), key=KEY)
    st.caption(HOW)
    if event.webgl is False:
        st.info(
            "This browser offers no WebGL2, so the map cannot be drawn here. The list and the "
            "groups show the same numbers.",
            icon=":material/desktop_access_disabled:",
        )
    _heed(scene, event.row, event.row_at)


def spec(scene: Scene, points: Floats) -> MapSpec:
    """Places, colours and names."""
    layout = loaders.in_use(scene.workspace, "map").fingerprint
    own = digest(f"{scene.version} tints".encode())[:32]
    root = str(scene.workspace.root)
    tints, there = _tints(root, own, _scene=scene)
    title = f"share of the subset against the pool, by {TITLES[scene.role]} cluster"
    score = score_array(tints, own, title=title, palette="difference", span=(0.0, 1.0))
    return MapSpec(
        points=points_array(points, layout),
        n_points=len(points),
        score=replace(score, low=f"{FOLD:g} times its share", high=f"1/{FOLD:g} or less"),
        mask=mask_array(there, own) if scene.n_noise else None,
        labels=_labels(root, f"{own} {layout}", _scene=scene, _points=points),
        hover=hovers.texts(scene.workspace),
        height=HEIGHT,
    )


def _heed(scene: Scene, row: int | None, when: int) -> None:
    """Take a click once: the map says it again at every run."""
    said = (row, when)
    if row is None or said == state.remembered("clusters.map.said"):
        return
    state.remember("clusters.map.said", said)
    scene.pick(int(scene.known.labels[row]))
    st.rerun()


@st.cache_resource(max_entries=4, show_spinner=False)
def _tints(root: str, own: str, _scene: Scene) -> tuple[Floats, Bools]:
    return row_tints(Workspace(Path(root)), _scene.table, _scene.role)


@st.cache_resource(max_entries=4, show_spinner=False)
def _labels(root: str, own: str, _scene: Scene, _points: Floats) -> tuple[Label, ...]:
    places = extreme_places(_scene.table, _scene.known.labels, _points)
    return tuple(Label(x, y, name, float(size)) for x, y, name, size in places)
