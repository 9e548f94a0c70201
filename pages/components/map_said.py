"""What the hand did on a map: what is believed of what a browser says."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.project.inside import MAX_STROKES, MAX_VERTICES, MODES, Stroke

Strokes = tuple[Stroke, ...]


@dataclass(frozen=True, slots=True)
class MapEvent:
    """What the hand last did, and what the browser lacks.

    `strokes` are lassos and boxes in the order in which they hold (empty where there is none),
    float32, not rounded; each is {"mode": "replace" | "add" | "subtract", "points": [[x, y], …]},
    as JSON and as `core.project.inside.rows_inside_strokes` read them. `row` is the picked one,
    `budget` the slider at rest. `webgl` is False where the browser has no WebGL2: the map shows
    one quiet line then and the page draws something else; None says nothing was missing. The two
    times (ms since 1970 in the browser, 0 = never) tell which of linked maps had the last word.
    """

    strokes: Strokes
    row: int | None
    budget: int | None
    webgl: bool | None = None
    strokes_at: int = 0
    row_at: int = 0


def heard(
    done: Mapping[str, Any], *, version: str, n_points: int, limits: tuple[int, int] | None
) -> MapEvent:
    """The event in a component's state; what belongs to other points or is nonsense is dropped."""
    strokes, row = (_current(done.get(name), version) for name in ("strokes", "row"))
    return MapEvent(
        strokes=_strokes(strokes.get("strokes")),
        row=_row(row.get("row"), n_points),
        budget=_budget(done.get("budget"), limits),
        webgl=False if done.get("webgl") is False else None,
        strokes_at=_whole(strokes.get("at")) or 0,
        row_at=_whole(row.get("at")) or 0,
    )


def merged(*events: MapEvent) -> MapEvent:
    """Linked maps as one: of strokes and rows the last word holds, a cleared one included."""
    drawn = max(events, key=lambda event: event.strokes_at)
    picked = max(events, key=lambda event: event.row_at)
    budgets = [event.budget for event in events if event.budget is not None]
    return MapEvent(
        strokes=drawn.strokes,
        row=picked.row,
        budget=budgets[0] if budgets else None,
        webgl=False if any(event.webgl is False for event in events) else None,
        strokes_at=drawn.strokes_at,
        row_at=picked.row_at,
    )


def drawn_on(*events: MapEvent) -> int | None:
    """Which of linked maps the strokes stand on: hand them back to that one, none to the others."""
    last = max(range(len(events)), key=lambda at: events[at].strokes_at)
    return last if events[last].strokes else None


def _current(said: Any, version: str) -> Mapping[str, Any]:
    """What was said of these very points; nothing where it is of others."""
    return said if isinstance(said, dict) and said.get("version") == version else {}


def _strokes(said: Any) -> Strokes:
    """All of them or none: without one of its strokes a selection would be another one."""
    if not isinstance(said, list) or len(said) > MAX_STROKES:
        return ()
    if not all(_is_stroke(stroke) for stroke in said):
        return ()
    if sum(len(stroke["points"]) for stroke in said) > MAX_VERTICES:
        return ()
    return tuple(
        Stroke(mode=stroke["mode"], points=[[float(x), float(y)] for x, y in stroke["points"]])
        for stroke in said
    )


def _is_stroke(said: Any) -> bool:
    if not isinstance(said, dict) or said.get("mode") not in MODES:
        return False
    corners = said.get("points")
    return isinstance(corners, list) and len(corners) >= 3 and all(map(_is_place, corners))


def _is_place(corner: Any) -> bool:
    return (
        isinstance(corner, list)
        and len(corner) == 2
        and all(isinstance(part, int | float) and math.isfinite(part) for part in corner)
    )


def _row(said: Any, n_points: int) -> int | None:
    row = _whole(said)
    return row if row is not None and 0 <= row < n_points else None


def _budget(said: Any, limits: tuple[int, int] | None) -> int | None:
    budget = _whole(said)
    if limits is None or budget is None:
        return None
    return min(limits[1], max(limits[0], budget))


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
