"""The coverage map: every live latent as a point, those that the subset covers in the accent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from core.pipeline.colouring import Groups, Scale
from core.pipeline.latent_colouring import DIFFERENCE, latent_colourings
from core.pipeline.latent_map import LatentMap
from core.pipeline.marks import marks
from core.project.inside import rows_inside_strokes
from core.records import Rows
from core.workspace import Workspace
from pages.components import (
    feature_hues,
    feature_loaders,
    feature_others,
    feature_plain_map,
    feature_view,
    job_panel,
    staleness,
    state,
    words,
)
from pages.components.loaders import Chosen
from pages.components.map import Label, MapEvent, MapSpec, atlas_map, last_event
from pages.components.map_arrays import TextRef, points_array, text_array

KEY = "features.map"
SAID = "features.map.said"
NO_WEBGL = "features.no_webgl"
HEIGHT = 460  # px
MOST_LABELS = 200


def show(workspace: Workspace, chosen: Chosen | None) -> Rows | None:
    """The map with its colours; gives the latents inside a lasso, None where there is none."""
    placed = feature_loaders.layout(workspace)
    if placed is None:
        _lay_out(workspace)
        return None
    bare = MapSpec(
        points=points_array(placed.coordinates, placed.fingerprint),
        n_points=len(placed.latents),
        noun="latents",
        height=HEIGHT,
    )
    event = last_event(bare, key=KEY)
    if event.row is not None:
        _heed(placed, event.row)
    found = _colouring(workspace, chosen)
    if state.remembered(NO_WEBGL):
        around, clicked = feature_plain_map.show(placed, found, HEIGHT)
        _heed(placed, clicked)
        return around
    inside = _inside(placed, event)
    spec = replace(
        bare,
        **feature_hues.channels(found),
        row=_place_in_view(placed),
        strokes=event.strokes,
        inside=None if inside is None else len(inside),
        hover=_hover(workspace, chosen, placed),
        labels=_labels(workspace, placed),
    )
    if atlas_map(spec, key=KEY).webgl is False:
        state.remember(NO_WEBGL, True)  # the live map, which says so, is not drawn from now on
        st.rerun()
    _caption(placed)
    return inside


def _lay_out(workspace: Workspace) -> None:
    """The step that is missing, in the room that the map will take."""
    if staleness.show(workspace, "latent-map", here="features"):
        return
    with st.container(border=True, height=HEIGHT):
        st.markdown(
            "Here every latent lies as a point beside those that write alike, and the covered "
            "ones stand out. They have to be laid out once; thousands take about a minute."
        )
        busy = job_panel.is_busy(workspace)
        if st.button("Lay out the latents", type="primary", key="features.project", disabled=busy):
            job_panel.start(workspace, ["project", "--space=latents"], title="Lay out the latents")


def _colouring(workspace: Workspace, chosen: Chosen | None) -> Groups | Scale:
    """What the points are coloured by, as asked for above the map."""
    subset = None if chosen is None else chosen.subset
    titles = latent_colourings(subset, subset)  # a second one, at least random rows, is there
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = st.selectbox(
            "Colour by",
            list(titles),
            format_func=titles.__getitem__,
            key="features.colour",
            persist_state="session",
            width=300,
        )
        key = key if key in titles else next(iter(titles))
        other = feature_others.picked(workspace, chosen) if key == DIFFERENCE else None
    return feature_loaders.colouring(workspace, key, chosen, other)


def _heed(placed: LatentMap, row: int | None) -> None:
    """Open the latent that was newly clicked; the map says its last word again at every rerun."""
    said = None if row is None else (placed.fingerprint, row)
    if said == state.remembered(SAID):
        return
    state.remember(SAID, said)
    if row is not None:
        feature_view.look_at("latent", int(placed.latents[row]))


def _place_in_view(placed: LatentMap) -> int | None:
    latent = feature_view.in_view("latent")
    return None if latent is None else placed.place(latent)


def _inside(placed: LatentMap, event: MapEvent) -> Rows | None:
    """The latents that lassos and boxes leave, counted from the unrounded outlines."""
    if not event.strokes:
        return None
    found: Rows = np.asarray(placed.latents)[rows_inside_strokes(event.strokes, placed.coordinates)]
    return found


def _hover(workspace: Workspace, chosen: Chosen | None, placed: LatentMap) -> TextRef:
    """What is known of the point under the pointer, in a line."""
    version = feature_loaders.version(workspace, chosen)

    def read(row: int) -> str:
        table = feature_loaders.latents(workspace, chosen, "", "live").table
        found = table[table["latent"] == placed.latents[row]].iloc[0]
        parts = [f"latent {found['latent']}"]
        if found["label"]:
            parts.append(found["label"])
        parts.append(
            f"{words.count(found['rows'], 'row')}, {words.share(found['density'], 1)} of the pool"
        )
        if chosen is not None:
            parts.append(f"{words.count(found['chosen'], 'chosen row')}")
        return " · ".join(parts)

    return text_array(read, len(placed.latents), version, "latents")


def _labels(workspace: Workspace, placed: LatentMap) -> tuple[Label, ...]:
    """The names that people gave, where their latents lie; that in view stands in the inspector."""
    found, open_one = [], feature_view.in_view("latent")
    for latent, one in marks(workspace).latents.items():
        place = placed.place(latent) if one.label and latent != open_one else None
        if place is not None and len(found) < MOST_LABELS:
            x, y = placed.coordinates[place].tolist()
            found.append(Label(x, y, one.label, 2.0 if one.starred else 1.0))
    return tuple(found)


def _caption(placed: LatentMap) -> None:
    """How far the places may be believed: directions in many dimensions hardly fit into two."""
    how = "UMAP" if placed.method == "umap" else "PCA"
    parts = [f"{how} of decoder directions"]
    if placed.kept is not None:
        parts.append(f"it keeps {words.share(placed.kept, 1)} of each latent's nearest neighbours")
    if placed.n_dead:
        parts.append(f"{words.count(placed.n_dead, 'dead latent')} left out")
    st.caption(
        "; ".join(parts) + ".",
        help="A place to find latents by, no measure: the true neighbours of a latent stand under "
        "Near it, and no selection uses this map.",
    )
