"""Compiled loops of k-means: distances left out where bounds prove them idle, and exact sums.

The bounds are those of Elkan (2003, ICML), one for each row and centroid, with Hamerly's single one
(2010, SDM) in front of them. Both follow from the triangle inequality: a distance changes by no
more than its centroid moved. What a bound cannot decide is computed, so the labels are those of the
plain iterations. Every function works on the rows from `start` to `stop`, for one thread of many.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from core.records import Floats, Rows

Labels = NDArray[np.int32]
Doubles = NDArray[np.float64]

NEVER = np.float32(1e30)  # stands for a centroid that need not be looked at
TWO = np.float32(2)  # a plain 2 would turn the product into float64
LANES = 32  # centroids whose bounds are compared at once
SUMS_IN_ANY_ORDER = {"reassoc", "contract", "nsz", "nnan"}  # lets loops over numbers use SIMD


class Bounds(NamedTuple):
    """What is known of each row between iterations; every number errs on the safe side."""

    labels: Labels  # (n,), the nearest centroid
    upper: Floats  # (n,), at or above the distance to it
    least: Floats  # (n,), at or below the distance to any other
    lower: Floats  # (n, k), at or below each distance plus `travelled`; NEVER for the nearest


class Moved(NamedTuple):
    """How the centroids moved: since the last iteration, and since all distances were known."""

    drift: Floats  # (k,)
    furthest: np.float32  # the largest of them
    travelled: Floats  # (k,)
    slack: np.float32  # above the rounding errors of a comparison


@njit(cache=True, nogil=True, fastmath=SUMS_IN_ANY_ORDER)
def distance(point: Floats, centroid: Floats) -> np.float32:
    """Euclidean distance by differences, which cannot cancel as products do."""
    total = np.float32(0)
    for at in range(len(point)):
        apart = point[at] - centroid[at]
        total += apart * apart
    return np.sqrt(total)


@njit(cache=True, nogil=True, fastmath=SUMS_IN_ANY_ORDER)
def settle(
    points: Floats,
    centroids: Floats,
    half_lengths: Floats,
    noise: np.float32,
    bounds: Bounds,
    start: int,
    stop: int,
) -> None:
    """Turn the products in `bounds.lower` into labels and bounds.

    `half_lengths` are half the squared lengths of the centroids, `noise` is above the error of a
    squared distance by products. A row stays where it is as long as nothing is nearer.
    """
    for row in range(start, stop):
        held = bounds.lower[row]
        length = np.float32(0)
        for at in range(points.shape[1]):
            length += points[row, at] * points[row, at]
        smallest = NEVER
        for one in range(len(centroids)):
            held[one] = half_lengths[one] - held[one]
            smallest = min(smallest, held[one])
        best = bounds.labels[row]
        if held[best] > smallest:
            best = 0
            while held[best] > smallest:
                best += 1
        for one in range(len(centroids)):
            squared = length + TWO * held[one] - noise
            held[one] = np.sqrt(max(squared, np.float32(0)))
        held[best] = NEVER
        least = NEVER
        for one in range(len(centroids)):
            least = min(least, held[one])
        bounds.labels[row] = best
        bounds.least[row] = least
        bounds.upper[row] = distance(points[row], centroids[best])


@njit(cache=True, nogil=True, fastmath=SUMS_IN_ANY_ORDER)
def reassign(
    points: Floats, centroids: Floats, moved: Moved, bounds: Bounds, start: int, stop: int
) -> None:
    """Give rows their nearest centroid after the centroids moved, by as few distances as may be."""
    for row in range(start, stop):
        own = bounds.labels[row]
        upper = bounds.upper[row] + moved.drift[own]
        least = bounds.least[row] - moved.furthest
        if upper + moved.slack >= least:
            upper = distance(points[row], centroids[own])
        if upper + moved.slack >= least:
            _search(points[row], centroids, moved, bounds, row, upper)
        else:
            bounds.upper[row], bounds.least[row] = upper, least


@njit(cache=True, nogil=True, fastmath=SUMS_IN_ANY_ORDER)
def _search(
    point: Floats, centroids: Floats, moved: Moved, bounds: Bounds, row: int, upper: np.float32
) -> None:
    """Find the nearest centroid of a row whose own one is `upper` away."""
    travelled, held = moved.travelled, bounds.lower[row]
    best, least = bounds.labels[row], NEVER
    for first in range(0, len(centroids), LANES):
        last = min(first + LANES, len(centroids))
        smallest = NEVER
        for one in range(first, last):
            smallest = min(smallest, held[one] - travelled[one])
        if smallest < upper + moved.slack:
            smallest = NEVER
            for one in range(first, last):
                bound = held[one] - travelled[one]
                if bound < upper + moved.slack:
                    bound = distance(point, centroids[one])
                    held[one] = bound + travelled[one]
                    if bound < upper:  # the one before it becomes one of the others
                        held[best] = upper + travelled[best]
                        least = min(least, upper)
                        best, upper = one, bound
                        held[one] = NEVER
                        continue
                smallest = min(smallest, bound)
        least = min(least, smallest)
    bounds.labels[row] = best
    bounds.upper[row] = upper
    bounds.least[row] = least


@njit(cache=True, nogil=True)
def open_share(points: Floats, centroids: Floats, moved: Moved, bounds: Bounds, step: int) -> float:
    """Share of distances that bounds leave open, by every `step`-th row."""
    count, looked = 0, 0
    for row in range(0, len(points), step):
        upper = distance(points[row], centroids[bounds.labels[row]]) + moved.slack
        for one in range(len(centroids)):
            count += bounds.lower[row, one] - moved.travelled[one] < upper
        looked += len(centroids)
    return count / looked


@njit(cache=True, nogil=True)
def move_rows(
    points: Floats, rows: Rows, old: Labels, new: Labels, sums: Doubles, start: int, stop: int
) -> None:
    """Take rows out of the sums of their old clusters (-1: none) and add them to the new ones.

    For the columns from `start` to `stop`, so that threads never write to one place, and every
    sum is made in one order.
    """
    for row in rows:
        if old[row] >= 0:
            for at in range(start, stop):
                sums[old[row], at] -= np.float64(points[row, at])
        for at in range(start, stop):
            sums[new[row], at] += np.float64(points[row, at])


@njit(cache=True, nogil=True)
def own_squares(
    points: Floats, centroids: Floats, labels: Labels, squared: Doubles, start: int, stop: int
) -> None:
    """Squared distance of each row to the centroid of its label, in float64."""
    for row in range(start, stop):
        total = 0.0
        for at in range(points.shape[1]):
            apart = np.float64(points[row, at]) - np.float64(centroids[labels[row], at])
            total += apart * apart
        squared[row] = total
