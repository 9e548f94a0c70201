"""Which points lie inside a lasso, or several: the server's count is the one that holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from core.errors import RequestError
from core.records import Bools, Floats, Rows

MODES = ("replace", "add", "subtract")

MAX_VERTICES = 20_000
"""A lasso drawn by hand has a few hundred vertices; more is not a lasso."""

MAX_STROKES = 100

CHUNK = 1 << 20
"""Points handled at once, so that memory stays at some 50 MB whatever the pool."""


class Stroke(TypedDict):
    """One lasso or box as JSON carries it: `mode` is one of `MODES`, `points` are x, y pairs."""

    mode: str
    points: list[list[float]]


def rows_inside_strokes(strokes: Sequence[Stroke | Mapping[str, Any]], points: Floats) -> Rows:
    """Rows that several strokes leave selected, ascending; they hold in the order given.

    "replace" starts anew, "add" and "subtract" change what the strokes before it left; a list
    that opens with "subtract" takes away from all rows, and no stroke at all selects none. Each
    stroke encloses what `rows_inside` says. Raises RequestError where one is no stroke.
    """
    if len(strokes) > MAX_STROKES:
        raise RequestError(
            f"a selection has at most {MAX_STROKES:,} strokes; seen {len(strokes):,}; "
            "draw it with fewer"
        )
    checked = [_checked_stroke(stroke) for stroke in strokes]
    starts_full = bool(checked) and checked[0][0] == "subtract"
    selected: Bools = np.full(len(points), starts_full, dtype=bool)
    for mode, corners in checked:
        if mode == "replace":
            selected[:] = False
        selected[rows_inside(corners, points)] = mode != "subtract"
    return np.flatnonzero(selected)


def rows_inside(polygon: Sequence[Sequence[float]] | Floats, coordinates: Floats) -> Rows:
    """Rows whose point lies inside the polygon, ascending (even-odd rule).

    `polygon` is (m, 2), closed by itself, in the units of `coordinates` (n, 2) float32; it may
    cross itself. Fewer than three vertices enclose nothing. An edge owns its lower end and not
    its upper one, so that two lassos with a common border never share a point. A point that is
    not finite lies in no lasso. Raises RequestError where the polygon is not a list of finite
    x, y pairs.

    Points are sorted by height once and each edge meets only those about its own, so the work
    grows with the crossings of the outline, not with its number of vertices.
    """
    corners = _checked_polygon(polygon)
    if coordinates.ndim != 2 or coordinates.shape[1] != 2:
        raise ValueError(f"coordinates have shape {coordinates.shape}; (n, 2) is read here")
    found = [
        start + _inside(corners, coordinates[start : start + CHUNK])
        for start in range(0, len(coordinates), CHUNK)
    ]
    return np.concatenate(found) if found else np.empty(0, np.int64)


def _checked_stroke(stroke: Any) -> tuple[str, Floats]:
    if not isinstance(stroke, Mapping) or stroke.get("mode") not in MODES:
        raise RequestError(
            f"a stroke has a mode ({', '.join(MODES)}) and points; seen {stroke!r:.60}; "
            "draw it again"
        )
    return stroke["mode"], _checked_polygon(stroke.get("points")).astype(np.float32)


def _checked_polygon(polygon: Any) -> NDArray[np.float64]:
    try:
        with np.errstate(over="ignore"):  # beyond float32 is infinite, and refused below
            corners = np.asarray(polygon, dtype=np.float32).astype(np.float64)
    except (TypeError, ValueError):
        raise RequestError("a lasso is a list of x, y pairs; draw it again") from None
    if corners.size == 0:
        return corners.reshape(0, 2)
    if corners.ndim != 2 or corners.shape[1] != 2 or not np.isfinite(corners).all():
        raise RequestError(
            f"a lasso is a list of finite x, y pairs; seen shape {corners.shape}; draw it again"
        )
    if len(corners) > MAX_VERTICES:
        raise RequestError(
            f"a lasso has at most {MAX_VERTICES:,} vertices; seen {len(corners):,}; draw it coarser"
        )
    return corners


def _inside(corners: NDArray[np.float64], points: Floats) -> Rows:
    """Rows of one chunk, ascending; the chunk is narrowed to the lasso's bounding box first."""
    if len(corners) < 3:
        return np.empty(0, np.int64)
    (left, low), (right, high) = corners.min(axis=0), corners.max(axis=0)
    x, y = points[:, 0], points[:, 1]
    near = np.flatnonzero((x >= left) & (x <= right) & (y >= low) & (y <= high))
    heights = _bands(y[near].astype(np.float64), low, high)
    by_height = np.argsort(heights, kind="stable")  # 16 bits: a radix sort
    near, heights = near[by_height], heights[by_height]
    inside = np.zeros(len(points), bool)
    inside[near] = _odd_crossings(corners, points[near].astype(np.float64).T, heights)
    return np.flatnonzero(inside)


def _bands(y: NDArray[np.float64], low: float, high: float) -> NDArray[np.uint16]:
    """Height in 65,536 bands; it never falls while y rises, so a slice of bands is one of y."""
    return ((y - low) * (65_535 / ((high - low) or 1.0))).astype(np.uint16)


def _odd_crossings(
    corners: NDArray[np.float64], points: NDArray[np.float64], heights: NDArray[np.uint16]
) -> Bools:
    """Whether a ray to the right of each point crosses the outline an odd number of times.

    `heights`, ascending, narrows each edge to the points about its height. The side of the edge
    is decided by a cross product in float64 from the float32 inputs, without a division.
    """
    x, y = points
    odd = np.zeros(len(x), bool)
    ends = np.stack([corners, np.roll(corners, -1, axis=0)])  # (2, m, 2)
    lower, upper = np.take_along_axis(ends, np.argsort(ends[:, :, 1:], axis=0), axis=0)
    low, high = corners[:, 1].min(), corners[:, 1].max()
    starts = np.searchsorted(heights, _bands(lower[:, 1], low, high), side="left")
    stops = np.searchsorted(heights, _bands(upper[:, 1], low, high), side="right")
    for (x0, y0), (x1, y1), start, stop in zip(lower, upper, starts, stops, strict=True):
        px, py = x[start:stop], y[start:stop]
        side = (x1 - x0) * (py - y0) > (px - x0) * (y1 - y0)
        odd[start:stop] ^= side & (py >= y0) & (py < y1)
    return odd
