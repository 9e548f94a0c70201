"""Metrics of subsets on the pool in use, always beside random and longest, equally many or long."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.extract import choose_device
from core.fingerprint import Recipe
from core.metrics import Subject, measure, measure_prefixes, metrics
from core.pipeline.moving import categories
from core.pipeline.requests import Request
from core.pipeline.result import StepResult
from core.pipeline.selection import solve, stored_order
from core.pipeline.stable import seed_stability
from core.pipeline.views import (
    in_use,
    neuron_states,
    open_features,
    open_labels,
    open_pool,
    open_readings,
)
from core.publish import write_json
from core.records import Rows
from core.reporting import Quiet, Reporter
from core.select.budget import Budget
from core.select.neuron_sets import SetRule, neuron_sets
from core.workspace import Artifact, Workspace

VERSION = 1
BASELINES = ("random", "longest")
N_BUDGETS = 20
N_SEEDS = 3
SOON = 20.0  # seconds; what takes longer to solve is not drawn again for its stability
SMALLEST = 10  # rows; below that a metric of pairs says little
ROLES = ("readings", "clusters")


@dataclass(frozen=True, slots=True)
class Series:
    """Metrics over the stored budgets, for the subset and for what it is held against.

    Baselines of equal tokens, and how stable the method is over seeds, belong to the last budget.
    """

    budgets: tuple[int, ...]
    values: Mapping[str, Mapping[str, tuple[float | None, ...]]]  # who -> metric -> a value each
    equal_tokens: Mapping[str, Mapping[str, float]]  # baseline -> metric -> value
    stability: Mapping[str, Any]  # as core.pipeline.stable.seed_stability tells it


@dataclass(frozen=True, slots=True)
class MetricLine:
    """One metric at one budget: what it is, and the values side by side."""

    name: str
    title: str
    direction: str
    about: str  # formula, source and how not to misread it
    values: Mapping[str, float | None]  # by subset, random, longest, and those of equal tokens


def subject_of(workspace: Workspace, *, device: str | None = None) -> Subject:
    """The pool in use as metrics see it; neurons count as active by MADS's default rule.

    Dense work runs on `device`, on the fastest at hand where that is None.
    """
    pool, roles = open_pool(workspace), workspace.current()
    loaders: dict[str, Callable[[], Any]] = {
        "lengths": lambda: pool.column("n_response_words").astype(np.int64),
        "columns": lambda: categories(workspace),
    }
    if "features" in roles:
        loaders["codes"] = lambda: open_features(workspace).sets
    if "clusters" in roles:
        loaders["clusters"] = lambda: np.asarray(open_labels(workspace))
    if "readings" in roles:
        readings = open_readings(workspace)
        loaders["embeddings"] = lambda: np.asarray(readings.embeddings)
        loaders["tokens"] = lambda: np.asarray(readings.n_tokens, dtype=np.int64)
        if readings.neurons is not None:
            loaders["neurons"] = lambda: neuron_sets(neuron_states(workspace), SetRule()).sets
    return Subject(pool.n_rows, loaders, device=device or str(choose_device(None)))


def beside(workspace: Workspace, rows: Rows, subject: Subject) -> dict[str, Rows]:
    """Random and longest rows, as many as these and with as many tokens."""
    found = {name: _baseline(workspace, name, Budget("rows", len(rows))) for name in BASELINES}
    if subject.offers("tokens"):
        tokens = Budget("tokens", int(subject.tokens[rows].sum()))
        found |= {f"{name}, tokens": _baseline(workspace, name, tokens) for name in BASELINES}
    return found


def measure_subset(
    workspace: Workspace,
    rows: Rows,
    names: Sequence[str] | None = None,
    *,
    reporter: Reporter | None = None,
) -> dict[str, dict[str, float]]:
    """Metrics of a subset and of its four baselines, by `subset` and the baselines' names."""
    subject = subject_of(workspace)
    subsets = {"subset": rows, **beside(workspace, rows, subject)}
    reporter = reporter or Quiet()
    return {
        name: measure(subject, one, names, progress=reporter.stage(f"Measuring {name}", "steps"))
        for name, one in subsets.items()
    }


def measure_order(workspace: Workspace, *, reporter: Reporter | None = None) -> StepResult:
    """Every metric at 20 budgets of the order in use up to the budget in use, kept as an artifact.

    An order that is not nested is measured at its own budget alone. Baselines have as many rows.
    """
    started = time.monotonic()
    recipe, budgets = _recipe(workspace)
    if workspace.find("scores", recipe.fingerprint) is None:
        _publish(workspace, recipe, budgets, reporter or Quiet())
    notes = {"budgets": budgets}
    return StepResult({"scores": recipe.fingerprint}, time.monotonic() - started, notes=notes)


def stored_series(workspace: Workspace) -> Series | None:
    """The metrics of the order in use, as kept; None before they are made.

    Where they were made up to several budgets, those whose last one is nearest to the one in use.
    """
    recipe, budgets = _recipe(workspace)
    same = [
        one
        for one in workspace.artifacts("scores")
        if one.parents == recipe.parents and one.config["metrics"] == recipe.config["metrics"]
    ]
    if not same:
        return None
    found = min(same, key=lambda one: abs(one.config["budgets"][-1] - budgets[-1]))
    content = json.loads((found.folder / "scores.json").read_text(encoding="utf-8"))
    values = {
        who: {name: tuple(series) for name, series in metric.items()}
        for who, metric in content["values"].items()
    }
    told = content["equal_tokens"], content["stability"]
    return Series(tuple(content["budgets"]), values, *told)


def lines_at(series: Series, budget: int) -> list[MetricLine]:
    """Every metric at one of the stored budgets, by title."""
    at = series.budgets.index(budget)
    known = {entry["name"]: entry for entry in metrics()}
    names = {name for values in series.values.values() for name in values}
    lines = []
    for name in names:
        entry = known[name.partition(":")[0]]
        part = name.partition(":")[2]
        values = {who: one[name][at] for who, one in series.values.items() if name in one}
        if budget == series.budgets[-1]:
            values |= {who: one.get(name) for who, one in series.equal_tokens.items()}
        title = f"{entry['title']}, {part}" if part else entry["title"]
        about = f"{entry['formula']}. {entry['source']}. {entry['note']}".strip()
        lines.append(MetricLine(name, title, entry["direction"], about, values))
    return sorted(lines, key=lambda line: line.title)


def nearest_budget(series: Series, budget: int) -> int:
    """The stored budget nearest to one that is asked for."""
    return min(series.budgets, key=lambda stored: abs(stored - budget))


def stored_budgets(least: int, most: int) -> list[int]:
    """At most 20 budgets from `least` to `most`, in equal ratios."""
    if most <= least:
        return [most]
    return np.unique(np.geomspace(least, most, N_BUDGETS).round().astype(int)).tolist()


def _recipe(workspace: Workspace) -> tuple[Recipe, list[int]]:
    selection = in_use(workspace, "selection")
    order = stored_order(selection)
    budget = min(workspace.choices().get("budget") or len(order), len(order))
    least = max(SMALLEST, order.n_pinned)
    budgets = stored_budgets(least, budget) if order.nested else [len(order)]
    names = [entry["name"] for entry in metrics()]
    roles = workspace.current()
    parents = {"selection": selection.fingerprint}
    parents |= {role: roles[role] for role in ROLES if role in roles}
    return Recipe("measure", VERSION, {"budgets": budgets, "metrics": names}, parents), budgets


def _publish(
    workspace: Workspace, recipe: Recipe, budgets: list[int], reporter: Reporter
) -> Artifact:
    subject, artifact = subject_of(workspace), in_use(workspace, "selection")
    order = stored_order(artifact)
    last = order.rows[: budgets[-1]]
    orders = {"subset": last}
    orders |= {name: _baseline(workspace, name, Budget("rows", budgets[-1])) for name in BASELINES}
    values = {}
    for who, rows in orders.items():
        progress = reporter.stage(f"Measuring {who}", "steps")
        found = measure_prefixes(subject, rows, budgets, progress=progress)
        names = {name for one in found for name in one}
        values[who] = {name: [one.get(name) for one in found] for name in sorted(names)}
    content = {
        "budgets": budgets,
        "values": values,
        "equal_tokens": {
            who: measure(subject, rows, progress=reporter.stage(f"Measuring {who}", "steps"))
            for who, rows in beside(workspace, last, subject).items()
            if who not in orders
        },
        "stability": _stability(workspace, artifact, len(last), reporter),
    }
    title = f"{len(metrics())} metrics at {len(budgets)} budgets"
    with workspace.publish("scores", recipe, title=title) as draft:
        write_json(draft.folder / "scores.json", content)
    return workspace.get("scores", recipe.fingerprint)


def _stability(
    workspace: Workspace, artifact: Artifact, budget: int, reporter: Reporter
) -> dict[str, Any]:
    """Stability of a method that is solved soon enough to be drawn again; nothing of others."""
    if artifact.notes["solve_seconds"] > SOON:
        return {}
    request = Request.of(artifact.config, Budget("rows", budget))
    return seed_stability(workspace, request, N_SEEDS, reporter=reporter)


def _baseline(workspace: Workspace, name: str, budget: Budget) -> Rows:
    return solve(workspace, Request(name, budget)).subset.rows
