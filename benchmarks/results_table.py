"""Every method on one pool: coverage, diversity, length, time and stability, as docs/results.md.

    python -m benchmarks.results_table POOL --workspace DIR [--out docs/results.md] [--name NAME]
    options: --budgets 1000 3000 5000, --ratio 0.15, --seeds 0 1 2, --only METHOD, --model ID,
             --length-sample ROWS (0 leaves out the codes without threshold)

POOL is a file or hub id that `ingest` reads. What the workspace lacks is made first (pool,
readings, clusters); orders are its artifacts and metrics lie in a file beside it, so a run that was
broken off goes on where it was. The figures go to benchmarks/results/NAME.json, and the page is
made of them, with what is there of selection, million, neurons and dense.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.machine import accelerator, circumstances, write_result
from benchmarks.pool_measures import PoolMeasures
from benchmarks.pool_orders import N_TARGETS, Methods, Order, PoolOrders
from benchmarks.results_page import page
from core.console import ConsoleReporter
from core.data.ingest import IngestConfig
from core.metrics import coverage_curve, saturation, stability
from core.pipeline import maps, pools, readings
from core.pipeline.models import DEFAULT_MODEL
from core.pipeline.views import in_use
from core.records import FeatureSets
from core.reporting import Reporter
from core.select.budget import Budget, resolve
from core.select.view import READINGS
from core.workspace import Workspace

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("numpy", "numba", "scipy", "torch", "transformers", "faiss-cpu", "scikit-learn")
BASELINES = ("random", "longest")
SATURATING = ("sae-greedy", "sae-simscale", "mads")


def prepared(root: Path, source: str, model: str, reporter: Reporter) -> Workspace:
    """The workspace with the pool in use, read through the model and clustered."""
    workspace = Workspace.create(root)
    pools.ingest_pool(workspace, [source], IngestConfig(), reporter=reporter)
    if "features" not in workspace.current():
        readings.extract(workspace, readings.Ask(model=model), reporter=reporter)
    if "clusters" not in workspace.current():
        maps.cluster(workspace, "k-means", reporter=reporter)
    return workspace


def measured(arguments: argparse.Namespace, reporter: Reporter) -> dict[str, Any]:
    """Everything the page says, as one JSON-ready record."""
    workspace = prepared(arguments.workspace, arguments.pool, arguments.model, reporter)
    orders = PoolOrders(workspace, reporter)
    budgets = _budgets(arguments, orders.n_rows)
    methods = orders.methods(arguments.seeds, arguments.only or ())
    finder = PoolMeasures(orders)
    told = [_method(name, budgets, methods, finder, arguments.seeds) for name in methods.able]
    return {
        "what": "every method on one pool",
        "circumstances": circumstances(PACKAGES)
        | {"device": accelerator(orders.view.device) or orders.view.device},
        "pool": _pool(orders),
        "budgets": budgets,
        "ratio": arguments.ratio,
        "seeds": list(arguments.seeds),
        "n_targets": N_TARGETS,
        "methods": told,
        "not_run": methods.refused,
        "length": finder.correlations(arguments.length_sample),
        "pool_means": _means(finder),
        "saturation": list(_saturations(finder, budgets, methods.able, arguments.seeds[0])),
    }


def _budgets(arguments: argparse.Namespace, n_rows: int) -> list[int]:
    asked = [*arguments.budgets, resolve(Budget("ratio", arguments.ratio), n_rows=n_rows)]
    return sorted({one for one in asked if one < n_rows})


def _method(
    name: str, budgets: Sequence[int], methods: Methods, finder: PoolMeasures, seeds: Sequence[int]
) -> dict[str, Any]:
    """One method: a row of the table at each budget, and how its seeds agree."""
    first = sorted(finder.orders.orders(name, budgets, seeds[0]), key=lambda one: one.budget)
    values = finder.of_orders(first)
    draws = name in methods.drawing
    told: dict[str, Any] = {
        "method": name,
        "nested": first[0].nested,
        "draws": draws,
        "at": [
            _at(order, found, finder, seeds[0]) for order, found in zip(first, values, strict=True)
        ],
    }
    return told | {"stability": _stability(name, first, finder, seeds)} if draws else told


def _at(order: Order, values: dict[str, float], finder: PoolMeasures, seed: int) -> dict[str, Any]:
    tokens = int(values["tokens"])
    return {
        "budget": order.budget,
        "metrics": values,
        "solved_rows": order.solved_rows,
        "solved_s": order.solved_s,
        "notes": list(order.notes),
        "at_equal_tokens": {
            name: finder.at_tokens(name, tokens, seed) for name in BASELINES if name != order.method
        },
    }


def _stability(
    name: str, first: Sequence[Order], finder: PoolMeasures, seeds: Sequence[int]
) -> list[dict[str, Any]]:
    """Jaccard of what different seeds choose, at each budget."""
    budgets = [one.budget for one in first]
    subsets = {one.budget: [one.rows] for one in first}
    for seed in seeds[1:]:
        for order in finder.orders.orders(name, budgets, seed):
            subsets[order.budget].append(order.rows)
    told = []
    for budget in budgets:
        found = stability(subsets[budget], n_rows=finder.orders.n_rows)
        told.append(
            {
                "budget": budget,
                "mean": round(found.mean, 4),
                "low": _finite(found.low),
                "high": _finite(found.high),
                "chance": round(found.chance, 4),
            }
        )
    return told


def _finite(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)


def _saturations(
    finder: PoolMeasures, budgets: Sequence[int], able: Sequence[str], seed: int
) -> Iterator[dict[str, Any]]:
    """How many picks it takes until features, or neurons, are all covered."""
    sets: dict[str, FeatureSets] = {"features": finder.subject.codes}
    if finder.subject.offers("neurons"):
        sets["neurons"] = finder.subject.neurons
    for name in (*SATURATING, *BASELINES):
        if name not in able:
            continue
        order = next(finder.orders.orders(name, [max(budgets)], seed))
        reached = {
            what: saturation(coverage_curve(one, order.rows), one.n_reachable)
            for what, one in sets.items()
        }
        rounds = order.round_starts[order.round_starts < order.budget]
        yield {
            "method": name,
            "within": order.budget,
            "all_covered_at": reached,
            "round_starts": rounds.tolist(),
        }


def _pool(orders: PoolOrders) -> dict[str, Any]:
    workspace = orders.workspace
    scores = [READINGS[one] for one in ("quality", "scores") if orders.view.offers(one)]
    notes = {role: in_use(workspace, role).notes for role in ("pool", "features", "clusters")}
    model = in_use(workspace, "readings").config["model"]["id"]
    return {
        "name": in_use(workspace, "pool").config["sources"][0]["name"],
        "rows": notes["pool"]["n_rows"],
        "model": model,
        "latents": notes["features"]["n_latents"],
        "latents_reachable": notes["features"]["n_reachable"],
        "threshold": notes["features"]["threshold"]["theta"],
        "features_a_row": notes["features"]["threshold"]["median_set_size"],
        "clusters": notes["clusters"]["n_clusters"],
        "quality": scores[0] if scores else None,
        "clusters_by": notes["clusters"]["method"],
    }


def _means(finder: PoolMeasures) -> dict[str, float]:
    subject = finder.subject
    return {
        "words": round(float(subject.lengths.mean()), 2),
        "tokens": round(float(subject.tokens.mean()), 2),
        "features": round(float(subject.codes.rows.lengths().mean()), 2),
    }


def parse(argv: list[str] | None) -> argparse.Namespace:
    """The command line of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pool", help="a file or hub id that `ingest` reads")
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("docs/results.md"))
    parser.add_argument("--name", default="pool", help="figures go to benchmarks/results/NAME.json")
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--budgets", type=int, nargs="+", default=[1_000, 3_000, 5_000])
    parser.add_argument("--ratio", type=float, default=0.15)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--length-sample", type=int, default=2_000)
    parser.add_argument("--only", action="append", help="a method; repeatable")
    parser.add_argument("--page-only", action="store_true", help="the page from stored figures")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> None:
    """Measure, write the figures, and the page that is made of them."""
    arguments = parse(argv)
    figures = RESULTS / f"{arguments.name}.json"
    if arguments.page_only:
        result = json.loads(figures.read_text(encoding="utf-8"))
    else:
        result = measured(arguments, ConsoleReporter(sys.stderr))
        write_result(figures, result)
    speeds = {path.stem: json.loads(path.read_text("utf-8")) for path in RESULTS.glob("*.json")}
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(page(result, speeds), encoding="utf-8")
    print(arguments.out)


if __name__ == "__main__":
    main()
