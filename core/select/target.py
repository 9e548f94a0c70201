"""Rows that match given examples by their features: a small set shows what is wanted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import RequestError
from core.options import option
from core.records import Csr, FeatureSets, Floats, Progress, Rows, silent
from core.select.base import selector
from core.select.carriers import first_carriers, gathered
from core.select.constraints import NO_CONSTRAINTS, Constraints
from core.select.greedy import WEIGHT_UNIT, Objective, greedy_order, own_gains
from core.select.jaccard import likeness, prototype_of
from core.select.ordering import in_order
from core.select.selection import Picks
from core.select.view import View

DIGITS = 9  # similarities are compared to so many, far above what float64 sums differ by
FEW, MANY = 10, 200  # targets that the method is meant for


@dataclass(frozen=True, slots=True)
class TargetConfig:
    """What it is to match the targets."""

    mode: str = option(
        "coverage",
        "coverage: show the targets' features, those of more targets first, in rounds (our own); "
        "similarity: the rows most like the mean of the targets, by generalised Jaccard as in "
        "NAS and MoNA, where a mean as prototype is our reading.",
        choices=("coverage", "similarity"),
        provenance="inferred",
    )


@selector(
    "target",
    TargetConfig,
    title="Match target examples",
    needs=("codes", "targets"),
    honours=("costs", "feature_weights"),
    complexity="O(nnz) a round",
    when="With 10 to 200 examples of what the model should learn.",
    source="coverage: ours; similarity: arXiv 2503.15573 (NAS, MoNA), abstract",
    provenance="inferred",
)
def target(
    view: View,
    budget: int,
    config: TargetConfig,
    *,
    constraints: Constraints = NO_CONSTRAINTS,
    seed: int = 42,
    progress: Progress = silent,
) -> Picks:
    """Rows by the features of the targets.

    Coverage is greedy, a feature counting as often as targets have it, and features of no target
    not at all. Raises RequestError for targets that cannot be matched.
    """
    codes, targets = view.codes, view.targets
    counts = _checked_counts(targets, codes.n_features)
    if config.mode == "similarity":
        picks = _by_similarity(view, budget, constraints)
    else:
        picks = _by_coverage(view, budget, counts, constraints=constraints, progress=progress)
    notes = _notes(codes, counts, picks, n_targets=targets.n_rows)
    return Picks(picks.rows, picks.round_starts, picks.explains, notes)


def _checked_counts(targets: Csr, n_features: int) -> NDArray[np.int64]:
    """How many targets have each feature, (n_features,)."""
    if not targets.n_rows:
        raise RequestError("method 'target' has no target examples; give 10 to 200 of them")
    if targets.n_columns != n_features:
        raise RequestError(
            f"the targets are read in {targets.n_columns} features and the pool in {n_features}; "
            "read both with one SAE"
        )
    if not targets.nnz:
        raise RequestError(
            f"none of the {targets.n_rows} target examples has a feature; lower the threshold, "
            "or give longer examples"
        )
    return np.bincount(targets.indices, minlength=n_features).astype(np.int64)


def _by_coverage(
    view: View,
    budget: int,
    counts: NDArray[np.int64],
    *,
    constraints: Constraints,
    progress: Progress,
) -> Picks:
    weights = counts
    if constraints.feature_weights is not None:
        asked = np.asarray(constraints.feature_weights, dtype=np.float64)
        weights = np.rint(counts * asked * WEIGHT_UNIT).astype(np.int64)
    order = greedy_order(
        view.codes,
        budget,
        id_rank=view.id_rank,
        constraints=constraints,
        objective=Objective(weights=weights),
        progress=progress,
    )
    return Picks(order.rows, order.round_starts, {"own_gains": own_gains(order, constraints)})


def _by_similarity(view: View, budget: int, constraints: Constraints) -> Picks:
    if "costs" in constraints.given():
        raise RequestError(
            "mode 'similarity' ranks rows by likeness and cannot honour costs; use mode 'coverage'"
        )
    rows, targets = view.codes.rows, view.targets
    has_values = rows.values is not None and targets.values is not None
    weights = _feature_weights(constraints.feature_weights, rows.n_columns)
    prototype = prototype_of(targets, by_value=has_values)
    found = likeness(rows, prototype, weights, by_value=has_values)
    order = np.lexsort((view.id_rank, -np.round(found, DIGITS))).astype(np.int64)
    chosen: Rows = in_order(order, budget, id_rank=view.id_rank, constraints=constraints)
    return Picks(chosen, explains={"similarity": found[chosen].astype(np.float32)})


def _feature_weights(asked: Floats | None, n_features: int) -> NDArray[np.float64]:
    return np.ones(n_features) if asked is None else np.asarray(asked, dtype=np.float64)


def _notes(
    codes: FeatureSets, counts: NDArray[np.int64], picks: Picks, *, n_targets: int
) -> tuple[str, ...]:
    wanted = counts > 0
    shown = wanted & (codes.columns.lengths() > 0)
    covered = wanted & (first_carriers(codes, picks.rows) >= 0)
    notes = [
        f"features of the targets that the pool can show: {int(shown.sum()):,} of "
        f"{int(wanted.sum()):,}; that the subset covers: {int(covered.sum()):,}"
    ]
    features, owners = gathered(codes.rows, picks.rows)
    without = len(picks.rows) - len(np.unique(owners[wanted[features]]))
    if without:
        notes.append(f"rows of the subset with none of these features: {without:,}")
    if not FEW <= n_targets <= MANY:
        notes.append(f"targets: {n_targets:,}; the method is meant for {FEW} to {MANY}")
    return tuple(notes)
