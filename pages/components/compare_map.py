"""The map of a comparison: rows in the colour of the one subset that has them, ink for several."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from core.fingerprint import digest
from core.pipeline.comparison_rows import Region, first_places, names_in, region_mask
from core.pipeline.views import in_use
from core.project.inside import rows_inside_strokes
from core.records import Bools, Floats
from core.workspace import Workspace
from pages.components import compare_region, job_panel, loaders, state
from pages.components.compare_look import slots
from pages.components.compare_scene import Scene
from pages.components.map import MapSpec, atlas_map, last_event
from pages.components.map_arrays import (
    ArrayRef,
    Category,
    TextRef,
    mask_array,
    order_array,
    points_array,
    text_array,
)
from pages.components.offers import MAX_CHARACTERS, offer

KEY = "compare.map"
ROW = "compare.row"
SAID = "compare.map.said"
HEIGHT = 460
SEVERAL, NONE = 7, 8  # codes after those of the hues


def show(scene: Scene, region: Region) -> Floats | None:
    """The map with what a region leaves in view; gives its points, None where there is no map."""
    workspace = scene.workspace
    points = loaders.coordinates(workspace)
    if points is None:
        _lay_out(workspace)
        return None
    layout = in_use(workspace, "map").fingerprint
    bare = MapSpec(
        points=points_array(points, layout),
        n_points=len(points),
        height=HEIGHT,
        hover=_hover(scene),
    )
    spec = _spec(scene, region, bare, points)
    if atlas_map(spec, key=KEY).webgl is False:
        st.info(
            "This browser offers no WebGL2, so the map cannot be drawn here. The intersections "
            "and the table show the same rows.",
            icon=":material/desktop_access_disabled:",
        )
    return points


def heed(workspace: Workspace) -> None:
    """Take what was newly drawn or picked on the map before anything of it is counted."""
    made = loaders.in_use(workspace, "map")
    points = loaders.coordinates(workspace)
    if made is None or points is None:
        return
    bare = MapSpec(points=points_array(points, made.fingerprint), n_points=len(points))
    event = last_event(bare, key=KEY)
    _heed(made.fingerprint, event.strokes, event.strokes_at, event.row, event.row_at)


def _heed(layout: str, strokes: Any, strokes_at: int, row: int | None, row_at: int) -> None:
    """Each word is heeded once: the map says its last one again at every rerun."""
    before = state.remembered(SAID, ((layout, 0), (layout, 0)))
    if (layout, strokes_at) != before[0]:
        compare_region.draw(layout, strokes)
    if (layout, row_at) != before[1]:
        state.remember(ROW, row)
    state.remember(SAID, ((layout, strokes_at), (layout, row_at)))


def _spec(scene: Scene, region: Region, bare: MapSpec, points: Floats) -> MapSpec:
    mask = region_mask(scene.overlap, region)
    own = digest(f"{scene.version} {region.pattern} {region.pair} {region.which}".encode())[:32]
    rows = np.flatnonzero(mask)
    places = first_places(scene.members, len(mask))[rows]
    order = rows[np.argsort(places, kind="stable")].astype(np.int64)
    strokes = compare_region.strokes(in_use(scene.workspace, "map").fingerprint)
    row = state.remembered(ROW)
    return replace(
        bare,
        category=_category(scene, region, mask, own),
        order=order_array(order, len(mask), own),
        ringed=False,
        mask=mask_array(mask, own),
        row=row if row is not None and row < len(mask) else None,
        strokes=strokes,
        inside=int(mask[rows_inside_strokes(strokes, points)].sum()) if strokes else None,
    )


def _category(scene: Scene, region: Region, mask: Bools, own: str) -> Category:
    """One code a subset by the place of its hue, then 'in several', then 'in none'.

    Codes that nobody has stay out of the legend.
    """
    places = slots(scene.members)
    if region.pair is None:
        several, none = "in several", "in none"
        code_of = np.full(1 << len(places), SEVERAL, dtype=np.uint8)
        code_of[0] = NONE
        code_of[1 << np.arange(len(places))] = places
        codes = code_of[scene.overlap.patterns]
    else:
        several, none = "in both", "in neither"
        first, second = (scene.overlap.within(at) for at in region.pair)
        codes = np.full(len(mask), NONE, dtype=np.uint8)
        codes[first], codes[second] = (places[at] for at in region.pair)
        codes[first & second] = SEVERAL
    names = {place: one.name for place, one in zip(places, scene.members, strict=True)}
    only = [f"only in {names[at]}" if at in names else "" for at in range(SEVERAL)]
    return Category(
        ArrayRef(offer(codes, own, name="membership"), "uint8"),
        "membership",
        (*only, several, none),
        tuple(np.bincount(codes, minlength=NONE + 1).tolist()),
        grey=(NONE,),
        accent=tuple(at for at, one in zip(places, scene.members, strict=True) if one.own),
        ink=(SEVERAL,),
    )


def _hover(scene: Scene) -> TextRef:
    """Which subsets hold the row under the pointer, and how it begins."""
    pool = loaders.pool(scene.workspace)
    own = digest(f"{scene.version} hover".encode())[:32]
    return text_array(partial(_line, scene, pool), pool.n_rows, own, "membership")


def _line(scene: Scene, pool: Any, row: int) -> str:
    inside = names_in(scene.members, int(scene.overlap.patterns[row]))
    (text,) = pool.texts(np.array([row], dtype=np.int64))
    beginning = " ".join(text[: 4 * MAX_CHARACTERS].split())
    return f"{', '.join(inside)} · {beginning}" if inside else beginning


def _lay_out(workspace: Workspace) -> None:
    with st.container(border=True):
        st.markdown("Here the rows lie on the map of the pool, which has to be laid out once.")
        busy = job_panel.is_busy(workspace) or not state.may_write(workspace)
        if st.button("Lay out the map", key="compare.project", disabled=busy):
            job_panel.start(workspace, ["project"], title="Lay out the map")
