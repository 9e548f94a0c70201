"""Exporting a selection file: the chosen rows in the input's own schema, with a manifest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.data.pool import Pool
from core.export.manifest import Choice
from core.export.write import Export, ExportResult, write_export
from core.pipeline.selection import read_selection
from core.reporting import Quiet, Reporter
from core.workspace import Artifact, Workspace


def export(
    workspace: Workspace,
    file: Path,
    out: Path,
    *,
    form: str = "jsonl",
    reporter: Reporter | None = None,
) -> dict[str, Any]:
    """Write the rows of a selection file to a new folder `out`.

    Raises DataError when the file is no selection, RequestError when `out` is not empty,
    WorkspaceError when its artifacts are not in this workspace.
    """
    result = export_record(workspace, read_selection(file), out, form=form, reporter=reporter)
    return {
        "folder": str(result.folder),
        "rows": result.n_rows,
        "bytes": result.n_bytes,
        "sha256": result.manifest.data_sha256,
    }


def export_record(
    workspace: Workspace,
    chosen: dict[str, Any],
    out: Path,
    *,
    form: str = "jsonl",
    reporter: Reporter | None = None,
) -> ExportResult:
    """Write the rows that the contents of a selection file name; errors as in `export`."""
    selection = workspace.get("selection", chosen["fingerprint"])
    pool_artifact = workspace.get("pool", chosen["dataset"])
    pool = Pool.load(pool_artifact.folder)
    rows = pool.rows_of(chosen["rows"])
    progress = (reporter or Quiet()).stage("Writing the training file", "rows")
    return write_export(
        out,
        described(workspace, selection, pool_artifact, chosen),
        pool.raw_rows(rows),
        format=form,
        progress=progress,
    )


def described(
    workspace: Workspace, selection: Artifact, pool: Artifact, chosen: dict[str, Any]
) -> Export:
    """What the manifest and the card of an export say."""
    config = selection.config
    return Export(
        title=f"{len(chosen['rows']):,} examples chosen by {chosen['method']}",
        n_pool=pool.notes["n_rows"],
        sources=[
            {name: one.get(name) for name in ("name", "size", "sha256", "revision")}
            for one in pool.notes["report"]["sources"]
        ],
        recipes=lineage(workspace, selection),
        selection=Choice(
            method=chosen["method"],
            config=dict(config["config"]),
            budget={"kind": "rows", "value": len(chosen["rows"])},
            seed=config["seed"],
            pinned=tuple(config["pinned"]),
            forbidden=tuple(config["forbidden"]),
            fingerprint=selection.fingerprint,
        ),
        ids=chosen["rows"],
    )


def lineage(workspace: Workspace, artifact: Artifact) -> dict[str, Any]:
    """The recipe of an artifact and of everything it was made from, by kind."""
    recipes: dict[str, Any] = {}
    for kind, fingerprint in artifact.parents.items():
        recipes |= lineage(workspace, workspace.get(kind, fingerprint))
    return {**recipes, artifact.kind: dict(artifact.meta["recipe"])}
