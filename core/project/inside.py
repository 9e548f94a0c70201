"""Which points lie inside a lasso: the server's count is the one that holds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.errors import RequestError
from core.records import Bools, Floats, Rows

MAX_VERTICES = 20_000
"""A lasso drawn by hand has a few hundred vertices; more is not a lasso."""

CHUNK = 1 << 20
"""Points handled at once, so that memory stays at some 50 MB whatever the pool."""


def rows_inside(polygon: Sequence[Sequence[float]] | Floats, coordinates: Floats) -> Rows:
    """Rows whose point lies inside the polygon, ascending (even-odd rule).

    `polygon` is (m, 2), closed by itself, in the units of `coordinates` (n, 2) float32; it may
    cross itself. Fewer than three vertices enclose nothing. An edge owns its lower end and not
    its upper one, so that two lassos with a common border never share a point. A point that is
    not finite lies in no lasso. Raises RequestError where the polygon is not a list of finite
    x, y pairs.

    Points are sorted by y once and each edge meets only those at its height, so the work grows
    with the crossings of the outline, not with its number of vertices.
    """
    corners = _checked_polygon(polygon)
    if coordinates.ndim != 2 or coordinates.shape[1] != 2:
        raise ValueError(f"coordinates have shape {coordinates.shape}; (n, 2) is read here")
    found = [
        start + _inside(corners, coordinates[start : start + CHUNK])
        for start in range(0, len(coordinates), CHUNK)
    ]
    return np.concatenate(found) if found else np.empty(0, np.int64)


def _checked_polygon(polygon: Sequence[Sequence[float]] | Floats) -> NDArray[np.float64]:
    try:
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
    low, high = corners.min(axis=0), corners.max(axis=0)
    near = np.flatnonzero(((points >= low) & (points <= high)).all(axis=1))
    near = near[np.argsort(points[near, 1], kind="stable")]
    x, y = points[near].astype(np.float64).T
    return np.sort(near[_odd_crossings(corners, x, y)]).astype(np.int64)


def _odd_crossings(
    corners: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64]
) -> Bools:
    """Whether a ray to the right of each point crosses the outline an odd number of times.

    `y` is ascending. The side of the edge is decided by a cross product in float64 from the
    float32 inputs, without a division.
    """
    odd = np.zeros(len(x), bool)
    following = np.roll(corners, -1, axis=0)
    for (x0, y0), (x1, y1) in zip(corners, following, strict=True):
        if y0 > y1:
            x0, y0, x1, y1 = x1, y1, x0, y0
        start, stop = np.searchsorted(y, (y0, y1), side="left")
        here = slice(start, stop)
        odd[here] ^= (x1 - x0) * (y[here] - y0) > (x[here] - x0) * (y1 - y0)
    return odd
