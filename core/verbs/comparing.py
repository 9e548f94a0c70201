"""Verbs that look for what is there twice: in the pool, or in the pool and in a benchmark."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from core.options import parse_assignments
from core.reporting import Reporter
from core.verbs.calls import (
    AsJson,
    Assignments,
    Call,
    Device,
    JobDir,
    WorkspaceDir,
    app,
)


@app.command()
def duplicates(
    workspace: WorkspaceDir,
    method: Annotated[str, typer.Option(help="exact, minhash or cosine.")] = "minhash",
    assignments: Assignments = None,
    device: Device = None,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Group near-duplicates, of which `select --one-per-group` takes one each."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline import duplicates as near
        from core.workspace import Workspace

        options = parse_assignments(assignments or [])
        opened = Workspace.open(workspace)
        made = near.duplicates(opened, method, options, device=device, reporter=reporter)
        return made.as_json()

    return Call(step, as_json, job)


@app.command()
def overlap(
    files: Annotated[list[str], typer.Argument(help="Benchmark files or hub ids.")],
    workspace: WorkspaceDir,
    by: Annotated[str, typer.Option(help="ngram or cosine.")] = "ngram",
    assignments: Assignments = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="File of example ids for `select --forbid`.")
    ] = None,
    device: Device = None,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """List the rows that share text with the prompts of a benchmark."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline import overlaps
        from core.workspace import Workspace

        ask = overlaps.OverlapAsk(by, parse_assignments(assignments or []), device)
        opened = Workspace.open(workspace)
        made = overlaps.overlap(opened, files, ask, out=out, reporter=reporter)
        return made.as_json()

    return Call(step, as_json, job)
