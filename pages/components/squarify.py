"""Rectangles that fill a larger one, each as large as its weight and as square as may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its lower left corner."""

    x: float
    y: float
    width: float
    height: float

    def inset(self, *, top: float, rest: float) -> Box:
        """The same with a margin; never turned inside out."""
        width = max(self.width - 2 * rest, 0.0)
        height = max(self.height - top - rest, 0.0)
        return Box(self.x + rest, self.y + rest, width, height)


def squarified(weights: Sequence[float], box: Box) -> list[Box]:
    """A box for each weight, falling and above 0, filling `box` (Bruls, Huizing, van Wijk 2000)."""
    total = sum(weights)
    if not weights or total <= 0 or box.width <= 0 or box.height <= 0:
        return [Box(box.x, box.y, 0.0, 0.0) for _ in weights]
    areas = [weight * box.width * box.height / total for weight in weights]
    found: list[Box] = []
    left = box
    while len(found) < len(areas):
        rest = areas[len(found) :]
        row = rest[: _row_length(rest, min(left.width, left.height))]
        placed, left = _laid(row, left)
        found += placed
    return found


def _row_length(areas: Sequence[float], side: float) -> int:
    """How many boxes stand in the next row, before they become less square."""
    best = _worst(areas[:1], side)
    for length in range(2, len(areas) + 1):
        worst = _worst(areas[:length], side)
        if worst > best:
            return length - 1
        best = worst
    return len(areas)


def _worst(row: Sequence[float], side: float) -> float:
    """The largest ratio of two sides in a row along a side."""
    total = sum(row)
    return max(side**2 * max(row) / total**2, total**2 / (side**2 * min(row)))


def _laid(row: Sequence[float], box: Box) -> tuple[list[Box], Box]:
    """A row along the shorter side from the upper left corner, and what is left of the box."""
    total = sum(row)
    if box.width >= box.height:
        depth, at, placed = total / box.height, box.y + box.height, []
        for area in row:
            at -= area / depth
            placed.append(Box(box.x, at, depth, area / depth))
        return placed, Box(box.x + depth, box.y, max(box.width - depth, 0.0), box.height)
    depth, at, placed = total / box.width, box.x, []
    top = box.y + box.height - depth
    for area in row:
        placed.append(Box(at, top, area / depth, depth))
        at += area / depth
    return placed, Box(box.x, box.y, box.width, max(box.height - depth, 0.0))
