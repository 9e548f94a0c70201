"""The map: a typed wrapper around the WebGL2 component in assets/map."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from pages.components.declared import declare
from pages.components.map_arrays import ArrayRef, Category, Score, TextRef
from pages.components.map_said import MapEvent, Strokes, drawn_on, heard, merged

NAME = "coreset-atlas.map"
REFERENCES = ("points", "category", "score", "order", "mask", "hover")

__all__ = [
    "Budget", "Label", "MapEvent", "MapSpec", "Strokes", "atlas_map", "drawn_on", "last_event",
    "map_json", "merged",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Budget:
    """The slider's limits and its value, in rows.

    A method whose smaller budgets are no prefixes of larger ones sets `solved`: that budget stays
    highlighted, whatever the slider says, until another one is solved.
    """

    minimum: int
    maximum: int
    value: int
    step: int = 1
    solved: int | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A name on the map, in the units of its points; the larger `size`, the sooner it is shown."""

    x: float
    y: float
    text: str
    size: float


@dataclass(frozen=True, slots=True)
class MapSpec:
    """What a map shows. Arrays travel once; whatever else changes is a few hundred bytes.

    Colour is the category's, else the score's, else plain. `order` with `budget` gives the
    slider, `order` alone highlights the whole selection; `sizes` "pick" draws early picks larger.
    `ringed` rings the selection where colour says something else; among many it hides the colours.
    `row` and `strokes` restore what was picked and drawn; hand back what the last event said, and
    leave them out to clear. `inside` is the server's count of the rows that the strokes leave;
    until it is there, the browser's own count is shown as a preview. `hover` gives the text of
    the hovered row.

    Maps of the same rows with one `link` share the hovered and the picked row, what the strokes
    set aside, the budget and the legend's emphasis, in the browser and without the server; the
    strokes stand on the map that was drawn on last. One of them shows the `slider`.
    """

    points: ArrayRef
    n_points: int
    category: Category | None = None
    score: Score | None = None
    order: ArrayRef | None = None
    mask: ArrayRef | None = None
    budget: Budget | None = None
    row: int | None = None
    strokes: Strokes = ()
    inside: int | None = None
    hover: TextRef | None = None
    link: str | None = None
    labels: tuple[Label, ...] = ()
    sizes: Literal["even", "pick"] = "even"
    ringed: bool = True
    slider: bool = True
    noun: str = "examples"
    height: int = 560  # px
    probe: bool = False  # measures frames; for tests only

    @property
    def version(self) -> str:
        """Names the points, so that a row or a lasso of other points is not taken for one here."""
        return self.points.offer.opaque


def atlas_map(spec: MapSpec, *, key: str) -> MapEvent:
    """Show a map and return what was done on it so far.

    The instance lives as long as `key` stays on the page: new arrays, colours or budgets never
    remount it, so zoom and lasso stay.
    """
    declare(NAME, "map")
    with st.container(key=f"stage-{key}"):  # keeps its room while the component is on its way
        done = _component()(
            key=key,
            data=map_json(spec),
            on_strokes_change=_nothing,
            on_row_change=_nothing,
            on_budget_change=_nothing,
            on_webgl_change=_nothing,
            on_renew_change=_nothing,
        )
    return _event(done, spec)


def last_event(spec: MapSpec, *, key: str) -> MapEvent:
    """What was done so far on the map of that key, before it is drawn in this run.

    So a page can count what the strokes enclose and say it in the `spec` of the same run.
    """
    return _event(st.session_state.get(key) or {}, spec)


@functools.cache
def _component() -> ComponentRenderer:
    return st.components.v2.component(NAME, js="index.js", css="map.css")


def _nothing() -> None:
    """A callback is what makes Streamlit keep a value."""


def _event(done: Mapping[str, Any], spec: MapSpec) -> MapEvent:
    limits = (spec.budget.minimum, spec.budget.maximum) if spec.budget else None
    return heard(done, version=spec.version, n_points=spec.n_points, limits=limits)


def map_json(spec: MapSpec) -> dict[str, Any]:
    """What the browser is told of a map."""
    version = spec.version
    references = {name: getattr(spec, name) for name in REFERENCES}
    return {
        "version": version,
        "count": spec.n_points,
        "noun": spec.noun,
        "height": spec.height,
        "probe": spec.probe,
        **{name: found and found.as_json() for name, found in references.items()},
        "budget": spec.budget and asdict(spec.budget),
        "slider": spec.slider,
        "sizes": spec.sizes,
        "ringed": spec.ringed,
        "labels": [asdict(label) for label in spec.labels],
        "link": spec.link,
        "row": None if spec.row is None else {"version": version, "row": spec.row},
        "strokes": {"version": version, "strokes": spec.strokes} if spec.strokes else None,
        "inside": spec.inside,
    }
