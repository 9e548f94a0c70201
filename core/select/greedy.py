"""Exact greedy selection over feature sets, in rounds: the engine of every coverage method.

Greedy maximisation of a monotone submodular function reaches 1 - 1/e of the best possible
(Nemhauser, Wolsey and Fisher 1978). Gains are kept exact through the transpose, so a round costs
one pass over the non-zeros, however many rows it picks. The tie rule is everywhere the same:
larger gain, then larger feature set, then smaller example id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.records import FeatureSets, Progress, Rows, silent
from core.select import greedy_kernels as kernels
from core.select.arrays import read_only
from core.select.constraints import NO_CONSTRAINTS, Constraints
from core.select.ordering import RoundOrder, by_id, places_of, tie_order

CHUNK = 512  # picks between two looks at the progress
MOST = {np.int16: (1 << 15) - 1, np.int32: (1 << 31) - 1}


@dataclass(frozen=True, slots=True)
class Objective:
    """What covering a feature for the c-th time is worth: its weight times `steps[c - 1]`.

    `steps` fall and then stay at 0: (1,) is coverage, (1, 1, 1) covers each feature three times,
    scaled differences of a concave function give that function. Whole numbers keep gains exact.
    """

    steps: Sequence[int] = (1,)
    weights: NDArray[np.int64] | None = None  # (n_features,), zero or more

    def __post_init__(self) -> None:
        falling = all(a >= b for a, b in zip(self.steps, self.steps[1:], strict=False))
        if not self.steps or self.steps[-1] < 1 or not falling:
            raise ValueError(f"steps are whole numbers of 1 or more that never rise: {self.steps}")


COVERAGE = Objective()


class GreedyEngine:
    """Exact gains of all rows under an objective, and the picks that follow from them.

    Memory: one small integer a row (16 bits where no gain is above 32,767), a count a feature.
    """

    def __init__(
        self,
        features: FeatureSets,
        *,
        id_rank: Rows,
        constraints: Constraints = NO_CONSTRAINTS,
        objective: Objective = COVERAGE,
    ) -> None:
        self._free = np.ones(features.n_rows, dtype=np.bool_)
        self._free[constraints.forbidden] = False
        self._sets = kernels.Sets(
            read_only(features.rows.indptr),
            read_only(features.rows.indices),
            read_only(features.columns.indptr),
            read_only(features.columns.indices),
        )
        self._worth = _worth(objective)
        sizes = features.rows.lengths()
        order = tie_order(sizes, id_rank)
        self._ties = kernels.Ties(order, places_of(order))
        self._covered = np.zeros(features.n_features, dtype=np.int32)
        self._full = self._full_gains(sizes)
        self._state = self._fresh_state()

    def take(self, rows: Rows) -> NDArray[np.int64]:
        """Choose these rows whatever they gain; the gain of each, (len(rows),)."""
        gained = np.zeros(len(rows), dtype=np.int64)
        kernels.take(rows, self._sets, self._worth, self._state, gained)
        self._free[rows] = False
        return gained

    def pick(self, count: int) -> tuple[Rows, NDArray[np.int64]]:
        """The next best rows with their gains; fewer than `count` when no row gains any more."""
        rows = np.empty(count, dtype=np.int64)
        gained = np.empty(count, dtype=np.int64)
        done = kernels.pick(self._sets, self._worth, self._ties, self._state, rows, gained)
        self._free[rows[:done]] = False
        return rows[:done], gained[:done]

    def restart(self) -> None:
        """Begin a round: nothing is covered, and rows already chosen stay out."""
        self._covered[:] = 0
        self._state = self._fresh_state()

    def rest(self) -> Rows:
        """The rows still free, by the tie rule."""
        return self._ties.order[self._free[self._ties.order]]

    def _full_gains(self, sizes: Rows) -> kernels.Gains:
        gains = sizes * self._worth.steps[0]
        if len(self._worth.weights):
            kernels.gains_of(self._sets, self._worth, self._covered, gains)
        largest = int(gains.max(initial=0))
        if largest > MOST[np.int32]:
            raise ValueError(f"a gain of {largest} does not fit; scale the objective down")
        return gains.astype(np.int16 if largest <= MOST[np.int16] else np.int32)

    def _fresh_state(self) -> kernels.State:
        gains = np.where(self._free, self._full, self._full.dtype.type(0))
        bounds = np.full(-(-len(gains) // kernels.BLOCK), np.iinfo(np.int64).max)
        return kernels.State(self._covered, gains, bounds)


def greedy_order(
    features: FeatureSets,
    budget: int,
    *,
    id_rank: Rows,
    constraints: Constraints = NO_CONSTRAINTS,
    objective: Objective = COVERAGE,
    progress: Progress = silent,
) -> RoundOrder:
    """Exact greedy in rounds: `budget` rows, of which any prefix is the answer to its length.

    Pinned rows come first, by example id, and cover their features. When nothing is left to gain,
    coverage starts again over the remaining rows. Rows without features come last, by example id.
    Raises ValueError when fewer than `budget` rows are free. O(nnz) a round.
    """
    if budget > features.n_rows - len(constraints.forbidden):
        raise ValueError(f"{budget} rows asked of {features.n_rows - len(constraints.forbidden)}")
    engine = GreedyEngine(features, id_rank=id_rank, constraints=constraints, objective=objective)
    pinned = by_id(constraints.pinned, id_rank)
    rows, gains, starts = [pinned], [engine.take(pinned)], [0]
    count, restarted = len(pinned), False
    while count < budget:
        picked, gained = engine.pick(min(CHUNK, budget - count))
        if not len(picked):
            if restarted:
                break  # a whole round gained nothing: only rows without features are left
            engine.restart()
            restarted = True
            continue
        if restarted:
            starts.append(count)
            restarted = False
        rows.append(picked)
        gains.append(gained)
        count += len(picked)
        progress(count, budget, f"round {len(starts)}")
    rest = engine.rest()[: budget - count]
    return RoundOrder(
        rows=np.concatenate([*rows, rest]),
        gains=np.concatenate([*gains, np.zeros(len(rest), dtype=np.int64)]),
        round_starts=np.array(starts, dtype=np.int64),
    )


def _worth(objective: Objective) -> kernels.Worth:
    weights = np.empty(0) if objective.weights is None else objective.weights
    if len(weights) and weights.min() < 0:
        raise ValueError(f"weights are zero or more; seen {weights.min()}")
    return kernels.Worth(np.array([*objective.steps, 0], dtype=np.int64), weights.astype(np.int64))
