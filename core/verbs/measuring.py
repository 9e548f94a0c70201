"""Verbs that measure: the order in use over its budgets, and selection files beside baselines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from core.reporting import Reporter
from core.verbs.calls import AsJson, Call, JobDir, WorkspaceDir, app


@app.command()
def measure(workspace: WorkspaceDir, as_json: AsJson = False, job: JobDir = None) -> Call:
    """Every metric of the order in use at 20 budgets, beside random and longest."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline import scores
        from core.workspace import Workspace

        return scores.measure_order(Workspace.open(workspace), reporter=reporter).as_json()

    return Call(step, as_json, job)


@app.command()
def thresholds(workspace: WorkspaceDir, as_json: AsJson = False, job: JobDir = None) -> Call:
    """What other thresholds would make of coverage on the readings in use."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline import thresholds as table
        from core.workspace import Workspace

        return table.measure_thresholds(Workspace.open(workspace), reporter=reporter).as_json()

    return Call(step, as_json, job)


@app.command()
def evaluate(
    files: Annotated[list[Path], typer.Argument(help="Selection files.")],
    workspace: WorkspaceDir,
    metric: Annotated[
        list[str] | None, typer.Option("--metric", help="Only this one; repeatable.")
    ] = None,
    seeds: Annotated[int, typer.Option(help="Draw again with so many seeds; 0: do not.")] = 0,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Metrics of selection files, beside random and longest at equal rows and equal tokens."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline import evaluation
        from core.workspace import Workspace

        ask = evaluation.Ask(tuple(metric) if metric else None, seeds)
        return evaluation.evaluate(Workspace.open(workspace), files, ask, reporter=reporter)

    return Call(step, as_json, job, _table)


def _table(found: dict[str, Any]) -> str:
    return "\n\n".join(_one(subset) for subset in found["subsets"])


def _one(subset: dict[str, Any]) -> str:
    """One file: a line a metric, a column for the subset and each baseline."""
    who = list(subset["metrics"])
    names = sorted({name for values in subset["metrics"].values() for name in values})
    width = max(len(name) for name in [*names, "metric"])
    head = "  ".join([f"{'metric':{width}}", *(f"{one:>16}" for one in who)])
    lines = [f"{subset['file']}: {subset['rows']:,} rows by {subset['method']}", head]
    for name in names:
        cells = [_cell(subset["metrics"][one].get(name)) for one in who]
        lines.append("  ".join([f"{name:{width}}", *cells]))
    if "stability" in subset:
        lines.append(_stability(subset["stability"]))
    return "\n".join(lines)


def _cell(value: float | None) -> str:
    return f"{'':>16}" if value is None else f"{value:>16.4g}"


def _stability(found: dict[str, Any]) -> str:
    ends = ""
    if found["low"] is not None:
        level = f"{100 * found['level']:.0f} %"
        ends = f" ({level} interval {found['low']:.3f} to {found['high']:.3f})"
    over = f"Jaccard over {found['seeds']} seeds"
    return f"{over} {found['mean']:.3f}{ends}; by chance {found['chance']:.3f}"
