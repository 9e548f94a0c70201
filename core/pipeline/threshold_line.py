"""One threshold on one pool: set sizes, their length, how fast greedy and chance cover all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.metrics import coverage_curve
from core.records import Csr, FeatureSets, Rows
from core.sae.features import feature_sets
from core.sae.threshold import correlation
from core.select.constraints import NO_CONSTRAINTS
from core.select.greedy import GreedyEngine
from core.select.limits import Limits
from core.sparse import filter_values, membership

GREEDY_AT = 100  # picks
RANDOM_AT = (100, 300)
NEARLY = 0.99  # of the reachable latents: as good as all
FEW_SHARE = 0.001  # of the latents: a median row with less says little
FEW_LATENTS = 2
MANY_EMPTY = 0.05  # share of rows without any latent

EARLY, HEALTHY, FEW = "saturates too early", "healthy", "too few"


@dataclass(frozen=True, slots=True)
class ThresholdLine:
    """What one theta makes of the pool; shares are of the latents that any row then has."""

    theta: float
    quantile: float  # of the pooled activations above 0
    whole: bool  # measured on the whole pool, else on sampled rows with every code
    n_rows: int  # measured on
    n_latents: int  # in the SAE
    n_reachable: int
    median: float  # latents of the median row
    empty_share: float  # rows without a latent
    r: float | None  # Pearson of tokens and latents a row
    greedy: float  # coverage after GREEDY_AT greedy picks
    picks_to_nearly: int  # greedy picks to 99 %
    picks_to_all: int  # greedy picks to 100 %
    random: tuple[float, float]  # mean coverage of so many random rows as RANDOM_AT says

    @property
    def median_share(self) -> float:
        """Share of the SAE's latents that the median row has."""
        return self.median / max(self.n_latents, 1)


def measure_threshold(
    codes: Csr,
    tokens: Rows,
    theta: float,
    *,
    quantile: float,
    orders: Sequence[Rows],
    id_rank: Rows,
    whole: bool,
) -> ThresholdLine:
    """Measure one theta on these rows; one greedy round, O(nnz).

    `orders` are random ones of the rows, `id_rank` breaks ties of greedy.
    """
    sets = feature_sets(codes, theta)
    sizes = sets.rows.lengths()
    n_reachable = max(sets.n_reachable, 1)
    curve = greedy_curve(sets, id_rank)
    at_random = [coverage_curve(sets, order[: RANDOM_AT[-1]]) / n_reachable for order in orders]
    return ThresholdLine(
        theta=theta,
        quantile=quantile,
        whole=whole,
        n_rows=codes.n_rows,
        n_latents=codes.n_columns,
        n_reachable=sets.n_reachable,
        median=float(np.median(sizes)),
        empty_share=float((sizes == 0).mean()),
        r=correlation(tokens, sizes),
        greedy=float(curve[min(GREEDY_AT, len(curve) - 1)]) / n_reachable,
        picks_to_nearly=int(np.argmax(curve >= NEARLY * curve[-1])),
        picks_to_all=len(curve) - 1,
        random=(_mean_at(at_random, RANDOM_AT[0]), _mean_at(at_random, RANDOM_AT[1])),
    )


def greedy_curve(sets: FeatureSets, id_rank: Rows) -> Rows:
    """Latents covered after 0, 1, 2, … greedy picks until nothing is left to cover."""
    n_rows = sets.n_rows
    limits = Limits.of(NO_CONSTRAINTS, n_rows=n_rows, budget=n_rows)
    engine = GreedyEngine(sets, limits, id_rank=id_rank)
    _, gained = engine.pick(n_rows)
    return np.concatenate([[0], np.cumsum(gained[gained > 0])]).astype(np.int64)


def full_share(codes: Csr, theta: float) -> float:
    """Share of rows whose stored codes all pass: their sets are cut short."""
    kept, stored = membership(filter_values(codes, theta)).lengths(), codes.lengths()
    return float(((kept == stored) & (stored == stored.max())).mean())


def verdict(line: ThresholdLine, budget: int) -> str:
    """Whether coverage under this threshold tells subsets of that budget apart.

    Too few: the median row has less than 0.1 % of the latents or fewer than two, or every
    twentieth row has none. Too early: greedy covers 99 % within a tenth of the budget. Both come
    from measurements with MiniLM on 3,000 Alpaca rows.
    """
    few = max(FEW_LATENTS, FEW_SHARE * line.n_latents)
    if line.median < few or line.empty_share > MANY_EMPTY:
        return FEW
    return EARLY if line.picks_to_nearly * 10 <= budget else HEALTHY


def _mean_at(curves: Sequence[np.ndarray[tuple[int], np.dtype[np.float64]]], rows: int) -> float:
    return float(np.mean([curve[min(rows, len(curve)) - 1] for curve in curves]))
