"""Writes an export as a folder: data, manifest and card, whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from core.errors import RequestError, WorkspaceError
from core.export.card import render_card
from core.export.formats import FORMATS, Format
from core.export.manifest import Choice, Decisions, Manifest
from core.export.records import Example, Examples, Written
from core.fingerprint import file_digest
from core.options import as_values, configure
from core.publish import DRAFT, plain_disk_errors, remove_orphans, sync_folder, sync_tree
from core.records import Progress, silent
from core.versions import library_versions

MANIFEST_NAME = "manifest.json"
CARD_NAME = "README.md"
TELL_EVERY = 1_000  # rows between two reports of progress


@dataclass(frozen=True, slots=True)
class Export:
    """What an export is made of, apart from its rows."""

    title: str
    n_pool: int  # examples that could be chosen from
    sources: Sequence[Mapping[str, Any]]  # name, size, sha256 and revision each
    recipes: Mapping[str, Any]
    selection: Choice
    licence: str | None = None
    decisions: Decisions = field(default_factory=Decisions)
    artifacts: Mapping[str, Any] = field(default_factory=dict)
    findings: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] | None = None  # None: the libraries that are installed


@dataclass(frozen=True, slots=True)
class ExportResult:
    """The folder, and what lies in it."""

    folder: Path
    manifest: Manifest
    n_bytes: int  # of all files

    @property
    def n_rows(self) -> int:
        """Number of examples."""
        return self.manifest.n_rows


def write_export(
    out: Path,
    export: Export,
    examples: Examples,
    *,
    format: str = "jsonl",
    options: Mapping[str, Any] | None = None,
    progress: Progress = silent,
) -> ExportResult:
    """Write `out` with exactly the files of the format, manifest.json and README.md.

    The files are written beside `out`, flushed to disk and renamed, so `out` is there whole or as
    it was. Raises RequestError when `out` is not empty, the format or an option is unknown or no
    row can be carried, WorkspaceError when it cannot be written.
    """
    kind = FORMATS.get(format)
    config = kind.settle(examples, configure(kind.config, options or {}))
    out = free_folder(out)
    draft = out.with_name(f"{DRAFT}{out.name}-{os.getpid()}-{secrets.token_hex(4)}")
    # Not publish.whole_folder, for which a folder that appears meanwhile is as good as its own:
    # here it is somebody else's, and the rename has to fail.
    try:
        with plain_disk_errors(out):
            out.parent.mkdir(parents=True, exist_ok=True)
            remove_orphans(out.parent)
            draft.mkdir()
            manifest = _fill(draft, export, _Counted(examples, progress), (kind, config))
            n_bytes = sum(path.stat().st_size for path in draft.rglob("*") if path.is_file())
            sync_tree(draft)
            draft.rename(out)
            sync_folder(out.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return ExportResult(out, manifest, n_bytes)


def free_folder(out: Path) -> Path:
    """The absolute path of a folder that is empty or absent; RequestError otherwise."""
    try:
        out = out.expanduser().resolve()
        is_there = out.exists()
        if is_there and not out.is_dir():
            raise RequestError(f"{str(out)!r} is a file; name a folder for the export")
        if is_there and any(out.iterdir()):
            raise RequestError(f"the folder {str(out)!r} is not empty; name an empty or new one")
    except (OSError, ValueError, RuntimeError) as error:
        raise WorkspaceError(f"cannot use {str(out)!r} for an export: {error}") from None
    return out


def card_of(manifest: Manifest, features: Sequence[Mapping[str, Any]] = ()) -> str:
    """README.md of an export, its front matter included."""
    kind = FORMATS.get(manifest.format)
    loading = kind.loading(configure(kind.config, manifest.options), _in_folder)
    return render_card(manifest, kind, loading=loading, features=features)


def _in_folder(name: str) -> str:
    return name or "."


@dataclass(frozen=True, slots=True)
class _Counted:
    """The rows, with a report of how far the last walk over them is."""

    examples: Examples
    progress: Progress

    def __len__(self) -> int:
        return len(self.examples)

    def __iter__(self) -> Iterator[Example]:
        for done, example in enumerate(self.examples):
            if done % TELL_EVERY == 0:
                self.progress(done, len(self), "writing rows")
            yield example
        self.progress(len(self), len(self))


def _fill(draft: Path, export: Export, examples: Examples, how: tuple[Format, Any]) -> Manifest:
    kind, config = how
    written = kind.write(examples, draft, config)
    if len(written.ids) + len(written.refused) != len(examples):
        raise ValueError(f"{len(written.ids)} rows written of {len(examples)}")
    if not written.ids:
        raise RequestError(_nothing(written, kind))
    manifest = _manifest(draft, export, written, how)
    card = card_of(manifest, written.features)
    _write_text(draft / CARD_NAME, card)
    manifest = replace(manifest, files=_files(draft))
    _write_text(draft / MANIFEST_NAME, manifest.to_json())
    return manifest


def _manifest(draft: Path, export: Export, written: Written, how: tuple[Format, Any]) -> Manifest:
    kind, config = how
    return Manifest(
        sources=tuple(dict(source) for source in export.sources),
        recipes=dict(export.recipes),
        selection=export.selection,
        format=kind.name,
        ids=written.ids,
        data_file=written.data_file,
        data_sha256=file_digest(draft / written.data_file),
        versions=library_versions() if export.versions is None else export.versions,
        options=as_values(config),
        decisions=export.decisions,
        refused=tuple({"id": one.id, "reason": one.reason} for one in written.refused),
        omitted=written.omitted,
        notes=written.notes,
        artifacts=export.artifacts,
        findings=export.findings,
        title=export.title,
        n_pool=export.n_pool,
        licence=export.licence,
    )


def _nothing(written: Written, kind: Format) -> str:
    if not written.refused:
        return "there is no row to export; choose some, or export other rows"
    return (
        f"{kind.title} can carry none of the {len(written.refused):,} rows; "
        f"the first: {written.refused[0].reason}"
    )


def _files(draft: Path) -> tuple[dict[str, Any], ...]:
    """Name, size and sha256 of every file, by name."""
    found = sorted(path for path in draft.rglob("*") if path.is_file())
    return tuple(
        {
            "name": path.relative_to(draft).as_posix(),
            "size": path.stat().st_size,
            "sha256": file_digest(path),
        }
        for path in found
    )


def _write_text(path: Path, text: str) -> None:
    with path.open("x", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
