"""QDIT: facility location and quality in one greedy objective."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.options import option
from core.records import Floats, Progress, Rows, silent
from core.select.base import selector
from core.select.constraints import NO_CONSTRAINTS, Constraints
from core.select.facility import NEIGHBOURS_HELP, Worth, facility_order
from core.select.facility_kernels import SCALE, Doubles
from core.select.ordering import in_order
from core.select.quality import QUALITY_HELP, Quality, quality_of
from core.select.selection import Picks
from core.select.view import View


@dataclass(frozen=True, slots=True)
class QditConfig:
    """How quality and diversity are weighed."""

    alpha: float = option(
        0.7,
        "Weight of quality: 0 is facility location alone, 1 is quality alone.",
        minimum=0,
        maximum=1,
        provenance="default",
    )
    gain: str = option(
        "sum",
        "What a row adds to facility location, against quality scaled to 0 to 1: its sum, as the "
        "formula is printed, where both count for thousands of picks; or its mean over the pool, "
        "which after a few picks is so small that quality decides nearly alone.",
        choices=("sum", "mean"),
        provenance="inferred",
    )
    quality: str = option("auto", QUALITY_HELP)
    neighbours: int | None = option(None, NEIGHBOURS_HELP, minimum=1)


@selector(
    "qdit",
    QditConfig,
    title="QDIT (quality and diversity)",
    needs=("embeddings",),
    uses=("quality", "scores", "columns"),
    ahead=False,
    honours=("costs",),
    complexity="O(n² d), and O(n) a row looked at",
    when="With a quality score, for good rows that still represent the pool.",
    source="Bukharin and Zhao 2023, arXiv 2311.14736; greedy on (1 - a) gain + a quality; the "
    "scaling of both is our reading",
    provenance="inferred",
)
def qdit(
    view: View,
    budget: int,
    config: QditConfig,
    *,
    constraints: Constraints = NO_CONSTRAINTS,
    seed: int = 42,
    progress: Progress = silent,
) -> Picks:
    """Greedy on (1 - alpha) gain + alpha q, the gain that of facility location.

    Quality q is scaled to 0 to 1 over the pool. With `gain="mean"` the gain is divided by the
    number of rows. Where rows have costs, the whole is divided by them.
    """
    quality = quality_of(view, config.quality)
    worth = worth_of(unit_range(quality.values), config, costs=constraints.costs)
    if config.alpha == 1:
        return _by_quality(view, budget, worth.bonus, quality, constraints=constraints)
    order = facility_order(
        view,
        budget,
        worth=worth,
        constraints=constraints,
        neighbours=config.neighbours,
        progress=progress,
    )
    explains = {**order.explains(view), "quality": quality.source}
    return Picks(order.rows, explains=explains, notes=(*order.notes(), _note(quality)))


def unit_range(values: Doubles) -> Doubles:
    """Values moved and scaled to 0 to 1; all 0 where they are equal."""
    low, high = float(values.min()), float(values.max())
    return (values - low) / (high - low) if high > low else np.zeros_like(values)


def worth_of(quality: Doubles, config: QditConfig, *, costs: Floats | None) -> Worth:
    """The worth of a pick, quality in 0 to 1."""
    n_rows = len(quality)
    price = np.ones(n_rows) if costs is None else np.asarray(costs, dtype=np.float64)
    step = 1.0 / SCALE if config.gain == "sum" else 1.0 / (n_rows * SCALE)
    return Worth((1 - config.alpha) * step / price, config.alpha * quality / price)


def _by_quality(
    view: View, budget: int, worth: Doubles, quality: Quality, *, constraints: Constraints
) -> Picks:
    order: Rows = np.lexsort((view.id_rank, -worth)).astype(np.int64)
    rows = in_order(order, budget, id_rank=view.id_rank, constraints=constraints)
    explains = {"own_gains": worth[rows], "quality": quality.source}
    return Picks(rows, explains=explains, notes=("quality alone, alpha 1", _note(quality)))


def _note(quality: Quality) -> str:
    if quality.source == "uniform":
        return "quality uniform: the order is that of facility location"
    return f"quality from {quality.source}, scaled to 0 to 1 over the pool"
