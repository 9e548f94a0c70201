"""Verbs that read: sources into a pool, a pool through a model, an SAE."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from core.options import configure, parse_assignments
from core.reporting import Reporter
from core.verbs.calls import (
    AsJson,
    Assignments,
    Call,
    Device,
    JobDir,
    Limit,
    ModelId,
    SaePath,
    Schema,
    Sources,
    Strict,
    WorkspaceDir,
    app,
    sae_app,
)


@app.command()
def ingest(
    sources: Sources,
    workspace: WorkspaceDir,
    schema: Schema = "auto",
    strict: Strict = False,
    limit: Limit = None,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Read sources into a pool."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.data.ingest import IngestConfig
        from core.pipeline import pools
        from core.workspace import Workspace

        config = configure(IngestConfig, {"schema": schema, "strict": strict, "limit": limit})
        pools.check_sources(sources)
        made = pools.ingest_pool(Workspace.create(workspace), sources, config, reporter=reporter)
        return made.as_json()

    return Call(step, as_json, job)


@app.command()
def extract(
    workspace: WorkspaceDir,
    model: ModelId = "minilm",
    hookpoint: Annotated[str | None, typer.Option(help="layers.N; the last when absent.")] = None,
    sae: SaePath = None,
    assignments: Assignments = None,
    device: Device = None,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Read every example through a model once: embeddings, neurons and SAE codes."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline import readings
        from core.workspace import Workspace

        ask = readings.Ask(
            model=model,
            hookpoint=hookpoint,
            sae=sae,
            device=device,
            options=parse_assignments(assignments or []),
        )
        return readings.extract(Workspace.open(workspace), ask, reporter=reporter).as_json()

    return Call(step, as_json, job)


@sae_app.command("train")
def sae_train(
    workspace: WorkspaceDir,
    model: ModelId = "minilm",
    hookpoint: Annotated[str | None, typer.Option(help="layers.N; the last when absent.")] = None,
    assignments: Assignments = None,
    device: Device = None,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Train a TopK SAE on the pool's own token activations."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline import autoencoders
        from core.sae.config import SaeConfig
        from core.workspace import Workspace

        config = configure(SaeConfig, parse_assignments(assignments or []))
        source = autoencoders.Source(model=model, hookpoint=hookpoint, device=device)
        made = autoencoders.train(Workspace.open(workspace), source, config, reporter=reporter)
        return made.as_json()

    return Call(step, as_json, job)


@sae_app.command("load")
def sae_load(
    path: Annotated[Path, typer.Argument(help="Folder with cfg.json and sae.safetensors.")],
    workspace: WorkspaceDir,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Check an SAE's files and keep a copy in the workspace."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline import autoencoders
        from core.workspace import Workspace

        return autoencoders.load(Workspace.create(workspace), path).as_json()

    return Call(step, as_json, job)
