"""What the neurons of the readings do over the pool, under the rule by which MADS covers them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from core.errors import RequestError
from core.fingerprint import Recipe
from core.options import configure
from core.pipeline.arrays import load_array, load_csr, save_array, save_csr
from core.pipeline.result import StepResult
from core.pipeline.views import in_use, neuron_states
from core.records import Csr, FeatureSets, Floats
from core.reporting import Quiet, Reporter
from core.select import SELECTORS
from core.select.mads import rule_of
from core.select.neuron_sets import SetRule, neuron_sets
from core.select.selection import Selection
from core.workspace import Artifact, Workspace

VERSION = 1
KIND = "neuron-sets"
METHOD = "mads"
BLOCK = 1 << 22


@dataclass(frozen=True, slots=True)
class NeuronFacts:
    """The neurons of a pool; a neuron's number is layer * layer_size + unit.

    A row's top set are its active neurons under the rule; neurons that nearly every row has are
    dropped from all sets (`n_dropped`), as MADS drops them.
    """

    sets: FeatureSets  # row -> active neurons, and the transpose
    rule: SetRule
    n_dropped: int
    layer_size: int
    frequency: Floats  # (n_neurons,), share of rows in which it is above 0
    mean: Floats  # (n_neurons,), of the rows' pooled values
    variance: Floats  # (n_neurons,)
    maximum: Floats  # (n_neurons,), of the stored values; 0 where none is stored
    fingerprint: str

    @property
    def n_neurons(self) -> int:
        """Neurons of all layers."""
        return self.sets.n_features

    def place(self, neuron: int) -> tuple[int, int]:
        """The layer and unit of a neuron, both from 0."""
        return neuron // self.layer_size, neuron % self.layer_size

    def number(self, layer: int, unit: int) -> int:
        """The neuron of a layer and unit; RequestError when there is none."""
        if not (0 <= unit < self.layer_size and 0 <= layer * self.layer_size < self.n_neurons):
            raise RequestError(
                f"there is no neuron {unit} in layer {layer}; layers are 0 to "
                f"{self.n_neurons // self.layer_size - 1}, neurons 0 to {self.layer_size - 1}"
            )
        return layer * self.layer_size + unit


def has_neurons(workspace: Workspace) -> bool:
    """Whether the readings in use hold neurons."""
    found = workspace.in_use("readings")
    return found is not None and any(
        one["name"] == "neurons.indptr.npy" for one in found.meta["files"]
    )


def neurons_ready(workspace: Workspace, chosen: Selection | None = None) -> bool:
    """Whether `neuron_facts` is there already: the first time takes seconds for a large pool."""
    return workspace.find(KIND, _recipe(workspace, _rule(chosen)).fingerprint) is not None


def make(
    workspace: Workspace, options: Mapping[str, Any], *, reporter: Reporter | None = None
) -> StepResult:
    """Make and keep the sets of a rule, given as options of MADS."""
    started = time.monotonic()
    rule = rule_of(configure(SELECTORS.get(METHOD).config, options))
    made = _made(workspace, rule, reporter or Quiet())
    return StepResult({KIND: made.fingerprint}, time.monotonic() - started)


def neuron_facts(
    workspace: Workspace, chosen: Selection | None = None, *, reporter: Reporter | None = None
) -> NeuronFacts:
    """The neurons under the rule of the subset where MADS chose it, else under MADS's default.

    Made once and kept. WorkspaceError where the pool was read without neurons.
    """
    rule = _rule(chosen)
    made, states = _made(workspace, rule, reporter or Quiet()), neuron_states(workspace)
    rows = load_csr(made.folder, "rows", states.rows.n_columns)
    columns = load_csr(made.folder, "columns", states.n_rows)
    return NeuronFacts(
        sets=FeatureSets(rows, columns),
        rule=rule,
        n_dropped=made.notes["n_dropped"],
        layer_size=states.layer_size,
        frequency=states.frequency,
        mean=states.mean,
        variance=states.variance,
        maximum=load_array(made.folder, "maximum"),
        fingerprint=made.fingerprint,
    )


def _rule(chosen: Selection | None) -> SetRule:
    values = chosen.config if chosen is not None and chosen.method == METHOD else {}
    return rule_of(configure(SELECTORS.get(METHOD).config, values))


def _recipe(workspace: Workspace, rule: SetRule) -> Recipe:
    parents = {"readings": in_use(workspace, "readings").fingerprint}
    return Recipe("neuron sets", VERSION, asdict(rule), parents)


def _made(workspace: Workspace, rule: SetRule, reporter: Reporter) -> Artifact:
    recipe = _recipe(workspace, rule)
    found = workspace.find(KIND, recipe.fingerprint)
    if found is not None:
        return found
    states = neuron_states(workspace)
    made = neuron_sets(states, rule, progress=reporter.stage("Finding active neurons", "neurons"))
    with workspace.publish(KIND, recipe, title=f"active neurons by {rule.kind}") as draft:
        save_csr(draft.folder, "rows", made.sets.rows)
        save_csr(draft.folder, "columns", made.sets.columns)
        save_array(draft.folder, "maximum", largest(states.rows))
        draft.notes.update(n_dropped=made.n_dropped, n_reachable=made.sets.n_reachable)
    return workspace.get(KIND, recipe.fingerprint)


def largest(rows: Csr) -> Floats:
    """The largest stored value of each column, 0 where there is none, (n_columns,)."""
    if rows.values is None:
        raise ValueError("the largest value needs stored values")
    found = np.full(rows.n_columns, -np.inf, dtype=np.float32)
    for start in range(0, rows.nnz, BLOCK):
        part = slice(start, start + BLOCK)
        np.maximum.at(found, rows.indices[part], rows.values[part].astype(np.float32))
    return np.where(np.isfinite(found), found, 0).astype(np.float32)
