"""MADS: the rows that light up neurons the subset has not lit yet, again and again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import RequestError
from core.options import option
from core.records import FeatureSets, Floats, Progress, silent
from core.select.base import selector
from core.select.carriers import first_carriers
from core.select.constraints import NO_CONSTRAINTS, Constraints
from core.select.greedy import MOST, WEIGHT_UNIT, Objective, greedy_order, own_gains
from core.select.neuron_sets import RULES, NeuronSets, SetRule, neuron_sets
from core.select.ordering import RoundOrder
from core.select.selection import Picks
from core.select.view import View


@dataclass(frozen=True, slots=True)
class MadsConfig:
    """Only the abstract is public: activation states, coverage, 15 % of the pool. All else is ours.

    Provenance `inferred` is our reconstruction; the numbers of rules other than top-k are defaults.
    """

    rule: str = option(
        "top-k",
        "Which stored neurons of a row are active: top-k, a share of each layer (does not follow "
        "length); threshold, above tau (follows length); z-score, far above their own mean; "
        "top-p, the fewest that hold a share of a layer's stored values.",
        choices=RULES,
        provenance="inferred",
    )
    share: float = option(
        0.01,
        "top-k: share of each layer's neurons, rounded up; at most what is stored.",
        minimum=1e-6,
        maximum=1,
        provenance="inferred",
    )
    tau: float = option(1.0, "threshold: the value that an active neuron is above.")
    z: float = option(
        3.0,
        "z-score: standard deviations above the neuron's mean over the pool. Only the strongest "
        "neurons of a row are stored, and only these can be active.",
    )
    mass: float = option(
        0.3,
        "top-p: share of a layer's positive values, of those that are stored.",
        minimum=1e-6,
        maximum=1,
    )
    always_on: float = option(
        0.95,
        "Neurons active in more than this share of rows tell no rows apart and are dropped; 1 "
        "keeps all.",
        minimum=0,
        maximum=1,
        provenance="inferred",
    )
    on_saturation: str = option(
        "rounds",
        "When every neuron is covered: rounds, begin again with none; multi-cover, ask for each "
        "once more; concave, every further time counts less and it never saturates; weighted, "
        "rounds in which rare neurons count more, by log(rows / rows that have it).",
        choices=("rounds", "multi-cover", "concave", "weighted"),
        provenance="inferred",
    )
    concave: str = option(
        "log",
        "concave: a neuron covered c times is worth log(1 + c) or the square root of c.",
        choices=("log", "sqrt"),
        provenance="inferred",
    )
    scale: int = option(
        1024,
        "concave: steps of that worth are whole numbers of so many parts; more are finer and "
        "slower.",
        minimum=2,
        maximum=16_384,
    )


@selector(
    "mads",
    MadsConfig,
    title="MADS (neuron coverage)",
    needs=("neurons",),
    honours=("costs", "feature_weights"),
    ahead=False,
    complexity="O(nnz) a round",
    when="To cover what a model computes rather than what an SAE names; the paper takes 15 % of "
    "the pool. By default every row has equally many neurons; look at the lengths it chooses.",
    source="Bai et al. 2026, arXiv 2605.30857, abstract; sets, greedy and saturation not public",
    provenance="inferred",
)
def mads(
    view: View,
    budget: int,
    config: MadsConfig,
    *,
    constraints: Constraints = NO_CONSTRAINTS,
    seed: int = 42,
    progress: Progress = silent,
) -> Picks:
    """Greedy coverage of the neurons that are active in each row.

    `explains["n_neurons"]` is the size of each pick's set; gains are in neurons, in units of
    log(1 + c) or sqrt(c), or in log(rows / rows that have it), as `on_saturation` says.
    """

    def settling(done: int, total: int, note: str = "") -> None:
        progress(0, budget, f"neuron sets, {note}: {done / max(total, 1):.0%}")

    active = neuron_sets(view.neurons, rule_of(config), progress=settling)
    objective, unit = _objective(config, active.sets, constraints.feature_weights)
    order = greedy_order(
        active.sets,
        budget,
        id_rank=view.id_rank,
        constraints=constraints,
        objective=objective,
        progress=progress,
    )
    sizes = active.sets.rows.lengths()
    explains = {
        "own_gains": _in_units(order, constraints, unit),
        "n_neurons": sizes[order.rows].astype(np.int32),
    }
    return Picks(order.rows, order.round_starts, explains, _notes(config, active, order))


def rule_of(config: MadsConfig) -> SetRule:
    """Which neurons of a row a configuration counts as active."""
    return SetRule(
        kind=config.rule,
        share=config.share,
        tau=config.tau,
        z=config.z,
        mass=config.mass,
        always_on=config.always_on,
    )


def _objective(
    config: MadsConfig, sets: FeatureSets, asked: Floats | None
) -> tuple[Objective, int]:
    """What covering a neuron is worth in whole numbers, and how many of them are 1.

    Weights that were asked for multiply what the method itself weighs; `own_gains` takes their
    unit out again.
    """
    objective, unit = Objective(), 1
    if config.on_saturation == "multi-cover":
        objective = Objective(saturated="deeper")
    elif config.on_saturation == "weighted":
        carriers = np.maximum(sets.columns.lengths(), 1)
        weights = np.rint(np.log(sets.n_rows / carriers) * WEIGHT_UNIT).astype(np.int64)
        objective, unit = Objective(weights=weights), WEIGHT_UNIT
    elif config.on_saturation == "concave":
        steps = concave_steps(config.concave, scale=config.scale, most=sets.n_rows)
        objective, unit = Objective(steps), config.scale
    if asked is not None:
        objective = replace(objective, weights=_weighed(objective, asked, sets))
    _check_fits(objective, sets)
    return objective, unit


def _weighed(objective: Objective, asked: Floats, sets: FeatureSets) -> NDArray[np.int64]:
    """The method's own weights times those asked for, in whole numbers."""
    if len(asked) != sets.n_features:
        raise RequestError(
            f"{len(asked):,} weights for {sets.n_features:,} neurons; a weight is one of a neuron, "
            "numbered layer * neurons of a layer + unit"
        )
    own = 1 if objective.weights is None else objective.weights
    return np.rint(np.asarray(asked, dtype=np.float64) * WEIGHT_UNIT * own).astype(np.int64)


def concave_steps(name: str, *, scale: int, most: int) -> list[int]:
    """What covering once more is worth, in 1 / scale: differences of log(1 + c) or sqrt(c).

    At most `most` steps, and none that rounds to 0.
    """
    times = np.arange(most + 1, dtype=np.float64)
    worth = np.log1p(times) if name == "log" else np.sqrt(times)
    steps = np.rint(np.diff(worth) * scale).astype(np.int64)
    return [int(step) for step in steps[steps > 0]]


def _check_fits(objective: Objective, sets: FeatureSets) -> None:
    """Refuse gains that the engine cannot hold exactly."""
    heaviest = 1 if objective.weights is None else int(objective.weights.max(initial=1))
    largest = int(sets.rows.lengths().max(initial=0))
    if largest * heaviest * objective.steps[0] > MOST[np.int32]:
        raise RequestError(
            f"a row with {largest:,} active neurons gains more than {MOST[np.int32]:,} parts; "
            "ask for fewer neurons a row, a smaller scale, or on_saturation rounds"
        )


def _in_units(order: RoundOrder, constraints: Constraints, unit: int) -> NDArray[Any]:
    gains = own_gains(order, constraints)
    return gains if unit == 1 else gains / unit


def _notes(config: MadsConfig, active: NeuronSets, order: RoundOrder) -> tuple[str, ...]:
    sets = active.sets
    reached = int((first_carriers(sets, order.rows) >= 0).sum())
    sizes = sets.rows.lengths()
    notes = [
        f"{reached:,} neurons reached of {sets.n_reachable:,} that are active in any row "
        f"and {sets.n_features:,} in all",
        f"half the rows have {np.median(sizes):,.0f} active neurons or more",
        f"neurons dropped since more than {config.always_on:g} of the rows have them: "
        f"{active.n_dropped:,}",
    ]
    caveats = {
        "z-score": "z-scores of stored neurons alone: others may be far above their mean unseen",
        "top-p": "shares of what is stored of a layer, not of the whole layer",
    }
    if config.rule in caveats:
        notes.append(caveats[config.rule])
    return tuple(notes)
