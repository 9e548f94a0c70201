"""One neuron for the dashboard: its values, its strongest rows, who carries it, what meets it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.errors import RequestError
from core.pipeline.latent_lengths import log_tokens
from core.pipeline.latents import MOST_BINS, SHOWN
from core.pipeline.marks import marks
from core.pipeline.neuron_facts import NeuronFacts, neuron_facts
from core.pipeline.tables import row_table
from core.pipeline.views import neuron_states
from core.records import Floats, Rows
from core.sae.threshold import correlation
from core.sae.together import together
from core.select.selection import Selection
from core.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

TOP = 20


@dataclass(frozen=True, slots=True)
class NeuronCard:
    """One neuron over the pool; stored values are those of rows' strongest neurons alone."""

    neuron: int
    layer: int
    unit: int
    n_rows: int  # rows whose top set has it
    share: float  # of the pool
    frequency: float  # share of rows in which it is above 0
    mean: float  # over all rows
    variance: float
    maximum: float
    n_stored: int  # rows that store its value
    edges: Floats  # (n_bins + 1,), of the histogram of stored values
    counts: NDArray[np.int64]  # (n_bins,)
    chosen_counts: NDArray[np.int64]  # (n_bins,)
    n_chosen: int  # chosen rows whose top set has it
    sole: int | None  # the one chosen row that has it, where it is one
    length: float | None  # Pearson of having it or not with the log of tokens


def neuron_card(workspace: Workspace, neuron: int, chosen: Selection | None = None) -> NeuronCard:
    """The dashboard's numbers of one neuron; RequestError when there is none of that number."""
    facts = _facts(workspace, neuron, chosen)
    rows, values = neuron_values(workspace, neuron)
    counts, edges = np.histogram(values, bins=min(MOST_BINS, max(6, math.isqrt(len(values)))))
    having = np.asarray(facts.sets.columns.row(neuron)).astype(np.int64)
    mine = np.empty(0, np.int64) if chosen is None else chosen.rows
    picked = mine[np.isin(mine, having)]
    has = np.zeros(facts.sets.n_rows)
    has[having] = 1
    layer, unit = facts.place(neuron)
    return NeuronCard(
        neuron=neuron,
        layer=layer,
        unit=unit,
        n_rows=len(having),
        share=len(having) / max(facts.sets.n_rows, 1),
        frequency=float(facts.frequency[neuron]),
        mean=float(facts.mean[neuron]),
        variance=float(facts.variance[neuron]),
        maximum=float(facts.maximum[neuron]),
        n_stored=len(values),
        edges=edges.astype(np.float32),
        counts=counts.astype(np.int64),
        chosen_counts=np.histogram(values[np.isin(rows, mine)], bins=edges)[0].astype(np.int64),
        n_chosen=len(picked),
        sole=int(picked[0]) if len(picked) == 1 else None,
        length=correlation(log_tokens(workspace), has),
    )


def neuron_values(workspace: Workspace, neuron: int) -> tuple[Rows, Floats]:
    """Rows that store the neuron among their strongest, ascending, and its value on each."""
    stored = neuron_states(workspace).rows
    found = np.flatnonzero(np.asarray(stored.indices) == neuron)
    rows = np.searchsorted(stored.indptr, found, side="right").astype(np.int64) - 1
    return rows, np.asarray(stored.values)[found].astype(np.float32)


def neuron_rows(
    workspace: Workspace, neuron: int, chosen: Selection | None = None, *, n: int = TOP
) -> pd.DataFrame:
    """The rows on which the neuron is strongest, with its value; ties by row number."""
    rows, values = neuron_values(workspace, neuron)
    strongest = np.argsort(-values, kind="stable")[:n]
    table = row_table(workspace, rows[strongest], chosen=chosen)
    table.insert(2, "value", values[strongest])
    return table


def neuron_carriers(workspace: Workspace, neuron: int, chosen: Selection) -> pd.DataFrame:
    """Chosen rows whose top set has the neuron, in pick order with its value; at most SHOWN."""
    facts = _facts(workspace, neuron, chosen)
    having = np.asarray(facts.sets.columns.row(neuron)).astype(np.int64)
    picked = chosen.rows[np.isin(chosen.rows, having)][:SHOWN]
    rows, values = neuron_values(workspace, neuron)
    table = row_table(workspace, picked, chosen=chosen)
    table.insert(2, "value", values[np.searchsorted(rows, picked)])
    return table


def neuron_neighbours(
    workspace: Workspace, neuron: int, chosen: Selection | None = None, *, n: int = TOP
) -> pd.DataFrame:
    """Neurons most often in one top set with this one, of any layer, by Jaccard.

    Columns: neuron, layer, unit, label, rows, together, jaccard, lift (1 is chance).
    """
    import pandas as pd

    facts, known = _facts(workspace, neuron, chosen), marks(workspace).neurons
    met = together(facts.sets, neuron)
    often = met.best(n)
    return pd.DataFrame(
        {
            "neuron": often,
            "layer": often // facts.layer_size,
            "unit": often % facts.layer_size,
            "label": [known[one].label if one in known else "" for one in often.tolist()],
            "rows": facts.sets.columns.lengths()[often],
            "together": met.both[often],
            "jaccard": met.jaccard[often],
            "lift": met.lift[often],
        }
    )


def _facts(workspace: Workspace, neuron: int, chosen: Selection | None) -> NeuronFacts:
    facts = neuron_facts(workspace, chosen)
    if not 0 <= neuron < facts.n_neurons:
        raise RequestError(f"there is no neuron {neuron}; there are 0 to {facts.n_neurons - 1}")
    return facts
