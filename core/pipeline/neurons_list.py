"""The list of neurons: by layer, number or name, filtered and ordered as latents are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import RequestError
from core.pipeline.latent_list import BY_SUBSET, marked, of_kind
from core.pipeline.marks import marks
from core.pipeline.neuron_facts import NeuronFacts, neuron_facts
from core.records import Rows
from core.select.carriers import gathered
from core.select.selection import Selection
from core.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 2_000
KINDS = (
    "active",
    "covered",
    "uncovered",
    "sole",
    "starred",
    "muted",
    "weighted",
    "labelled",
    "never",
)
SAME_AS = {"active": "live", "never": "dead"}  # what the list of latents calls them
PLACE = re.compile(r"(?:layer\s*)?(\d+)\s*[.,:/ ]\s*(?:neuron\s*)?(\d+)", re.IGNORECASE)
LAYER = re.compile(r"layer\s*(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NeuronList:
    """Neurons that answer a question.

    Columns: neuron (layer * layer_size + unit), layer, unit, label, rows (whose top set has it),
    share (of the pool), mean, variance, maximum, then with a subset chosen, covered and sole
    carrier, then starred, muted, weight.
    """

    n_found: int
    counts: Mapping[str, int]  # of each kind, among all that answer the question
    table: pd.DataFrame


@dataclass(frozen=True, slots=True)
class NeuronNumbers:
    """Counts over all neurons, under MADS's rule."""

    n_neurons: int
    n_layers: int
    n_reachable: int  # in the top set of at least one row
    n_dropped: int  # since nearly every row has them
    n_covered: int | None
    rule: str  # in words


def neuron_list(
    workspace: Workspace,
    chosen: Selection | None,
    *,
    asked: str = "",
    kind: str = "active",
    order: str = "rows",
    falling: bool = True,
    most: int = SHOWN,
) -> NeuronList:
    """Neurons by place ('3.812' or 'layer 3'), by number or by name; RequestError for others."""
    if kind not in KINDS or (kind in BY_SUBSET and chosen is None):
        raise RequestError(f"neurons cannot be listed by {kind!r}; there are {', '.join(KINDS)}")
    facts = neuron_facts(workspace, chosen)
    table = _table(workspace, facts, chosen)
    if order not in table:
        raise RequestError(f"there is no column {order!r}; there are {', '.join(map(str, table))}")
    table = _answering(table, asked.strip(), facts)
    told = {name: of_kind(table, SAME_AS.get(name, name)) for name in KINDS}
    found = table[told[kind]].sort_values(
        [order, "neuron"], ascending=[not falling, True], kind="stable"
    )
    counts = {name: int(mask.sum()) for name, mask in told.items()}
    return NeuronList(len(found), counts, found.head(most).reset_index(drop=True))


def neuron_numbers(workspace: Workspace, chosen: Selection | None) -> NeuronNumbers:
    """How many neurons there are, are active in any row, and are covered by the subset."""
    facts = neuron_facts(workspace, chosen)
    held = None if chosen is None else int((_chosen_counts(facts, chosen) > 0).sum())
    return NeuronNumbers(
        n_neurons=facts.n_neurons,
        n_layers=facts.n_neurons // facts.layer_size,
        n_reachable=facts.sets.n_reachable,
        n_dropped=facts.n_dropped,
        n_covered=held,
        rule=rule_in_words(facts),
    )


def rule_in_words(facts: NeuronFacts) -> str:
    """Which neurons of a row count as active, in a sentence without its full stop."""
    rule = facts.rule
    return {
        "top-k": f"the strongest {100 * rule.share:.3g} % of each layer in a row",
        "threshold": f"neurons above {rule.tau:g} in a row",
        "z-score": f"neurons more than {rule.z:g} standard deviations above their mean",
        "top-p": f"the fewest neurons that hold {rule.mass:g} of a layer's stored values",
    }[rule.kind]


def _table(workspace: Workspace, facts: NeuronFacts, chosen: Selection | None) -> pd.DataFrame:
    import pandas as pd

    known, n = marks(workspace).neurons, facts.n_neurons
    carriers = facts.sets.columns.lengths()
    columns: dict[str, Any] = {
        "neuron": np.arange(n),
        "layer": np.arange(n) // facts.layer_size,
        "unit": np.arange(n) % facts.layer_size,
        "label": marked(known, n, "label", "", object),
        "rows": carriers,
        "share": carriers / max(facts.sets.n_rows, 1),
        "mean": facts.mean,
        "variance": facts.variance,
        "maximum": np.asarray(facts.maximum),
    }
    if chosen is not None:
        counts = _chosen_counts(facts, chosen)
        columns |= {"chosen": counts, "covered": counts > 0, "sole carrier": counts == 1}
    columns["starred"] = marked(known, n, "starred", False, np.bool_)
    columns["muted"] = marked(known, n, "muted", False, np.bool_)
    columns["weight"] = marked(known, n, "counts", 1.0, np.float64)
    return pd.DataFrame(columns)


def _chosen_counts(facts: NeuronFacts, chosen: Selection) -> Rows:
    held, _ = gathered(facts.sets.rows, chosen.rows)
    return np.bincount(held, minlength=facts.n_neurons).astype(np.int64)


def _answering(table: pd.DataFrame, asked: str, facts: NeuronFacts) -> pd.DataFrame:
    if not asked:
        return table
    place, layer = PLACE.fullmatch(asked), LAYER.fullmatch(asked)
    if place:
        return table[table["neuron"] == facts.number(int(place[1]), int(place[2]))]
    if layer:
        return table[table["layer"] == int(layer[1])]
    if asked.isascii() and asked.isdigit():
        return table[(table["neuron"] == int(asked)) | (table["unit"] == int(asked))]
    word = asked.casefold()
    return table[[word in label.casefold() for label in table["label"]]]
