"""How long exact greedy selection takes, beside a naive sparse product and submodlib.

    python -m benchmarks.selection [--rows 52002] [--per-row 290] [--repeats 5] [--out NAME]

The features are generated: Zipf popularity, eight topics that shuffle it, lognormal set sizes.
With --out the figures go to benchmarks/results/NAME.json; always to the screen.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import circumstances, seconds, write_result
from core.records import Csr, FeatureSets, Rows
from core.select.greedy import greedy_order
from core.sparse import transpose

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("numpy", "numba", "scipy", "submodlib-py")
CHUNK = 4096  # rows generated at once
TOPICS = 8


def generate(n_rows: int, n_features: int, per_row: int, *, seed: int = 0) -> Csr:
    """Feature sets of about `per_row` features; half the draws are the topic's, half common."""
    rng = np.random.default_rng(seed)
    popularity = np.cumsum((np.arange(n_features) + 10.0) ** -0.7)
    popularity /= popularity[-1]
    common = rng.permutation(n_features)
    topics = np.stack([rng.permutation(n_features) for _ in range(TOPICS)])
    counts, parts = [np.zeros(1, dtype=np.int64)], []
    for start in range(0, n_rows, CHUNK):
        size = min(CHUNK, n_rows - start)
        draws = rng.lognormal(np.log(per_row) - 0.125, 0.5, size).astype(np.int64) + 1
        owner = np.repeat(np.arange(size), draws)
        rank = np.searchsorted(popularity, rng.random(len(owner)))
        topic = rng.integers(TOPICS, size=size)[owner]
        features = np.where(rng.random(len(owner)) < 0.5, common[rank], topics[topic, rank])
        keys = np.unique(owner * n_features + features)
        counts.append(np.bincount(keys // n_features, minlength=size))
        parts.append((keys % n_features).astype(np.uint32))
    indptr = np.cumsum(np.concatenate(counts), dtype=np.int64)
    return Csr(indptr, np.concatenate(parts), None, n_features)


def engine(rows: Csr, budget: int, id_rank: Rows, repeats: int) -> dict[str, Any]:
    """The engine on a stored transpose, and with the transpose made first."""
    features = FeatureSets(rows, transpose(rows))
    order = greedy_order(features, budget, id_rank=id_rank)  # compiles, or loads what is compiled

    def with_transpose() -> None:
        greedy_order(FeatureSets(rows, transpose(rows)), budget, id_rank=id_rank)

    return {
        "rounds": len(order.round_starts),
        "stored_transpose": seconds(
            lambda: greedy_order(features, budget, id_rank=id_rank), repeats
        ),
        "with_transpose": seconds(with_transpose, repeats),
        "rows": order.rows,
    }


def naive(rows: Csr, picks: int, id_rank: Rows, expected: Rows) -> dict[str, Any]:
    """One sparse product over all rows at each pick; says whether the picks are the engine's."""
    from scipy.sparse import csr_array

    ones = np.ones(rows.nnz, dtype=np.int32)
    matrix = csr_array((ones, rows.indices, rows.indptr), shape=(rows.n_rows, rows.n_columns))
    sizes, lacking = rows.lengths(), np.ones(rows.n_columns, dtype=np.int32)
    taken, found = np.zeros(rows.n_rows, dtype=np.bool_), []
    start = time.perf_counter()
    for _ in range(picks):
        gains = np.where(taken, -1, matrix @ lacking)
        best = np.flatnonzero(gains == gains.max())
        row = int(best[np.lexsort((id_rank[best], -sizes[best]))[0]])
        found.append(row)
        taken[row] = True
        lacking[rows.row(row)] = 0
    per_pick = (time.perf_counter() - start) / picks
    return {
        "picks_run": picks,
        "per_pick_s": round(per_pick, 6),
        "equal_to_engine": found == expected[:picks].tolist(),
    }


def submodlib(rows: Csr, budget: int) -> dict[str, Any] | None:
    """LazyGreedy of submodlib with its set-up, once; None where it is not installed."""
    if importlib.util.find_spec("submodlib") is None:
        return None
    from submodlib.functions.setCover import SetCoverFunction

    start = time.perf_counter()
    sets = [set(rows.row(row).tolist()) for row in range(rows.n_rows)]
    function = SetCoverFunction(n=rows.n_rows, cover_set=sets, num_concepts=rows.n_columns)
    ready = time.perf_counter()
    found = function.maximize(budget=budget, optimizer="LazyGreedy", show_progress=False)
    return {
        "rows": len(found),
        "set_up_s": round(ready - start, 3),
        "picking_s": round(time.perf_counter() - ready, 3),
    }


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Everything this script measures, as one JSON-ready record."""
    rows = generate(arguments.rows, arguments.features, arguments.per_row, seed=arguments.seed)
    id_rank = np.random.default_rng(arguments.seed + 1).permutation(arguments.rows)
    ours = engine(rows, arguments.budget, id_rank, arguments.repeats)
    order = ours.pop("rows")
    slow = naive(rows, min(arguments.naive_picks, arguments.budget), id_rank, order)
    extrapolated = slow["per_pick_s"] * arguments.budget
    other = submodlib(rows, arguments.submodlib_budget) if arguments.submodlib_budget else None
    result = {
        "what": "sae-greedy, exact in rounds, one core",
        "circumstances": circumstances(PACKAGES),
        "seed": arguments.seed,
        "rows": rows.n_rows,
        "features": rows.n_columns,
        "non_zeros": rows.nnz,
        "budget": arguments.budget,
        "engine": ours,
        "naive": slow | {"whole_budget_s_extrapolated": round(extrapolated, 2)},
        "times_naive": round(extrapolated / ours["stored_transpose"]["median_s"], 1),
        "submodlib": other or "not measured: not installed, or --submodlib-budget 0",
    }
    if other:
        ours_same = seconds(
            lambda: greedy_order(
                FeatureSets(rows, transpose(rows)), arguments.submodlib_budget, id_rank=id_rank
            ),
            arguments.repeats,
        )
        total = other["set_up_s"] + other["picking_s"]
        result["engine_at_submodlib_budget"] = ours_same
        result["times_submodlib"] = round(total / ours_same["median_s"], 1)
    return result


def parse(argv: list[str] | None) -> argparse.Namespace:
    """The command line of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=52_002)
    parser.add_argument("--features", type=int, default=131_072)
    parser.add_argument("--per-row", type=int, default=290, help="mean features a row, about")
    parser.add_argument("--budget", type=int, default=5_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--naive-picks", type=int, default=20)
    parser.add_argument("--submodlib-budget", type=int, default=1_000, help="0 leaves it out")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", help="name under benchmarks/results to write the figures to")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> None:
    """Measure, print, and write where asked."""
    arguments = parse(argv)
    result = measure(arguments)
    print(json.dumps(result, indent=2))
    if arguments.out:
        write_result(RESULTS / f"{arguments.out}.json", result)


if __name__ == "__main__":
    main()
