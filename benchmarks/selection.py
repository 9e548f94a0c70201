"""How long exact greedy selection takes, beside a naive sparse product and submodlib.

    python -m benchmarks.selection [--rows 52002] [--per-row 290] [--repeats 5] [--out NAME]
    python -m benchmarks.selection --million          1,000,000 rows, 94 a row, 50,000 picks
    python -m benchmarks.selection --device cuda      the torch form too, with the same picks

The features are generated (benchmarks/generated.py). One run measures the engine on a stored
transpose and with the transpose made first, and once more at --also-per-row features a row.
With --out the figures go to benchmarks/results/NAME.json; always to the screen.
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from benchmarks.generated import feature_sets
from benchmarks.machine import (
    accelerator,
    circumstances,
    deliver,
    finished,
    peak_memory,
    seconds,
)
from benchmarks.peers.coverage import naive, submodlib
from core.records import Csr, FeatureSets, Rows
from core.select.greedy import greedy_order
from core.sparse import transpose

PACKAGES = ("numpy", "numba", "scipy", "torch", "submodlib-py")
MILLION = {
    "rows": 1_000_000,
    "per_row": 94,
    "budget": 50_000,
    "repeats": 3,
    "naive_picks": 3,
    "submodlib_budget": 0,  # its sets would take more memory than the machine has
    "also_per_row": 0,
}


def engine(rows: Csr, budget: int, id_rank: Rows, repeats: int) -> dict[str, Any]:
    """The engine on a stored transpose, and with the transpose made first."""
    features = FeatureSets(rows, transpose(rows))
    order = greedy_order(features, budget, id_rank=id_rank)  # compiles, or loads what is compiled

    def with_transpose() -> None:
        greedy_order(FeatureSets(rows, transpose(rows)), budget, id_rank=id_rank)

    def stored() -> None:
        greedy_order(features, budget, id_rank=id_rank)

    return {
        "rounds": len(order.round_starts),
        "stored_transpose": seconds(stored, repeats),
        "with_transpose": seconds(with_transpose, repeats),
        "memory": peak_memory(stored),
        "rows": order.rows,
    }


def on_device(
    rows: Csr, budget: int, device: str, *, id_rank: Rows, repeats: int, expected: Rows
) -> dict[str, Any]:
    """The torch form on a device, its copy of the pool included; says whether its picks agree."""
    features = FeatureSets(rows, transpose(rows))

    def solve() -> Rows:
        found = greedy_order(features, budget, id_rank=id_rank, device=device).rows
        finished(device)
        return found

    order = solve()
    return {
        "device": accelerator(device) or device,
        "stored_transpose": seconds(solve, repeats),
        "equal_to_engine": order.tolist() == expected.tolist(),
    }


def at_another_size(arguments: argparse.Namespace, id_rank: Rows) -> dict[str, Any]:
    """The engine on a pool with other numbers of features a row."""
    rows = feature_sets(
        arguments.rows, arguments.features, arguments.also_per_row, seed=arguments.seed
    )
    found = engine(rows, arguments.budget, id_rank, arguments.repeats)
    del found["rows"]
    return {"non_zeros": rows.nnz, "per_row": round(rows.nnz / rows.n_rows, 1), "engine": found}


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Everything this script measures, as one JSON-ready record."""
    rows = feature_sets(arguments.rows, arguments.features, arguments.per_row, seed=arguments.seed)
    id_rank = np.random.default_rng(arguments.seed + 1).permutation(arguments.rows)
    ours = engine(rows, arguments.budget, id_rank, arguments.repeats)
    order = ours.pop("rows")
    result = {
        "what": "sae-greedy, exact in rounds, one core",
        "circumstances": circumstances(PACKAGES),
        "seed": arguments.seed,
        "rows": rows.n_rows,
        "features": rows.n_columns,
        "non_zeros": rows.nnz,
        "budget": arguments.budget,
        "engine": ours,
        **beside_naive(arguments, rows, id_rank, order=order, ours=ours),
        **beside_submodlib(arguments, rows, id_rank),
    }
    if arguments.device:
        torch = on_device(
            rows,
            arguments.budget,
            arguments.device,
            id_rank=id_rank,
            repeats=arguments.repeats,
            expected=order,
        )
        quotient = torch["stored_transpose"]["median_s"] / ours["stored_transpose"]["median_s"]
        result["torch_form"] = torch | {"times_engine": round(quotient, 2)}
    if arguments.also_per_row:
        result["at_another_size"] = at_another_size(arguments, id_rank)
    return result


def beside_naive(
    arguments: argparse.Namespace, rows: Csr, id_rank: Rows, *, order: Rows, ours: dict[str, Any]
) -> dict[str, Any]:
    """The naive product for a few picks, and what it would take for the whole budget."""
    if not arguments.naive_picks:
        return {"naive": "not measured: --naive-picks 0"}
    slow = naive(rows, min(arguments.naive_picks, arguments.budget), id_rank, order)
    extrapolated = slow["per_pick_s"] * arguments.budget
    return {
        "naive": slow | {"whole_budget_s_extrapolated": round(extrapolated, 2)},
        "times_naive": round(extrapolated / ours["stored_transpose"]["median_s"], 1),
    }


def beside_submodlib(arguments: argparse.Namespace, rows: Csr, id_rank: Rows) -> dict[str, Any]:
    """Submodlib at its own budget, and the engine with its transpose at the same."""
    budget = arguments.submodlib_budget
    other = submodlib(rows, budget) if budget else None
    if other is None:
        return {"submodlib": "not measured: not installed, or --submodlib-budget 0"}
    ours = seconds(
        lambda: greedy_order(FeatureSets(rows, transpose(rows)), budget, id_rank=id_rank),
        arguments.repeats,
    )
    total = other["set_up_s"] + other["picking_s"]
    return {
        "submodlib": other,
        "engine_at_submodlib_budget": ours,
        "times_submodlib": round(total / ours["median_s"], 1),
    }


def parse(argv: list[str] | None) -> argparse.Namespace:
    """The command line of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--million", action="store_true", help="other defaults: a million rows")
    parser.add_argument("--rows", type=int, default=52_002)
    parser.add_argument("--features", type=int, default=131_072)
    parser.add_argument("--per-row", type=int, default=290, help="mean features a row, about")
    parser.add_argument(
        "--also-per-row", type=int, default=655, help="measured once more so; 0 leaves it out"
    )
    parser.add_argument("--budget", type=int, default=5_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--naive-picks", type=int, default=20, help="0 leaves it out")
    parser.add_argument("--submodlib-budget", type=int, default=1_000, help="0 leaves it out")
    parser.add_argument("--device", help="cpu, cuda or cuda:N: measure the torch form there too")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", help="name under benchmarks/results to write the figures to")
    if parser.parse_known_args(argv)[0].million:
        parser.set_defaults(**MILLION)
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> None:
    """Measure, print, and write where asked."""
    arguments = parse(argv)
    deliver(measure(arguments), arguments.out)


if __name__ == "__main__":
    main()
