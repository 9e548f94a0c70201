"""Farthest-first traversal, exact: each pick is the row farthest from all rows chosen before it.

Reaches at most twice the smallest possible radius (Gonzalez 1985; Hochbaum and Shmoys 1985). The
distance of a row to the chosen ones, its gap, only falls as more are chosen. So a stale gap is an
upper bound, and only the leaders, the rows with the largest gaps, are held against the centres that
they have not seen, many at a time by one matrix product. The next picks are then found among the
leaders alone, in cache, until another row might lead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.records import Bools, Floats, Progress, Rows, silent
from core.select.chosen import BLOCK, Chosen
from core.select.dots import dots
from core.select.limits import Limits
from core.select.vectors import Doubles, product_noise, squared_distances, squared_lengths

LEADERS = 2048  # their vectors fit in cache; 1,024 to 4,096 take the same time on 52K rows
SEGMENT = 1024  # centres seen before rows that fell behind are dropped
NEAR = 64  # gaps below so many times the noise are measured again, by differences
AHEAD = 32  # leaders measured again together: those next to the farthest will be needed soon
CLOSED = -np.inf  # the gap of a row that may not be chosen


@dataclass(frozen=True, slots=True)
class Traversal:
    """Rows in pick order, and how far each was from the rows before it."""

    rows: Rows
    gaps: Doubles  # (n_chosen,), distances; inf for the rows it started from; never rising
    radius: float  # largest distance of a row that may still be chosen, 0 where there is none


def farthest_first(
    points: Floats,
    budget: int,
    *,
    first: Rows,
    limits: Limits,
    id_rank: Rows,
    device: str = "cpu",
    progress: Progress = silent,
) -> Traversal:
    """`budget` rows of `points`, (n_rows, d_in) float32, by Euclidean distance.

    Starts from the rows `first`, at least one. Rows of equal gap go by smaller example id. Fewer
    rows come back when nothing is left that may be chosen. Where float32 cannot tell two gaps
    apart, they are computed again in float64, so that the order depends neither on how rows were
    blocked nor on the device. Worst case O(n budget d), a third of that for 5,000
    of 52,000 MiniLM rows.
    """
    search = _Search(points, budget, limits=limits, id_rank=id_rank, device=device)
    search.start(first, progress)
    while search.count < budget and search.find_leaders(progress):
        search.pick_leaders()
    search.fill()
    search.find_leaders(progress)
    return search.result()


class _Search:
    """The state of a traversal: an upper bound on each row's squared gap, and who has seen what."""

    def __init__(
        self, points: Floats, budget: int, *, limits: Limits, id_rank: Rows, device: str
    ) -> None:
        n_rows, width = points.shape
        self.points, self.limits, self.id_rank, self.budget = points, limits, id_rank, budget
        self.lengths = squared_lengths(points)
        # a squared distance holds a product twice
        self.noise = 2 * product_noise(float(np.sqrt(self.lengths.max(initial=0))), width)
        self.centres = Chosen(budget, width, device=device)
        self.gap = np.where(limits.free, np.inf, CLOSED)  # squared; at or above the true one
        self.seen = np.zeros(n_rows, dtype=np.int64)  # how many centres are in the gap
        self.exact = np.zeros(n_rows, dtype=np.bool_)  # the gap holds no float32 noise
        self.rows = np.empty(budget, dtype=np.int64)
        self.gaps = np.full(budget, np.inf)
        self.leaders, self.bound = np.empty(0, dtype=np.int64), CLOSED

    @property
    def count(self) -> int:
        """Rows chosen so far."""
        return self.centres.count

    def start(self, first: Rows, progress: Progress) -> None:
        """Choose the first rows, and give every row a gap by the very first of them."""
        self._choose(first)
        self.limits.take(first)
        self.gap[~self.limits.free] = CLOSED
        left = np.flatnonzero(self.gap > 0)
        for start in range(0, len(left), BLOCK):
            self._lower(left[start : start + BLOCK], 0, 1)
            progress(self.count, self.budget, "first distances")

    def find_leaders(self, progress: Progress) -> bool:
        """Find rows of true gap that nobody else can reach; False when no gap is left."""
        size = LEADERS
        while True:
            self.leaders, self.bound = self._largest(size)
            if not len(self.leaders):
                return False
            stale = self.leaders[self.seen[self.leaders] < self.count]
            self._refresh(stale, progress)
            if self._leads():
                return True
            if not len(stale):
                size *= 2  # more rows than that are equally far

    def pick_leaders(self) -> None:
        """Choose among the leaders until another row might be farther."""
        rows = self.leaders
        near, lengths = self.points[rows], self.lengths[rows]
        gap, exact = self.gap[rows], self.exact[rows]
        while self.count < self.budget:
            best = self._farthest(gap, exact)
            if best is None:
                break
            centre = rows[best : best + 1]
            self._choose(centre, gap[best])
            apart = lengths + (lengths[best] - 2.0 * dots(near, near[best]))
            _lower_to(gap, exact, apart, self.noise)
            closed = self.limits.take(centre)
            gap[best] = CLOSED
            if len(closed) > 1:
                gap[~self.limits.free[rows]] = CLOSED
                self.gap[closed] = CLOSED
        self.gap[rows], self.exact[rows], self.seen[rows] = gap, exact, self.count

    def fill(self) -> None:
        """Once every row left lies on a chosen one, the rest follow by example id."""
        if self.count < self.budget and self.gap.max(initial=CLOSED) <= 0:
            left = np.flatnonzero(self.limits.free)
            order = left[np.argsort(self.id_rank[left])]
            rows = self.limits.walk(order, self.budget - self.count)
            self._choose(rows, 0.0)
            self.gap[~self.limits.free] = CLOSED

    def result(self) -> Traversal:
        """What was chosen."""
        # two gaps within the noise of each other may have been measured in either order
        gaps = np.minimum.accumulate(np.sqrt(np.maximum(self.gaps[: self.count], 0.0)))
        radius = float(np.sqrt(max(self.gap[self.leaders].max(initial=0.0), 0.0)))
        return Traversal(self.rows[: self.count], gaps, radius)

    def _choose(self, rows: Rows, gap: float = np.inf) -> None:
        places = slice(self.count, self.count + len(rows))
        self.rows[places], self.gaps[places] = rows, gap
        # |x - c|^2 = |x|^2 - 2 (x c - |c|^2 / 2): the nearest centre has the largest bracket
        self.centres.add(self.points[rows], self.lengths[rows] / 2)

    def _largest(self, size: int) -> tuple[Rows, float]:
        """The rows with the `size` largest gaps above 0, and the largest gap of the others."""
        behind = len(self.gap) - size
        if behind <= 0:
            return np.flatnonzero(self.gap > 0), CLOSED
        order = np.argpartition(self.gap, behind - 1)
        leaders = np.sort(order[behind:])
        return leaders[self.gap[leaders] > 0], float(self.gap[order[behind - 1]])

    def _refresh(self, rows: Rows, progress: Progress) -> None:
        """Hold rows against the centres they have not seen, while they might still lead."""
        rows = rows[np.argsort(self.seen[rows], kind="stable")]
        for start in range(0, len(rows), BLOCK):
            block = rows[start : start + BLOCK]
            seen = int(self.seen[block[0]])
            while len(block) and seen < self.count:
                stop = min(seen + SEGMENT, self.count)
                self._lower(block, seen, stop)
                seen = stop
                block = block[self.gap[block] >= self.bound]
            tiny = block[(self.gap[block] < NEAR * self.noise) & ~self.exact[block]]
            self.gap[tiny] = self._true_gaps(tiny)
            self.exact[tiny] = True
            progress(self.count, self.budget, "rows chosen")

    def _leads(self) -> bool:
        """Keep the leaders whose gap is up to date; whether they hold the farthest row of all."""
        fresh = (self.seen[self.leaders] == self.count) & (self.gap[self.leaders] >= self.bound)
        self.leaders = self.leaders[fresh]
        return bool(self.gap[self.leaders].max(initial=CLOSED) - 2 * self.noise > self.bound)

    def _farthest(self, gap: Doubles, exact: Bools) -> int | None:
        """The leader to choose next, by place; None when another row might be farther."""
        top = gap.max()
        if top <= 0 or top - 2 * self.noise <= self.bound:
            return None
        rivals = np.flatnonzero(gap >= top - 2 * self.noise)
        if len(rivals) == 1:
            return int(rivals[0])
        if not exact[rivals].all():
            soon = np.argpartition(gap, -AHEAD)[-AHEAD:] if len(gap) > AHEAD else rivals
            blurred = np.union1d(rivals, soon[gap[soon] > 0])
            blurred = blurred[~exact[blurred]]
            gap[blurred] = self._true_gaps(self.leaders[blurred])
            exact[blurred] = True
        rivals = rivals[gap[rivals] == gap[rivals].max()]
        return int(rivals[np.argmin(self.id_rank[self.leaders[rivals]])])

    def _lower(self, rows: Rows, start: int, stop: int) -> None:
        """Lower gaps by the centres start to stop."""
        largest = self.centres.largest(self.points[rows], start, stop)
        gap, exact = self.gap[rows], self.exact[rows]
        _lower_to(gap, exact, self.lengths[rows] - 2.0 * largest, self.noise)
        self.gap[rows], self.exact[rows] = gap, exact
        self.seen[rows] = np.maximum(self.seen[rows], stop)

    def _true_gaps(self, rows: Rows) -> Doubles:
        """Squared gaps without float32 noise: in float64 by the centres that may be nearest."""
        gaps = np.empty(len(rows))
        for start in range(0, len(rows), BLOCK):
            gaps[start : start + BLOCK] = self._true_block(self.points[rows[start : start + BLOCK]])
        return gaps

    def _true_block(self, points: Floats) -> Doubles:
        centres = self.centres.vectors[: self.count]
        held = points @ centres.T
        held -= self.centres.less[: self.count]
        which, nearest = np.nonzero(held >= held.max(axis=1, keepdims=True) - 2 * self.noise)
        gaps = np.full(len(points), np.inf)
        np.minimum.at(gaps, which, squared_distances(points[which], centres[nearest]))
        return gaps


def _lower_to(gap: Doubles, exact: Bools, apart: NDArray[np.float64], noise: float) -> None:
    """Lower gaps to new distances; one that may have fallen is no longer free of noise.

    Never below the noise: whether a row lies on a centre is for differences to say.
    """
    exact &= (apart > gap + 2 * noise) | (gap <= 0)
    np.minimum(gap, np.maximum(apart, noise), out=gap)
