"""Verbs of decisions: bring them from a file, write them to one, tell what they come to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from core.reporting import Reporter
from core.verbs.calls import AsJson, Call, JobDir, Strict, WorkspaceDir, app

decisions_app = typer.Typer(
    no_args_is_help=True, help="What people decided, from and to a CSV or JSONL file."
)
app.add_typer(decisions_app, name="decisions")

File = Annotated[Path, typer.Argument(help="A file .csv or .jsonl.")]


@decisions_app.command("import")
def take_decisions(
    file: File,
    workspace: WorkspaceDir,
    curator: Annotated[
        str, typer.Option(help="Who decided, where a line names nobody.")
    ] = "imported",
    strict: Strict = False,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Store the decisions of a file; what is stored already is left as it is."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline.decision_files import import_decisions
        from core.workspace import Workspace

        opened = Workspace.open(workspace)
        return import_decisions(opened, file, curator=curator, strict=strict)

    return Call(step, as_json, job)


@decisions_app.command("export")
def give_decisions(
    file: File,
    workspace: WorkspaceDir,
    spreadsheet_safe: Annotated[
        bool,
        typer.Option("--spreadsheet-safe", help="CSV: no text that a spreadsheet would run."),
    ] = False,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Write every event of the log to a new file, as its ending says."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline.decision_files import export_decisions
        from core.workspace import Workspace

        opened = Workspace.open(workspace)
        return export_decisions(opened, file, spreadsheet_safe=spreadsheet_safe)

    return Call(step, as_json, job)


@decisions_app.command("status")
def tell_decisions(workspace: WorkspaceDir, as_json: AsJson = False, job: JobDir = None) -> Call:
    """Tell where the decisions lie and what they come to."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline.decision_files import decision_status
        from core.workspace import Workspace

        return decision_status(Workspace.open(workspace))

    return Call(step, as_json, job)
