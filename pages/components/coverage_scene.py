"""What the chart of coverage curves shows, and where things stand on its axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

from core.pipeline.coverage_curves import Band, Line


@dataclass(frozen=True, slots=True)
class Drawn:
    """One solution on the chart."""

    name: str
    line: Line
    own: bool  # the order in use


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything on the chart, up to `most` rows or tokens; `at` is where the budget stands."""

    by: str  # rows or tokens
    log: bool
    most: int
    at: int | None
    budget: int | None  # rows
    n_reachable: int
    drawn: tuple[Drawn, ...]
    band: Band
    longest: Line


def along(x: Sequence[float], scene: Scene) -> list[float]:
    """Places on the axis; 0 has none on a log scale and stands at 1."""
    return [max(one, 1.0) for one in x] if scene.log else list(x)


def place(x: float, scene: Scene) -> float:
    """A place as annotations need it: on a log scale its logarithm."""
    return log10(max(x, 1)) if scene.log else x


def share(covered: float, scene: Scene) -> float:
    """Latents as per cent of those that the pool has."""
    return 100 * float(covered) / max(scene.n_reachable, 1)


def is_late(x: float, scene: Scene) -> bool:
    """Whether a point lies in the right half of the axis."""
    return place(x, scene) > (log10(scene.most) / 2 if scene.log else scene.most / 2)
