"""Where a curve bends: past the knee, more rows bring little more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.records import Rows

SENSITIVITY = 1.0  # S of the paper: how far the curve must flatten before a knee is declared
N_EVEN = 200  # evenly spaced points that stand for the paper's smoothed curve
LEAST = 0.05  # a curve that never rises so far above its chord is straight

METHOD = (
    "Kneedle (Satopää and others, 2011) with S = 1, on latents against rows from 0 to the row at "
    "which the curve ends or stops rising: the point farthest above the straight line between "
    "these two ends, if the curve flattens after it. A curve that stays within 5 % of that line "
    "has no knee."
)


@dataclass(frozen=True, slots=True)
class Knee:
    """The bend of a coverage curve."""

    rows: int
    covered: int


def knee(covered: Rows) -> Knee | None:
    """The knee of latents covered after 0, 1, 2, … rows, which never fall; None without one.

    Algorithm 1 of Satopää, Albrecht, Irwin and Raghavan (ICDCS workshops 2011) for a concave,
    rising curve; linear interpolation at even steps takes the place of their smoothing spline.
    """
    end = int(np.argmax(covered == covered[-1])) if len(covered) else 0
    if end < 2 or covered[end] <= covered[0]:
        return None
    at = np.linspace(0, end, min(N_EVEN, end) + 1)
    height = np.interp(at, np.arange(end + 1), covered[: end + 1])
    x = at / end
    y = (height - covered[0]) / (covered[end] - covered[0])
    place = _declared(y - x, SENSITIVITY * float(np.mean(np.diff(x))))
    if place is None:
        return None
    rows = round(float(at[place]))
    return Knee(rows, int(covered[rows]))


def _declared(above: NDArray[np.float64], slack: float) -> int | None:
    """The highest local maximum after which the difference curve falls below its threshold."""
    inner = above[1:-1]
    peaks = np.flatnonzero((inner >= above[:-2]) & (inner >= above[2:]) & (inner >= LEAST)) + 1
    found = None
    for number, peak in enumerate(peaks):
        until = peaks[number + 1] if number + 1 < len(peaks) else len(above)
        falls = (above[peak:until] < above[peak] - slack).any()
        if falls and (found is None or above[peak] > above[found]):
            found = int(peak)
    return found
