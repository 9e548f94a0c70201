"""Verbs that bring names of latents or neurons from a file, and write them to one."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from core.errors import DataError, RequestError
from core.reporting import Reporter
from core.verbs.calls import AsJson, Call, JobDir, WorkspaceDir, app

labels_app = typer.Typer(
    no_args_is_help=True, help="Names of latents or neurons, from and to a JSON or CSV file."
)
app.add_typer(labels_app, name="labels")

Of = Annotated[str, typer.Option("--of", help="latent or neuron.")]
File = Annotated[Path, typer.Argument(help="A file .json or .csv of numbers and names.")]


@labels_app.command("import")
def take_labels(
    file: File,
    workspace: WorkspaceDir,
    of: Of = "latent",
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Take names over from a file; a name that is there already gives way."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline.labels import import_labels
        from core.pipeline.marks import kind_of
        from core.workspace import Workspace

        try:
            data = file.read_bytes()
        except OSError as error:
            raise DataError(f"cannot read {file}: {error.strerror or error}") from error
        done = import_labels(Workspace.open(workspace), kind_of(of), data, file.name)
        return asdict(done)

    return Call(step, as_json, job)


@labels_app.command("export")
def give_labels(
    file: File,
    workspace: WorkspaceDir,
    of: Of = "latent",
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Write all names to a new file, as its ending says."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline.labels import export_labels
        from core.pipeline.marks import kind_of
        from core.publish import plain_disk_errors
        from core.workspace import Workspace

        form = file.suffix.removeprefix(".").lower()
        text = export_labels(Workspace.open(workspace), kind_of(of), form)
        if file.exists():
            raise RequestError(f"{file} is there already; name a new file")
        with plain_disk_errors(file):
            file.write_text(text, encoding="utf-8")
        return {"file": str(file), "bytes": len(text.encode())}

    return Call(step, as_json, job)
