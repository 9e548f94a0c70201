"""Points as a picture: discs added up on a grid of pixels, for maps without a graphics card."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.records import Floats, Rows

Grid = NDArray[np.float32]  # (height, width, …), row 0 at the top
CHUNK = 100_000  # discs at once: some 100 MB
MARGIN = 0.04  # of the width and height, free around the outermost points


def places_in(points: Floats, width: int, height: int, *, margin: float = MARGIN) -> Floats:
    """Pixel places (n, 2) of points (n, 2): one scale for both axes, centred, y upwards."""
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.array([width, height]) * (1 - 2 * margin)
    scale = float((room / np.maximum(high - low, 1e-9)).min())
    away = (points - (low + high) / 2) * scale
    return np.column_stack([width / 2 + away[:, 0], height / 2 - away[:, 1]]).astype(np.float32)


def stamped(places: Floats, width: int, height: int, radius: float, values: Floats) -> Grid:
    """The sum of `values` (n, k) over the discs that cover each pixel, (height, width, k).

    A pixel at a disc's edge counts by the share of it that the disc covers.
    """
    grid = np.zeros((height * width, values.shape[1]), dtype=np.float32)
    for start in range(0, len(places), CHUNK):
        some = slice(start, start + CHUNK)
        disc, pixel, share = _covered(places[some], width, height, radius)
        for part in range(values.shape[1]):
            weights = share * values[some, part][disc]
            grid[:, part] += np.bincount(pixel, weights=weights, minlength=len(grid))
    return grid.reshape(height, width, values.shape[1])


def counted(places: Floats, width: int, height: int) -> Grid:
    """How many points fall on each pixel, (height, width)."""
    x, y = np.floor(places).astype(np.int64).T
    hit = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    found = np.bincount(y[hit] * width + x[hit], minlength=width * height)
    return found.reshape(height, width).astype(np.float32)


def shading(counts: Grid) -> Grid:
    """Counts as shares of ink from 0 to 1, logarithmic, full where most points lie."""
    most = float(counts.max(initial=0))
    return (np.log1p(counts) / np.log1p(most or 1.0)).astype(np.float32)


def over(picture: Grid, colour: Grid | Floats, alpha: Grid) -> Grid:
    """A picture (height, width, 3) with a colour laid over it by its alpha (height, width)."""
    share = alpha[..., None]
    return (picture * (1 - share) + np.asarray(colour) * share).astype(np.float32)


def _covered(places: Floats, width: int, height: int, radius: float) -> tuple[Rows, Rows, Floats]:
    """Which disc covers which pixel, and what share of it: three arrays of one length."""
    nearest = np.floor(places).astype(np.int64)
    offset = places - nearest - 0.5
    reach = int(np.ceil(radius))
    side = np.arange(-reach, reach + 1)
    discs, pixels, shares = [], [], []
    for dx, dy in ((dx, dy) for dy in side for dx in side):
        share = np.clip(radius - np.hypot(dx - offset[:, 0], dy - offset[:, 1]) + 0.5, 0, 1)
        x, y = nearest[:, 0] + dx, nearest[:, 1] + dy
        disc = np.flatnonzero((share > 0) & (x >= 0) & (x < width) & (y >= 0) & (y < height))
        discs.append(disc)
        pixels.append(y[disc] * width + x[disc])
        shares.append(share[disc])
    return np.concatenate(discs), np.concatenate(pixels), np.concatenate(shares)
