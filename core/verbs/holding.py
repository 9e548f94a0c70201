"""The verb that holds subsets against each other."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from core.reporting import Reporter
from core.verbs.calls import AsJson, Call, JobDir, WorkspaceDir, app

WIDTH = 14  # characters of a column


@app.command()
def compare(
    files: Annotated[list[Path], typer.Argument(help="Two to six: selections, ids or rows.")],
    workspace: WorkspaceDir,
    seeds: Annotated[int, typer.Option(help="Draw again with so many seeds; 0: do not.")] = 0,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Overlaps and metrics of subsets, beside random and longest at equal rows and tokens."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline import comparison_files
        from core.workspace import Workspace

        opened = Workspace.open(workspace)
        return comparison_files.compare(opened, files, seeds=seeds, reporter=reporter)

    return Call(step, as_json, job, _table)


def _table(found: dict[str, Any]) -> str:
    names = [one["name"] for one in found["subsets"]]
    parts = [_head(found), _jaccard(found, names), _intersections(found), _metrics(found, names)]
    seeds = [_seeds(one) for one in found["subsets"] if "stability" in one]
    return "\n\n".join([*parts, *(["\n".join(seeds)] if seeds else [])])


def _head(found: dict[str, Any]) -> str:
    lines = [f"{found['pool']['rows']:,} rows in the pool"]
    for one in found["subsets"]:
        tokens = "" if one["tokens"] is None else f", {one['tokens']:,} tokens"
        remark = f" ({one['remark']})" if one["remark"] else ""
        lines.append(f"{one['name']}: {one['rows']:,} rows{tokens}, {one['file']}{remark}")
    return "\n".join(lines)


def _jaccard(found: dict[str, Any], names: list[str]) -> str:
    """Jaccard of each pair, with what random subsets of the same sizes would have."""
    values, chance = found["overlap"]["jaccard"], found["overlap"]["chance"]
    body = [
        [f"{values[a][b]:.3f} ({chance[a][b]:.3f})" if a != b else "" for b in range(len(names))]
        for a in range(len(names))
    ]
    return _columns("Jaccard (by chance)", names, dict(zip(names, body, strict=True)))


def _intersections(found: dict[str, Any]) -> str:
    rows = {
        " + ".join(one["in"]): [f"{one['rows']:,}", f"{one['expected']:,.1f}"]
        for one in found["overlap"]["intersections"]
    }
    return _columns("in exactly", ["rows", "by chance"], rows)


def _metrics(found: dict[str, Any], names: list[str]) -> str:
    """A line a metric, a column a subset; the baselines are those of the first one."""
    first = found["subsets"][0]
    beside = [one for one in first["metrics"] if one != "subset"]
    columns = [one["metrics"]["subset"] for one in found["subsets"]]
    columns += [first["metrics"][one] for one in beside]
    metrics = sorted({name for one in columns for name in one})
    body = {name: [_number(one.get(name)) for one in columns] for name in metrics}
    told = f"Baselines have as many rows, or as many tokens, as {first['name']}."
    return _columns("metric", [*names, *beside], body) + "\n" + told


def _columns(head: str, names: list[str], body: dict[str, list[str]]) -> str:
    first = max(len(one) for one in [head, *body])
    widths = [
        max([len(name), WIDTH, *(len(cells[at]) for cells in body.values())])
        for at, name in enumerate(names)
    ]
    lines = [[f"{head:{first}}", *(f"{n:>{w}}" for n, w in zip(names, widths, strict=True))]]
    for name, cells in body.items():
        lines.append(
            [f"{name:{first}}", *(f"{c:>{w}}" for c, w in zip(cells, widths, strict=True))]
        )
    return "\n".join("  ".join(line).rstrip() for line in lines)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _seeds(one: dict[str, Any]) -> str:
    found = one["stability"]
    ends = ""
    if found["low"] is not None:
        level = f"{100 * found['level']:.0f} %"
        ends = f" ({level} interval {found['low']:.3f} to {found['high']:.3f})"
    over = f"{one['name']}: Jaccard over {found['n_seeds']} seeds {found['mean']:.3f}"
    return f"{over}{ends}; by chance {found['chance']:.3f}"
