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
    space: Annotated[
        str, typer.Option(help="embeddings, codes, neurons, or latents themselves.")
    ] = "embeddings",
    assignments: Assignments = None,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Lay the pool out on a map of two dimensions."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline import latent_map, maps
        from core.workspace import Workspace

        options, opened = parse_assignments(assignments or []), Workspace.open(workspace)
        if space == "latents":
            made = latent_map.project_latents(opened, options, method=method, reporter=reporter)
        else:
            made = maps.project(opened, method, options, space=space, reporter=reporter)
        return made.as_json()

    return Call(step, as_json, job)


@app.command()
def cluster(
    workspace: WorkspaceDir,
    method: Annotated[str, typer.Option(help="k-means or hdbscan.")] = "k-means",
    curve: Annotated[
        bool, typer.Option("--curve", help="Score numbers of clusters instead; needs k-means.")
    ] = False,
    assignments: Assignments = None,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Group the pool into clusters and name them, or score how many there might be."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline import cluster_curves, maps
        from core.workspace import Workspace

        options, opened = parse_assignments(assignments or []), Workspace.open(workspace)
        if curve:
            return cluster_curves.curve(opened, options, reporter=reporter).as_json()
        return maps.cluster(opened, method, options, reporter=reporter).as_json()

    return Call(step, as_json, job)
