"""Greedy novelty, exact: each pick has the largest rank-weighted distance to the chosen rows.

The novelty of row i is the sum of r**-alpha * v_i(r) over its scaled distances v to the chosen rows
in ascending order, r = 1, 2, … A row's t-th distance v adds at most t**-alpha * v, whatever its
rank: those behind it move to smaller weights. Added up since a row was last looked at, that is an
upper bound on its novelty, and one product with two vectors tells it for all rows. Sorted lists are
kept for the leaders alone, and only the few that might be picked are brought up to date.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.records import Floats, Progress, Rows, silent
from core.select.dots import dots
from core.select.limits import Limits
from core.select.novel_kernels import settle
from core.select.vectors import Doubles, product_noise, products

LEADERS = 4096
MOST_BYTES = 1 << 30  # for the leaders' lists and what they have not seen
BLOCK = 512
BLUR = 1  # sums closer than so many times the noise of a product are taken again in float64
EMPTY = -1


@dataclass(frozen=True, slots=True)
class Novel:
    """Rows in pick order with the novelty of each when it was picked."""

    rows: Rows
    novelty: Doubles  # (n_chosen,), the mean over the rows chosen before; nan for the first ones


def novel_order(
    unit: Floats,
    density: Doubles,
    budget: int,
    *,
    power: float,
    first: Rows,
    limits: Limits,
    id_rank: Rows,
    progress: Progress = silent,
) -> Novel:
    """`budget` rows of unit vectors, (n_rows, d_in) float32, scaled by `density`, (n_rows,).

    Starts from the rows `first`, at least one. Equal novelty goes by smaller example id; sums that
    float32 cannot tell apart are taken again in float64. Fewer rows come back when limits leave
    none. Worst case O(n b (d + b)): every row looked at for every pick; memory O(n d).
    """
    search = _Search(unit, density, budget, power=power, limits=limits, id_rank=id_rank)
    search.choose(first)
    limits.take(first)
    search.close(np.flatnonzero(~limits.free))
    while search.count < budget and search.find_leaders():
        search.pick_leaders()
        progress(search.count, budget, "rows chosen")
    return Novel(search.rows[: search.count], search.novelty[: search.count])


class _Search:
    """Bounds on the novelty of all rows, and lists of distances for the leaders."""

    def __init__(
        self,
        unit: Floats,
        density: Doubles,
        budget: int,
        *,
        power: float,
        limits: Limits,
        id_rank: Rows,
    ) -> None:
        n_rows, width = unit.shape
        self.unit, self.density, self.limits, self.id_rank = unit, density, limits, id_rank
        self.budget, self.count = budget, 0
        self.weights = np.arange(1, budget + 1, dtype=np.float64) ** -power
        self.blur = BLUR * product_noise(1.0, width)
        self.rows = np.empty(budget, dtype=np.int64)
        self.novelty = np.full(budget, np.nan)
        self.bounds = np.zeros(n_rows)  # at or above the novelty by the centres `summed`
        self.summed = 0
        n_slots = max(1, min(LEADERS, n_rows, MOST_BYTES // (8 * budget)))
        self.slot_rows = np.full(n_slots, EMPTY, dtype=np.int64)
        self.slot_of = np.full(n_rows, EMPTY, dtype=np.int64)
        self.slot_bounds = np.full(n_slots, -np.inf)
        self.seen = np.zeros(n_slots, dtype=np.int64)
        self.lists = np.empty((n_slots, budget), dtype=np.float32)
        self.history = np.empty((budget, n_slots), dtype=np.float32)
        self.others = -np.inf  # the largest bound of a row without a slot
        self.densest = 0.0  # the largest density of one

    def choose(self, rows: Rows) -> None:
        """These rows are in."""
        self.rows[self.count : self.count + len(rows)] = rows
        self.count += len(rows)

    def close(self, rows: Rows) -> None:
        """These rows may not be chosen."""
        self.bounds[rows] = -np.inf

    def find_leaders(self) -> bool:
        """Seat the rows of largest bounds until the best is known; False when none is left."""
        self._sum_up()
        while True:
            seated = self.slot_rows != EMPTY
            self.bounds[self.slot_rows[seated]] = self.slot_bounds[seated]
            leaders = self._largest()
            if not len(leaders):
                return False
            n_new = self._seat(leaders)
            self._settle()
            if self._leads() or not n_new:
                return True

    def pick_leaders(self) -> None:
        """Choose among the leaders until a row without a slot might be better."""
        rows = np.maximum(self.slot_rows, 0)  # what an empty slot holds does not matter
        near, density = self.unit[rows], self.density[rows]
        while self.count < self.budget:
            slot = self._best()
            row = self.slot_rows[slot : slot + 1].copy()
            self.novelty[self.count] = self.slot_bounds[slot] / self.count
            self.choose(row)
            closed = self.limits.take(row)
            self.close(closed)
            slots = self.slot_of[closed]
            self.slot_bounds[slots[slots != EMPTY]] = -np.inf
            scale = density + self.density[row]
            apart = np.maximum(1.0 - dots(near, self.unit[row[0]]), 0.0) * scale
            self.history[self.count - 1] = apart
            self.slot_bounds += self.weights[self.count - 1] * apart
            # two rows of the unit sphere are at most opposite: cosine distance 2
            steepest = 2.0 * (self.densest + float(self.density[row[0]]))
            self.others += self.weights[self.count - 1] * steepest
            self._settle()
            if not self._leads():
                break

    def _sum_up(self) -> None:
        """Raise every row's bound by its distances to the centres not yet summed."""
        centres = self.rows[self.summed : self.count]
        weights = self.weights[self.summed : self.count]
        scaled = weights * self.density[centres]
        vectors = self.unit[centres]
        sums = np.stack([weights @ vectors, scaled @ vectors], axis=1).astype(np.float32)
        near = self.unit @ sums
        self.bounds += self.density * (weights.sum() - near[:, 0]) + (scaled.sum() - near[:, 1])
        self.summed = self.count

    def _largest(self) -> Rows:
        """The rows of largest bounds, one for each slot; sets what holds for all others."""
        order = np.argpartition(-self.bounds, min(len(self.slot_rows), len(self.bounds)) - 1)
        leaders, others = order[: len(self.slot_rows)], order[len(self.slot_rows) :]
        others = others[self.bounds[others] > -np.inf]
        self.others = float(self.bounds[others].max(initial=-np.inf))
        self.densest = float(self.density[others].max(initial=0.0))
        return leaders[self.bounds[leaders] > -np.inf]

    def _seat(self, leaders: Rows) -> int:
        """Give leaders the slots of rows that no longer are; how many are new."""
        stays = np.zeros(len(self.bounds) + 1, dtype=np.bool_)  # EMPTY is the last
        stays[leaders] = True
        leaves = ~stays[self.slot_rows]
        gone = self.slot_rows[leaves]
        self.slot_of[gone[gone != EMPTY]] = EMPTY
        self.slot_rows[leaves], self.slot_bounds[leaves] = EMPTY, -np.inf
        new = leaders[self.slot_of[leaders] == EMPTY]
        slots = np.flatnonzero(self.slot_rows == EMPTY)[: len(new)]
        self.slot_of[new], self.slot_rows[slots], self.seen[slots] = slots, new, self.count
        centres = self.rows[: self.count]
        against, scale = self.unit[centres].T, self.density[centres]
        for start in range(0, len(new), BLOCK):
            rows, part = new[start : start + BLOCK], slots[start : start + BLOCK]
            apart = np.maximum(1.0 - self.unit[rows] @ against, 0.0)
            apart *= self.density[rows, None] + scale
            self.lists[part, : self.count] = np.sort(apart, axis=1)
            self.slot_bounds[part] = self.lists[part, : self.count] @ self.weights[: self.count]
        return len(new)

    def _settle(self) -> None:
        settle(
            self.slot_bounds,
            self.seen,
            self.lists,
            self.history,
            self.weights,
            self.count,
            self.blur,
        )

    def _leads(self) -> bool:
        """Whether the best of the leaders is beyond what any other row may reach."""
        top = self.slot_bounds.max()
        return bool(top - self.blur * abs(top) > self.others)

    def _best(self) -> int:
        """The slot of largest novelty, equal ones by smaller example id."""
        top = self.slot_bounds.max()
        rivals = np.flatnonzero(self.slot_bounds >= top - self.blur * abs(top))
        if len(rivals) == 1:
            return int(rivals[0])
        rows = self.slot_rows[rivals]
        exact = np.array([self._novelty(row) for row in rows])
        return int(rivals[np.lexsort((self.id_rank[rows], -exact))[0]])

    def _novelty(self, row: int) -> float:
        """The weighted sum of a row in float64, whatever else is in its block."""
        centres = self.rows[: self.count]
        apart = np.maximum(1.0 - products(self.unit[centres], self.unit[row]), 0.0)
        apart = np.sort(apart * (self.density[row] + self.density[centres]))
        return float((apart * self.weights[: self.count]).sum())
