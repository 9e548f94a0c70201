"""Verbs that choose, write and repeat: select, export, replay."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from core.options import parse_assignments
from core.reporting import Reporter
from core.verbs.calls import (
    AsJson,
    Assignments,
    BudgetRows,
    Call,
    Device,
    JobDir,
    Method,
    OutFile,
    WorkspaceDir,
    app,
    budget_of,
)


@app.command()
def select(
    workspace: WorkspaceDir,
    method: Method = "sae-greedy",
    budget: BudgetRows = None,
    ratio: Annotated[str | None, typer.Option("--ratio", help="Share of the pool.")] = None,
    budget_tokens: Annotated[str | None, typer.Option(help="Tokens to choose.")] = None,
    assignments: Assignments = None,
    pin: Annotated[Path | None, typer.Option(help="File of example ids to keep.")] = None,
    forbid: Annotated[Path | None, typer.Option(help="File of example ids to leave out.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of methods that draw.")] = 0,
    out: OutFile = None,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Choose a subset under a budget."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline import selection
        from core.workspace import Workspace

        request = selection.Request(
            method=method,
            budget=budget_of(budget, ratio, budget_tokens),
            options=parse_assignments(assignments or []),
            pinned=selection.read_ids(pin) if pin else (),
            forbidden=selection.read_ids(forbid) if forbid else (),
            seed=seed,
        )
        opened = Workspace.open(workspace)
        return selection.select_subset(opened, request, out=out, reporter=reporter).as_json()

    return Call(step, as_json, job)


@app.command("export")
def export_subset(
    file: Annotated[Path, typer.Argument(help="A selection file.")],
    workspace: WorkspaceDir,
    out: Annotated[Path, typer.Option("--out", help="Folder to write; empty or absent.")],
    form: Annotated[str, typer.Option("--format", help="jsonl.")] = "jsonl",
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Write the chosen rows as a training file with its manifest and card."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline import exports
        from core.workspace import Workspace

        return exports.export(Workspace.open(workspace), file, out, form=form)

    return Call(step, as_json, job)


@app.command()
def replay(
    manifest: Annotated[Path, typer.Argument(help="A manifest.json written by export.")],
    workspace: WorkspaceDir,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the same export.")] = None,
    source: Annotated[
        list[str] | None, typer.Option(help="Where a source lies now; in the manifest's order.")
    ] = None,
    device: Device = None,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Make an export again from its manifest and compare it bit for bit."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline import replaying
        from core.workspace import Workspace

        place = replaying.Where(sources=tuple(source or ()), out=out, device=device)
        return replaying.replay(Workspace.create(workspace), manifest, place, reporter=reporter)

    return Call(step, as_json, job)
