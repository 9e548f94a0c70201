"""Cosines of many rows with many others, in tiles, through torch on the device at hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from core.records import Floats, Halves, Progress, Rows, silent

if TYPE_CHECKING:
    import torch

TILE = 4_096  # rows on each side of a tile: 64 MB of cosines
NOISE = 1e-6  # what float32 may lose of a cosine; equal rows may have 0.9999999


def unit_rows(embeddings: Floats | Halves) -> Floats:
    """Rows scaled to length 1, (n, d) float32; a row of zeros stays, and is like none.

    Raises ValueError for a shape other than (rows, dimensions) or values that are not finite.
    """
    rows = np.array(embeddings, dtype=np.float32)
    if rows.ndim != 2 or not np.isfinite(rows).all():
        raise ValueError(f"embeddings of shape {rows.shape} must be finite rows of numbers")
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    return rows


def alike_pairs(
    unit: Floats,
    least: float,
    rows: Rows | None = None,
    *,
    device: str = "cpu",
    progress: Progress = silent,
) -> Iterator[tuple[Rows, Rows]]:
    """The pairs of `unit` (n, d) with a cosine of `least` or more, tile by tile.

    Of all rows, each pair once; or of `rows` with all, themselves included.
    """
    import torch

    points = torch.from_numpy(unit).to(device)
    chosen = torch.arange(len(unit)) if rows is None else torch.from_numpy(rows)
    for start in range(0, len(chosen), TILE):
        asked = chosen[start : start + TILE].to(device)
        queries = points[asked]
        for other in range(start if rows is None else 0, len(unit), TILE):
            near = queries @ points[other : other + TILE].T >= least
            if rows is None and other == start:
                near = near.triu(1)
            lefts, rights = near.nonzero(as_tuple=True)
            yield asked[lefts].cpu().numpy(), (rights + other).cpu().numpy()
        progress(min(start + TILE, len(chosen)), len(chosen), "cosines")
    if not len(chosen):
        progress(1, 1, "cosines")


def nearest(
    left: Floats, right: Floats, *, device: str = "cpu", progress: Progress = silent
) -> tuple[Rows, Floats, Floats]:
    """Each left row's most like right row and its cosine, (n,) each; the best of each right row.

    Of equally like ones the first is taken.
    """
    import torch

    ours, theirs = (torch.from_numpy(side).to(device) for side in (left, right))
    best = torch.full((len(left),), -torch.inf, device=device)
    place = torch.zeros(len(left), dtype=torch.int64, device=device)
    best_of_right = torch.full((len(right),), -torch.inf, device=device)
    for start in range(0, len(left), TILE):
        part = slice(start, start + TILE)
        for other in range(0, len(right), TILE):
            cosines = ours[part] @ theirs[other : other + TILE].T
            _keep_best(cosines, best[part], place[part], other)
            there = best_of_right[other : other + TILE]
            torch.maximum(there, cosines.amax(dim=0), out=there)
        progress(min(start + TILE, len(left)), len(left), "cosines")
    return place.cpu().numpy(), best.cpu().numpy(), best_of_right.cpu().numpy()


def _keep_best(cosines: torch.Tensor, best: torch.Tensor, place: torch.Tensor, first: int) -> None:
    """Put the best of each row of a tile where it beats the best so far."""
    values, places = cosines.max(dim=1)
    better = values > best
    best[better] = values[better]
    place[better] = places[better] + first
