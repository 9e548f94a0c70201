"""The whole journey: sources to pool, readings, map, clusters and a chosen subset."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.data.ingest import IngestConfig
from core.pipeline import maps, pools, readings, selection
from core.pipeline.models import DEFAULT_MODEL
from core.pipeline.requests import Request
from core.pipeline.result import StepResult
from core.reporting import Quiet, Reporter
from core.select import SELECTORS
from core.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Place:
    """How the sources are read, what the pool is read with, and where."""

    model: str = DEFAULT_MODEL
    sae: str | None = None
    device: str | None = None
    ingest: IngestConfig = field(default_factory=IngestConfig)


def run(
    root: Path,
    sources: Sequence[str],
    request: Request,
    place: Place,
    *,
    out: Path | None = None,
    reporter: Reporter | None = None,
) -> dict[str, Any]:
    """Every step in order; what the workspace already holds is not made again.

    The method is looked up first, so that a misspelt name costs nothing.
    """
    started = time.monotonic()
    reporter = reporter or Quiet()
    SELECTORS.get(request.method)
    pools.check_sources(sources)
    workspace = Workspace.create(root)
    done = pools.ingest_pool(workspace, sources, place.ingest, reporter=reporter)
    selection.check_budget(workspace, request)
    ask = readings.Ask(model=place.model, sae=place.sae, device=place.device)
    done += readings.extract(workspace, ask, reporter=reporter)
    done += maps.project(workspace, reporter=reporter)
    done += maps.cluster(workspace, "k-means", reporter=reporter)
    done += maps.cluster(workspace, "hdbscan", reporter=reporter)
    done += selection.select_subset(workspace, request, out=out, reporter=reporter)
    seconds = time.monotonic() - started
    return StepResult(done.artifacts, seconds, done.kept, done.made, notes=done.notes).as_json()
