"""One map of the pool, or two side by side that share colour, lasso, selection and the row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import streamlit as st

from core.fingerprint import digest
from core.pipeline.arrays import load_array
from core.pipeline.filters import Filter
from core.pipeline.layouts import TITLES, Layout, layouts, missing_spaces
from core.pipeline.map_drawing import Drawing
from core.pipeline.tables import previews
from core.pipeline.views import open_pool
from core.records import Floats, Rows
from core.workspace import Workspace
from pages.components import (
    address,
    chips,
    hovers,
    hues,
    inspected,
    job_panel,
    layout,
    map_export,
    map_fallback,
    staleness,
    state,
)
from pages.components.hues import Hue
from pages.components.loaders import Chosen
from pages.components.map import Budget, MapEvent, MapSpec, atlas_map, last_event
from pages.components.map_arrays import order_array, points_array

COMPARE = "map.compare"  # the widget
NO_OTHER = "none"
HEIGHT, HEIGHT_OF_TWO, SLIDER = 560, 480, 38  # px; a map without the slider takes its room too
SIZES = "map.sizes"  # the widget
LINK = "map"
PLAIN = "map.plain"  # the figure of a browser without WebGL2
LACKING = "map.no_webgl"


@dataclass(frozen=True, slots=True)
class Look:
    """How the maps are to look: their colour, and the size of their points."""

    hue: Hue
    sizes: Literal["even", "pick"] = "even"


@dataclass(frozen=True, slots=True)
class Picture:
    """One map on the page: the key of its component, what it lays out, and its bare spec."""

    key: str
    layout: Layout
    points: Floats
    bare: MapSpec


def choose(workspace: Workspace) -> None:
    """Ask what the map is to be compared with."""
    titles = others(workspace)
    if len(titles) == 1:
        return
    other = st.selectbox(
        "Compare with",
        list(titles),
        format_func=titles.__getitem__,
        key=COMPARE,
        persist_state="session",
        width=180,
    )
    address.tell("compare", None if other == NO_OTHER else other)


def wanted() -> str:
    """What the map is compared with, by its key."""
    return str(st.session_state.get(COMPARE, NO_OTHER))


def to_be_made(workspace: Workspace) -> list[str]:
    """Spaces that can be laid out and are not yet."""
    return missing_spaces(workspace)


def others(workspace: Workspace) -> dict[str, str]:
    """What the map may be compared with, by key, with its title; layouts to be made among them."""
    made = {_key(one): one.title for one in _layouts(workspace)[1:]}
    # A label that changed when the layout is there would not reach the widget while it is open.
    missing = {one: TITLES[one] for one in missing_spaces(workspace)}
    return {NO_OTHER: "nothing", **made, **missing}


def pictures(workspace: Workspace, chosen: Chosen | None, *, probe: bool) -> list[Picture]:
    """The map and the one it is compared with; the latter only where it was laid out."""
    address.restored("compare", COMPARE, others(workspace))
    found, other = _layouts(workspace), wanted()
    shown = [found[0], *(one for one in found[1:] if _key(one) == other)]
    return [
        _picture(workspace, chosen, one, key="map" if at == 0 else "map.other", probe=probe)
        for at, one in enumerate(shown)
    ]


def heed(workspace: Workspace, shown: list[Picture]) -> None:
    """Take what the hand did on the maps since they were drawn."""
    for one in shown:
        event = last_event(one.bare, key=one.key)
        inspected.heed_strokes(workspace, one.key, one.layout.fingerprint, event.strokes)
        inspected.heed_row(one.key, event.row)


def draw(
    workspace: Workspace, chosen: Chosen | None, shown: list[Picture], look: Look
) -> list[MapEvent]:
    """The maps side by side; gives what the hand last did on each.

    Where the browser said once that it has no WebGL2, one plain figure stands for them.
    """
    if state.remembered(LACKING):
        return [_without_webgl(workspace, chosen, shown[0], look)]
    events = _drawn(workspace, chosen, shown, look)
    if any(event.webgl is False for event in events):
        state.remember(LACKING, True)
        st.rerun()
    return events


def sizes() -> Literal["even", "pick"]:
    """How large points are drawn, as was last asked."""
    return "pick" if st.session_state.get(SIZES) else "even"


def below(workspace: Workspace, chosen: Chosen | None, shown: list[Picture], look: Look) -> None:
    """What stands under the maps: the size of their points, and the map as a file."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if chosen is not None:
            st.toggle(
                "Size by pick",
                key=SIZES,
                persist_state="session",
                help="Early picks are drawn larger.",
            )
        take_along(workspace, chosen, shown, look)


def take_along(
    workspace: Workspace, chosen: Chosen | None, shown: list[Picture], look: Look
) -> None:
    """The map as a file, as it looks now."""
    drawing, version = _drawing(workspace, chosen, shown[0], look)
    texts = partial(_beginnings, workspace)
    map_export.offer(drawing, texts=texts, version=version, key="map.take")


def _drawn(
    workspace: Workspace, chosen: Chosen | None, shown: list[Picture], look: Look
) -> list[MapEvent]:
    if len(shown) == 1:
        return [atlas_map(_spec(workspace, chosen, shown[0], look, shown), key=shown[0].key)]
    events = []
    for place, one in zip(layout.twins("maps"), shown, strict=True):
        with place:
            st.text(f"By {one.layout.title}")
            events.append(atlas_map(_spec(workspace, chosen, one, look, shown), key=one.key))
    return events


def lay_out(workspace: Workspace, space: str) -> None:
    """The step that is missing before the pool can be seen by its codes or neurons."""
    if staleness.show(workspace, f"map-{space}", here="map"):
        return
    with st.container(border=True):
        st.markdown(
            f"The pool is not laid out by its {TITLES[space]} yet. Examples lie together there "
            "when the model does the same inside while it reads them."
        )
        busy = job_panel.is_busy(workspace)
        if st.button(f"Lay out the {TITLES[space]}", key="map.lay_out", disabled=busy):
            title = f"Lay out the {TITLES[space]}"
            job_panel.start(workspace, ["project", f"--space={space}"], title=title)


def _layouts(workspace: Workspace) -> list[Layout]:
    """All layouts, that of the embeddings in use first."""
    own = workspace.current().get("map")
    return sorted(layouts(workspace), key=lambda one: one.fingerprint != own)


def _key(one: Layout) -> str:
    """A layout's name in the address: that of its space where it is of the readings in use."""
    return one.space if one.model is None else one.fingerprint


def _picture(
    workspace: Workspace, chosen: Chosen | None, shown: Layout, *, key: str, probe: bool
) -> Picture:
    points = _coordinates(str(workspace.root), shown.fingerprint)
    places = points_array(points, shown.fingerprint)
    bare = MapSpec(points=places, n_points=len(points), probe=probe)
    if chosen is not None:
        order = order_array(chosen.order.rows, len(points), chosen.fingerprint)
        bare = replace(bare, order=order, budget=_limits(chosen, len(points)))
    return Picture(key, shown, points, bare)


def _spec(
    workspace: Workspace, chosen: Chosen | None, one: Picture, look: Look, shown: list[Picture]
) -> MapSpec:
    """Everything a map is told; what a lasso sets aside on the maps shown, they know themselves."""
    subset = None if chosen is None else chosen.subset
    held, _ = chips.working(workspace, subset)
    stands = chips.drawn(workspace)
    if stands is not None and stands.value["map"] in {each.layout.fingerprint for each in shown}:
        rest: tuple[Filter, ...] = tuple(each for each in held if each != stands)
        inside = len(chips.passing(workspace, (stands,), subset).rows) if stands in held else None
    else:
        rest, inside = held, None
    passing = chips.passing(workspace, rest, subset) if rest else None
    strokes = inspected.strokes_on(workspace, one.layout.fingerprint)
    return replace(
        one.bare,
        **hues.channels(workspace, look.hue, chosen=chosen, filters=held, shown=passing),
        row=inspected.row(workspace),
        strokes=strokes,
        inside=inside if strokes else None,
        hover=hovers.texts(workspace),
        link=LINK if len(shown) > 1 else None,
        labels=hues.labels(workspace, one.layout.fingerprint, one.points),
        sizes=look.sizes,
        slider=one is shown[0],
        height=HEIGHT_OF_TWO if len(shown) > 1 else HEIGHT + (0 if chosen else SLIDER),
    )


def _without_webgl(
    workspace: Workspace, chosen: Chosen | None, one: Picture, look: Look
) -> MapEvent:
    """A plain figure, and what was done on it taken to heart as on the map."""
    drawing, version = _drawing(workspace, chosen, one, look)
    event = map_fallback.show(
        drawing,
        texts=partial(_beginnings, workspace),
        budget=one.bare.budget,
        version=version,
        key=PLAIN,
    )
    before = chips.filters(workspace), inspected.row(workspace)
    inspected.heed_strokes(workspace, PLAIN, one.layout.fingerprint, event.strokes)
    inspected.heed_row(PLAIN, event.row)
    if (chips.filters(workspace), inspected.row(workspace)) != before:
        st.rerun()
    return event


def _drawing(
    workspace: Workspace, chosen: Chosen | None, one: Picture, look: Look
) -> tuple[Drawing, str]:
    """The map for those who draw it elsewhere, and a name for exactly this drawing."""
    subset = None if chosen is None else chosen.subset
    held, _ = chips.working(workspace, subset)
    shade = hues.shade(workspace, look.hue, chosen, held)
    rows = np.empty(0, dtype=np.int64) if subset is None else subset.rows
    drawing = Drawing(
        title=f"Map of {len(one.points):,} examples",
        caption=f"Laid out by {one.layout.title}.",
        points=one.points,
        chosen=rows,
        shade=shade,
    )
    order = "" if chosen is None else f"{chosen.fingerprint} {chosen.budget}"
    version = f"{one.layout.fingerprint} {order} {'' if shade is None else shade.fingerprint}"
    return drawing, digest(version.encode())[:16]


def _beginnings(workspace: Workspace, rows: Rows) -> list[str]:
    return previews(open_pool(workspace), rows)


def _limits(chosen: Chosen, n_points: int) -> Budget:
    """How far the slider goes: along a nested order, or to any budget that is then solved anew."""
    if chosen.order.nested:
        return Budget(chosen.least, len(chosen.order), chosen.budget)
    least = max(chosen.order.n_pinned, 1)
    return Budget(least, n_points, chosen.budget, solved=chosen.budget)


@st.cache_resource(max_entries=6, show_spinner=False)
def _coordinates(root: str, fingerprint: str) -> Floats:
    return load_array(Workspace(Path(root)).get("map", fingerprint).folder, "coordinates")
