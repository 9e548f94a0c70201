"""The map: a typed wrapper around the WebGL2 component in assets/map."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest
from streamlit.components.v2.types import ComponentRenderer

from pages.components.map_arrays import ArrayRef, Category, Score

ASSETS = Path(__file__).parents[2] / "assets"
NAME = "coreset-atlas.map"
MAX_VERTICES = 20_000

Polygon = tuple[tuple[float, float], ...]


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
class MapSpec:
    """What a map shows. Arrays travel once; whatever else changes is a few hundred bytes.

    Colour is the category's, else the score's, else plain. `order` with `budget` gives the
    slider, `order` alone highlights the whole selection. `row` and `polygon` restore what was
    picked; hand back what the last event said, and leave them out to clear.
    """

    points: ArrayRef
    n_points: int
    category: Category | None = None
    score: Score | None = None
    order: ArrayRef | None = None
    mask: ArrayRef | None = None
    budget: Budget | None = None
    row: int | None = None
    polygon: Polygon | None = None
    noun: str = "examples"
    height: int = 560  # px
    probe: bool = False  # measures frames; for tests only

    @property
    def version(self) -> str:
        """Names the points, so that a row or a lasso of other points is not taken for one here."""
        return self.points.offer.opaque


@dataclass(frozen=True, slots=True)
class MapEvent:
    """What the hand last did: a lasso (float32, not rounded), a picked row, the budget at rest."""

    polygon: Polygon | None
    row: int | None
    budget: int | None


def atlas_map(spec: MapSpec, *, key: str) -> MapEvent:
    """Show a map and return what was done on it so far.

    The instance lives as long as `key` stays on the page: new arrays, colours or budgets never
    remount it, so zoom and lasso stay.
    """
    _declare()
    done = _component()(
        key=key,
        data=_as_json(spec),
        on_polygon_change=_nothing,
        on_row_change=_nothing,
        on_budget_change=_nothing,
        on_renew_change=_nothing,
    )
    return MapEvent(
        polygon=_polygon(done.get("polygon"), spec),
        row=_row(done.get("row"), spec),
        budget=_budget(done.get("budget"), spec.budget),
    )


@functools.cache
def _component() -> ComponentRenderer:
    return st.components.v2.component(NAME, js="index.js", css="map.css")


def _declare() -> None:
    """Tell this runtime where the component's files are.

    Streamlit serves component files (ES modules, split by concern) for installed packages only;
    an app that runs from its folder says so itself. Inline JavaScript would be one file, and
    45 kB on the websocket with every change.
    """
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(NAME) is None:
        package, component = NAME.split(".")
        files = ComponentConfig(name=component, asset_dir="map")
        manager.register_from_manifest(ComponentManifest(package, "1", [files]), ASSETS)


def _nothing() -> None:
    """A callback is what makes Streamlit keep a value."""


def _as_json(spec: MapSpec) -> dict[str, Any]:
    version = spec.version
    return {
        "version": version,
        "count": spec.n_points,
        "noun": spec.noun,
        "height": spec.height,
        "probe": spec.probe,
        "points": spec.points.as_json(),
        "category": spec.category.as_json() if spec.category else None,
        "score": spec.score.as_json() if spec.score else None,
        "order": spec.order.as_json() if spec.order else None,
        "mask": spec.mask.as_json() if spec.mask else None,
        "budget": _limits(spec.budget) if spec.budget else None,
        "row": None if spec.row is None else {"version": version, "row": spec.row},
        "polygon": spec.polygon and {"version": version, "points": spec.polygon},
    }


def _limits(budget: Budget) -> dict[str, Any]:
    return {
        "minimum": budget.minimum,
        "maximum": budget.maximum,
        "value": budget.value,
        "step": budget.step,
        "solved": budget.solved,
    }


def _polygon(said: Any, spec: MapSpec) -> Polygon | None:
    """A lasso from the browser, or None where it is none or belongs to other points."""
    corners = _current(said, spec, "points")
    if not isinstance(corners, list) or not 3 <= len(corners) <= MAX_VERTICES:
        return None
    if not all(_is_place(corner) for corner in corners):
        return None
    return tuple((float(x), float(y)) for x, y in corners)


def _is_place(corner: Any) -> bool:
    return (
        isinstance(corner, list)
        and len(corner) == 2
        and all(isinstance(part, int | float) and math.isfinite(part) for part in corner)
    )


def _row(said: Any, spec: MapSpec) -> int | None:
    row = _whole(_current(said, spec, "row"))
    return row if row is not None and 0 <= row < spec.n_points else None


def _budget(said: Any, limits: Budget | None) -> int | None:
    budget = _whole(said)
    if limits is None or budget is None:
        return None
    return min(limits.maximum, max(limits.minimum, budget))


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _current(said: Any, spec: MapSpec, name: str) -> Any:
    if isinstance(said, dict) and said.get("version") == spec.version:
        return said.get(name)
    return None
