"""How long neuron coverage takes at the size of a 3B model: 28 layers of 8,192 neurons.

    python -m benchmarks.neurons [--rows 52002] [--ratio 0.15] [--repeats 5] [--out NAME]

The states are generated (benchmarks/generated_neurons.py), seeded and skewed as real ones are. Each
row keeps the share of every layer that extraction keeps (--stored-share), and a row's set is the
top share of that (--share; 82 of 8,192 neurons a layer, 2,296 a row). Measured are the greedy
engine on those sets, on a stored transpose and with the transpose made first, and the registered
selector from states to subset. --stored-share 0.01 takes 3 GB less memory.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np

from benchmarks.generated_neurons import neuron_states
from benchmarks.machine import circumstances, deliver, peak_memory, seconds
from core.errors import RequestError
from core.records import FeatureSets, NeuronStates, Rows
from core.select import SELECTORS, Budget, View, select
from core.select.greedy import greedy_order
from core.select.view import id_hashes
from core.sparse import transpose

PACKAGES = ("numpy", "numba")
METHOD = "mads"


def engine(features: FeatureSets, budget: int, id_rank: Rows, repeats: int) -> dict[str, Any]:
    """The greedy engine on a stored transpose, and with the transpose made first."""
    order = greedy_order(features, budget, id_rank=id_rank)  # compiles, or loads what is compiled

    def stored() -> None:
        greedy_order(features, budget, id_rank=id_rank)

    def with_transpose() -> None:
        sets = FeatureSets(features.rows, transpose(features.rows))
        greedy_order(sets, budget, id_rank=id_rank)

    first_round = order.round_starts[1] if len(order.round_starts) > 1 else None
    return {
        "rounds": len(order.round_starts),
        "rows_that_cover_every_neuron": None if first_round is None else int(first_round),
        "stored_transpose": seconds(stored, repeats),
        "with_transpose": seconds(with_transpose, repeats),
        "memory_with_transpose": peak_memory(with_transpose),
        "rows": order.rows,
    }


def selector(
    states: NeuronStates, budget: int, id_rank: Rows, *, options: dict[str, Any], repeats: int
) -> dict[str, Any]:
    """The registered method, from stored states through binarisation to a subset."""
    loaders = {"neurons": lambda: states, "id_rank": lambda: id_rank}
    loaders["id_hash"] = lambda: id_hashes([str(row) for row in range(states.n_rows)])
    view = View(states.n_rows, loaders)
    chosen = select(METHOD, view, Budget("rows", budget), options)

    def solve() -> None:
        select(METHOD, view, Budget("rows", budget), options)

    return {
        "options": options,
        "seconds": seconds(solve, repeats),
        "memory": peak_memory(solve),
        "notes": list(chosen.notes),
        "rows": chosen.rows,
    }


def sets_of(states: NeuronStates, share: float) -> FeatureSets:
    """The active neurons of each row by the method's own rule, nothing dropped."""
    from core.select.neuron_sets import SetRule, neuron_sets

    return neuron_sets(states, SetRule(share=share, always_on=1.0)).sets


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Everything this script measures, as one JSON-ready record."""
    began = time.perf_counter()
    states = neuron_states(
        arguments.rows,
        arguments.layers,
        arguments.layer_size,
        share=arguments.stored_share,
        seed=arguments.seed,
    )
    generated = time.perf_counter() - began
    id_rank = np.random.default_rng(arguments.seed + 1).permutation(arguments.rows)
    budget = max(1, round(arguments.ratio * arguments.rows))
    whole = selected(states, budget, id_rank, arguments)
    features = sets_of(states, arguments.share)
    stored = states.rows.nnz
    del states  # what follows reads the sets alone
    ours = engine(features, budget, id_rank, arguments.repeats)
    order = ours.pop("rows")
    picked = whole.pop("rows", None)
    if picked is not None:
        whole["equal_to_engine"] = picked.tolist() == order.tolist()
    return {
        "what": "mads, coverage of active neurons in rounds, one core",
        "circumstances": circumstances(PACKAGES),
        "seed": arguments.seed,
        "rows": arguments.rows,
        "neurons": features.n_features,
        "stored_entries": stored,
        "generated_in_s": round(generated, 1),
        "per_row": round(features.rows.nnz / arguments.rows, 1),
        "non_zeros": features.rows.nnz,
        "budget": budget,
        "engine": ours,
        "selector": whole,
    }


def selected(
    states: NeuronStates, budget: int, id_rank: Rows, arguments: argparse.Namespace
) -> dict[str, Any]:
    """The registered method, or why it was not measured."""
    if METHOD not in list(SELECTORS):
        return {"not_measured": f"method {METHOD!r} is not registered"}
    options = {"share": arguments.share, "always_on": 1.0}
    try:
        return selector(states, budget, id_rank, options=options, repeats=arguments.repeats)
    except RequestError as error:
        return {"not_measured": str(error)}


def parse(argv: list[str] | None) -> argparse.Namespace:
    """The command line of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=52_002)
    parser.add_argument("--layers", type=int, default=28)
    parser.add_argument("--layer-size", type=int, default=8_192)
    parser.add_argument("--share", type=float, default=0.01, help="of a layer, in a row's set")
    parser.add_argument("--stored-share", type=float, default=0.05, help="of a layer, stored")
    parser.add_argument("--ratio", type=float, default=0.15, help="of the rows, chosen")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", help="name under benchmarks/results to write the figures to")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> None:
    """Measure, print, and write where asked."""
    arguments = parse(argv)
    deliver(measure(arguments), arguments.out)


if __name__ == "__main__":
    main()
