"""Exact greedy selection over feature sets, in rounds: the engine of every coverage method.

Greedy maximisation of a monotone submodular function reaches 1 - 1/e of the best possible
(Nemhauser, Wolsey and Fisher 1978). Gains are kept exact through the transpose, so a round costs
one pass over the non-zeros, however many rows it picks. The tie rule is everywhere the same:
larger gain, then larger feature set, then smaller example id. Where rows have costs, the gain for
what a row costs takes the place of the gain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.errors import RequestError
from core.records import FeatureSets, Floats, Progress, Rows, silent
from core.select import greedy_kernels as kernels
from core.select import greedy_priced as priced
from core.select.arrays import read_only
from core.select.constraints import NO_CONSTRAINTS, Constraints
from core.select.greedy_torch import TorchEngine
from core.select.limits import Limits
from core.select.ordering import RoundOrder, by_id, places_of, tie_order

CHUNK = 512  # picks between two looks at the progress
MOST = {np.int16: (1 << 15) - 1, np.int32: (1 << 31) - 1}
WEIGHT_UNIT = 1000  # a feature of weight 1 in whole numbers, so that weighted gains stay exact
Saturated = Literal["rounds", "deeper"]


@dataclass(frozen=True, slots=True)
class Objective:
    """What covering a feature for the c-th time is worth: its weight times `steps[c - 1]`.

    `steps` fall and are 0 after the last: (1,) is coverage, scaled differences of a concave
    function give that function. When no row gains any more, `rounds` starts again with nothing
    covered; `deeper` asks each feature to be covered once more, and counts what it was covered
    already (multi-cover). Whole numbers keep gains exact.
    """

    steps: Sequence[int] = (1,)
    weights: NDArray[np.int64] | None = None  # (n_features,), zero or more
    saturated: Saturated = "rounds"

    def __post_init__(self) -> None:
        falling = all(a >= b for a, b in zip(self.steps, self.steps[1:], strict=False))
        if not self.steps or self.steps[-1] < 1 or not falling:
            raise ValueError(f"steps are whole numbers of 1 or more that never rise: {self.steps}")


COVERAGE = Objective()


def weighed(feature_weights: Floats | None) -> Objective:
    """Coverage in which features count by their weights; 0 mutes one."""
    if feature_weights is None:
        return COVERAGE
    return Objective(weights=np.rint(np.asarray(feature_weights) * WEIGHT_UNIT).astype(np.int64))


class GreedyEngine:
    """Exact gains of all rows under an objective, and the picks that follow from them.

    Memory: one small integer a row (16 bits where no gain is above 32,767), a count a feature.
    """

    def __init__(
        self,
        features: FeatureSets,
        limits: Limits,
        *,
        id_rank: Rows,
        objective: Objective = COVERAGE,
        costs: Floats | None = None,
    ) -> None:
        self._limits = limits
        self._sets = kernels.Sets(
            read_only(features.rows.indptr),
            read_only(features.rows.indices),
            read_only(features.columns.indptr),
            read_only(features.columns.indices),
        )
        self._worth = _worth(objective)
        self._covered = np.zeros(features.n_features, dtype=np.int32)
        sizes = features.rows.lengths()
        self._full = self._narrow(
            self._worths() if len(self._worth.weights) else self._sized(sizes)
        )
        order = tie_order(sizes, id_rank)
        self._ties = kernels.Ties(order, places_of(order))
        self._factors = None if costs is None else 1.0 / np.asarray(costs, dtype=np.float64)
        self._begin(self._full)

    def take(self, rows: Rows) -> NDArray[np.int64]:
        """Choose these rows whatever they gain; the gain of each, (len(rows),)."""
        gained = np.zeros(len(rows), dtype=np.int64)
        kernels.take(rows, self._sets, self._worth, self._state, self._limits.bounds, gained)
        return gained

    def pick(self, count: int) -> tuple[Rows, NDArray[np.int64]]:
        """The next best rows with their gains; fewer than `count` when no row gains any more."""
        rows = np.empty(count, dtype=np.int64)
        gained = np.empty(count, dtype=np.int64)
        what = (self._sets, self._worth, self._ties, self._state, self._limits.bounds)
        if self._prices is None:
            done = kernels.pick(*what, rows, gained)
        else:
            done = priced.pick_priced(*what, self._prices, rows, gained)
        return rows[:done], gained[:done]

    def restart(self) -> None:
        """Begin a round: nothing is covered, and rows already chosen stay out."""
        self._covered[:] = 0
        self._begin(self._full)

    def deepen(self) -> None:
        """Ask of every feature to be covered as often as lets a free row gain again."""
        levels = (
            kernels.least_covered(self._sets, self._worth, self._covered, self._limits.free) + 1
        )
        first = int(self._worth.steps[0])
        self._worth = self._worth._replace(steps=np.array([first] * levels + [0], dtype=np.int64))
        self._begin(self._narrow(self._worths()))

    def rest(self) -> Rows:
        """All rows by the tie rule; those that are not free are to be passed over."""
        return self._ties.order

    def _sized(self, sizes: Rows) -> kernels.Wide:
        return sizes * self._worth.steps[0]

    def _worths(self) -> kernels.Wide:
        gains = np.empty(len(self._sets.row_starts) - 1, dtype=np.int64)
        kernels.gains_of(self._sets, self._worth, self._covered, gains)
        return gains

    def _narrow(self, gains: kernels.Wide) -> kernels.Gains:
        largest = int(gains.max(initial=0))
        if largest > MOST[np.int32]:
            raise RequestError(
                f"weighted gains of up to {largest:,} do not fit; lower the weights of latents"
            )
        return gains.astype(np.int16 if largest <= MOST[np.int16] else np.int32)

    def _begin(self, gains: kernels.Gains) -> None:
        """Forget what was known of the best rows; only free rows gain."""
        gains = np.where(self._limits.free, gains, gains.dtype.type(0))
        n_blocks, unknown = -(-len(gains) // kernels.BLOCK), np.iinfo(np.int64).max
        tops = np.full(-(-n_blocks // kernels.GROUP), unknown)
        self._state = kernels.State(self._covered, gains, np.full(n_blocks, unknown), tops)
        self._prices = None if self._factors is None else priced.prices_of(self._factors)


def greedy_order(
    features: FeatureSets,
    budget: int,
    *,
    id_rank: Rows,
    constraints: Constraints = NO_CONSTRAINTS,
    objective: Objective = COVERAGE,
    device: str | None = None,
    progress: Progress = silent,
) -> RoundOrder:
    """Exact greedy in rounds: `budget` rows, of which any prefix is the answer to its length.

    Pinned rows come first, by example id, and cover their features. When nothing is left to gain,
    a new round begins over the remaining rows. Rows that gain nothing even then come last, by the
    tie rule. Fewer rows come back when the constraints leave no more. O(nnz) a round. With a
    `device` plain coverage runs through torch there, with the same picks.
    """
    limits = Limits.of(constraints, n_rows=features.n_rows, budget=budget)
    engine: GreedyEngine | TorchEngine
    if device is not None and objective is COVERAGE and constraints.costs is None:
        engine = TorchEngine(features, limits, id_rank=id_rank, device=device)
    else:
        engine = GreedyEngine(
            features, limits, id_rank=id_rank, objective=objective, costs=constraints.costs
        )
    pinned = by_id(constraints.pinned, id_rank)
    rows, gains, starts = [pinned], [engine.take(pinned)], [0]
    count, fresh = len(pinned), not len(pinned)
    while count < budget:
        picked, gained = engine.pick(min(CHUNK, budget - count))
        if not len(picked):
            if fresh or not limits.free.any():
                break  # a whole round gained nothing: only rows without features are left
            _begin_round(engine, objective)
            fresh = True
            continue
        if fresh and count:
            starts.append(count)
        fresh = False
        rows.append(picked)
        gains.append(gained)
        count += len(picked)
        progress(count, budget, f"round {len(starts)}")
    rest = limits.walk(engine.rest(), budget - count)
    return RoundOrder(
        rows=np.concatenate([*rows, rest]),
        gains=np.concatenate([*gains, np.zeros(len(rest), dtype=np.int64)]),
        round_starts=np.array(starts, dtype=np.int64),
    )


def _begin_round(engine: GreedyEngine | TorchEngine, objective: Objective) -> None:
    if isinstance(engine, GreedyEngine) and objective.saturated == "deeper":
        engine.deepen()
    else:
        engine.restart()


def own_gains(order: RoundOrder, constraints: Constraints) -> NDArray[Any]:
    """What each pick brought in the objective that was asked for: weighted, and for its cost."""
    gains: NDArray[Any] = order.gains
    if constraints.feature_weights is not None:
        gains = gains / WEIGHT_UNIT
    return gains if constraints.costs is None else gains / constraints.costs[order.rows]


def _worth(objective: Objective) -> kernels.Worth:
    weights = np.empty(0) if objective.weights is None else objective.weights
    if len(weights) and weights.min() < 0:
        raise ValueError(f"weights are zero or more; seen {weights.min()}")
    return kernels.Worth(
        steps=np.array([*objective.steps, 0], dtype=np.int64),
        weights=weights.astype(np.int64),
        counts_on=objective.saturated == "deeper",
    )
