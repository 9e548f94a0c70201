"""Exporting a selection: the chosen rows in a trainer's format, with manifest and card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.data.pool import Pool
from core.export.manifest import Choice
from core.export.write import Export, ExportResult, free_folder, write_export
from core.fingerprint import canonical_json, digest
from core.pipeline import rows_to_export
from core.pipeline.export_findings import findings
from core.pipeline.export_rows import PoolExamples
from core.pipeline.selection_file import read_selection
from core.reporting import Quiet, Reporter
from core.workspace import Artifact, Workspace


@dataclass(frozen=True, slots=True)
class ExportAsk:
    """How to export: format and its options, which rows, and what the card says."""

    form: str = "jsonl"
    options: Mapping[str, Any] = field(default_factory=dict)
    which: str = "subset"  # a name in rows_to_export.WHICH
    outside: bool = False  # approved rows outside the subset too
    title: str | None = None
    licence: str | None = None


def export(
    workspace: Workspace,
    file: Path,
    out: Path,
    ask: ExportAsk | None = None,
    *,
    reporter: Reporter | None = None,
) -> dict[str, Any]:
    """Write the rows of a selection file to a new folder `out`.

    Raises DataError when the file is no selection, RequestError when `out` is not empty or the
    format cannot carry the rows, WorkspaceError when its artifacts are not in this workspace.
    """
    return as_json(export_record(workspace, read_selection(file), out, ask, reporter=reporter))


def export_record(
    workspace: Workspace,
    chosen: Mapping[str, Any],
    out: Path,
    ask: ExportAsk | None = None,
    *,
    reporter: Reporter | None = None,
) -> ExportResult:
    """Write the rows that the contents of a selection file name; errors as in `export`."""
    ask, out = ask or ExportAsk(), free_folder(out)
    selection = workspace.get("selection", chosen["fingerprint"])
    pool_artifact = workspace.get("pool", chosen["dataset"])
    pool = Pool.load(pool_artifact.folder)
    planned = rows_to_export.plan(workspace, pool, chosen["rows"], ask.which, outside=ask.outside)
    rows = pool.rows_of(planned.ids)
    title = ask.title or f"{len(rows):,} examples chosen by {chosen['method']}"
    return write_export(
        out,
        Export(
            title=title,
            n_pool=pool_artifact.notes["n_rows"],
            sources=sources_of(pool_artifact),
            recipes=lineage(workspace, selection),
            selection=choice_of(selection, chosen),
            licence=ask.licence or None,
            decisions=planned.decisions,
            artifacts=identities(workspace, selection),
            findings=findings(workspace, selection, rows),
        ),
        PoolExamples(pool, rows),
        format=ask.form,
        options=ask.options,
        progress=(reporter or Quiet()).stage("Writing the training file", "rows"),
    )


def as_json(result: ExportResult) -> dict[str, Any]:
    """What was written, and what was not, as plain values."""
    manifest = result.manifest
    reasons: dict[str, int] = {}
    for one in manifest.refused:
        reasons[one["reason"]] = reasons.get(one["reason"], 0) + 1
    remarks = [f"{n:,} rows are not in it, each of which {why}" for why, n in reasons.items()]
    remarks += [
        f"the field {name} of {n:,} rows is not in it" for name, n in manifest.omitted.items()
    ]
    return {
        "folder": str(result.folder),
        "format": manifest.format,
        "rows": result.n_rows,
        "refused": len(manifest.refused),
        "left_out": len(manifest.decisions.left_out),
        "added": len(manifest.decisions.added),
        "bytes": result.n_bytes,
        "sha256": manifest.data_sha256,
        "remarks": [*remarks, *manifest.notes],
    }


def sources_of(pool: Artifact) -> list[dict[str, Any]]:
    """Name, size, sha256 and revision of what a pool was read from."""
    return [
        {name: one.get(name) for name in ("name", "size", "sha256", "revision")}
        for one in pool.notes["report"]["sources"]
    ]


def choice_of(selection: Artifact, chosen: Mapping[str, Any]) -> Choice:
    """How the rows of a selection file were chosen."""
    config = selection.config
    return Choice(
        method=chosen["method"],
        config=dict(config["config"]),
        budget={"kind": "rows", "value": len(chosen["rows"])},
        seed=config["seed"],
        pinned=tuple(config["pinned"]),
        forbidden=tuple(config["forbidden"]),
        fingerprint=selection.fingerprint,
    )


def lineage(workspace: Workspace, artifact: Artifact) -> dict[str, Any]:
    """The recipe of an artifact and of everything it was made from, by kind."""
    return {one.kind: dict(one.meta["recipe"]) for one in ancestors(workspace, artifact).values()}


def identities(workspace: Workspace, artifact: Artifact) -> dict[str, Any]:
    """Fingerprint, sha256 over all files and libraries of an artifact and what it was made from."""
    return {kind: identity(one) for kind, one in ancestors(workspace, artifact).items()}


def identity(artifact: Artifact) -> dict[str, Any]:
    """What an artifact holds, in one hash, and the libraries that made it."""
    files = [[entry["name"], entry["sha256"]] for entry in artifact.meta["files"]]
    return {
        "fingerprint": artifact.fingerprint,
        "sha256": digest(canonical_json(sorted(files)).encode()),
        "libraries": dict(artifact.meta.get("libraries", {})),
    }


def ancestors(workspace: Workspace, artifact: Artifact) -> dict[str, Artifact]:
    """An artifact and everything it was made from, by kind, what came first standing first."""
    found: dict[str, Artifact] = {}
    for kind, fingerprint in artifact.parents.items():
        found |= ancestors(workspace, workspace.get(kind, fingerprint))
    return {**found, artifact.kind: artifact}
