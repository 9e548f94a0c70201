"""The verb that packs a workspace as a share bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from core.reporting import Reporter
from core.verbs.calls import AsJson, Call, JobDir, WorkspaceDir, app


@app.command()
def bundle(
    workspace: WorkspaceDir,
    out: Annotated[Path, typer.Option("--out", help="Folder for the zip.")],
    texts: Annotated[
        int | None, typer.Option(help="Rows whose text goes along, chosen ones first; else all.")
    ] = None,
    decisions: Annotated[bool, typer.Option(help="Whether the decision log goes along.")] = True,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Pack what is in use as one zip that opens read-only, without model or GPU."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline.bundle import packing
        from core.workspace import Workspace

        ask = packing.Ask(texts, decisions)
        return packing.bundle(Workspace.open(workspace), out, ask, reporter=reporter)

    return Call(step, as_json, job)
