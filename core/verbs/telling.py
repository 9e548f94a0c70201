"""Verbs that tell: which methods there are, what a workspace holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from core.reporting import Reporter
from core.verbs.calls import (
    AsJson,
    Call,
    JobDir,
    WorkspaceDir,
    app,
)


@app.command()
def methods(as_json: AsJson = False, workspace: Path | None = None, job: JobDir = None) -> Call:
    """List the selectors with what they need, when to use them and their options."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.select import methods as described

        return {"methods": described()}

    return Call(step, as_json, job, _methods_table)


@app.command()
def status(
    workspace: WorkspaceDir,
    verify: Annotated[bool, typer.Option("--verify", help="Read every byte again.")] = False,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Tell what the workspace holds, what is in use, and which jobs run."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline import overview
        from core.workspace import Workspace

        opened = Workspace.open(workspace)
        return overview.status(opened, verify=verify, reporter=reporter)

    return Call(step, as_json, job)


def _methods_table(result: dict[str, Any]) -> str:
    rows = [f"{item['name']:<12} {item['title']}: {item['when']}" for item in result["methods"]]
    return "\n".join(rows)
