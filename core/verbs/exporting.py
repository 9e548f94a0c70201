"""Verbs that write chosen rows as a training file, and make the same file again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from core.errors import RequestError
from core.export.formats import FORMATS
from core.options import parse_assignments
from core.reporting import Reporter
from core.verbs.calls import AsJson, Assignments, Call, Device, JobDir, WorkspaceDir, app

NAMES = ", ".join(FORMATS)


@app.command("export")
def export_subset(
    workspace: WorkspaceDir,
    file: Annotated[
        Path | None, typer.Argument(help="A selection file; the subset in use if absent.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to write; empty or absent.")
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="Write to exports/NAME of the workspace.")
    ] = None,
    form: Annotated[str, typer.Option("--format", help=f"One of {NAMES}.")] = "jsonl",
    assignments: Assignments = None,
    which: Annotated[
        str, typer.Option("--rows", help="subset, approved, or approved-undecided.")
    ] = "subset",
    outside: Annotated[
        bool, typer.Option("--with-approved", help="Approved rows outside the subset too.")
    ] = False,
    snapshot: Annotated[str | None, typer.Option(help="The subset of a snapshot.")] = None,
    order: Annotated[str | None, typer.Option(hidden=True)] = None,
    budget: Annotated[int | None, typer.Option(hidden=True)] = None,
    title: Annotated[str | None, typer.Option(help="Title of the card.")] = None,
    licence: Annotated[
        str | None, typer.Option("--licence", help="Licence of the rows, such as cc-by-4.0.")
    ] = None,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Write the chosen rows as a training file with its manifest and card."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline import exported, exports
        from core.pipeline.selection_file import read_selection
        from core.workspace import Workspace

        if (out is None) == (name is None):
            raise RequestError("say where to write: either --out DIR or --name NAME")
        opened = Workspace.open(workspace)
        if file is not None:
            chosen = read_selection(file)
        else:
            chosen = exported.chosen_record(opened, snapshot=snapshot, order=order, budget=budget)
        ask = exports.ExportAsk(
            form=form,
            options=parse_assignments(assignments or []),
            which=which,
            outside=outside,
            title=title,
            licence=licence,
        )
        place = out or exported.folder_of(opened, name or "")
        return exports.as_json(exports.export_record(opened, chosen, place, ask, reporter=reporter))

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
