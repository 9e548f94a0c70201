"""Verbs that lay the pool out and group it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from core.options import parse_assignments
from core.reporting import Reporter
from core.verbs.calls import (
    AsJson,
    Assignments,
    Call,
    JobDir,
    WorkspaceDir,
    app,
)


@app.command()
def project(
    workspace: WorkspaceDir,
    method: Annotated[str, typer.Option(help="umap or pca.")] = "umap",
    assignments: Assignments = None,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Lay the pool out on a map of two dimensions."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline import maps
        from core.workspace import Workspace

        options = parse_assignments(assignments or [])
        made = maps.project(Workspace.open(workspace), method, options, reporter=reporter)
        return made.as_json()

    return Call(step, as_json, job)


@app.command()
def cluster(
    workspace: WorkspaceDir,
    method: Annotated[str, typer.Option(help="k-means or hdbscan.")] = "k-means",
    assignments: Assignments = None,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Group the pool into clusters and name them."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline import maps
        from core.workspace import Workspace

        options = parse_assignments(assignments or [])
        made = maps.cluster(Workspace.open(workspace), method, options, reporter=reporter)
        return made.as_json()

    return Call(step, as_json, job)
