"""Writes an export as a folder: data, manifest and card, whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import RequestError, WorkspaceError
from core.export.card import render_card
from core.export.formats import FORMATS, Format
from core.export.manifest import Choice, Manifest
from core.fingerprint import file_digest
from core.publish import DRAFT, plain_disk_errors, sync_folder, sync_tree
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
    sources: Sequence[Mapping[str, Any]]  # name, size, sha256 each
    recipes: Mapping[str, Any]
    selection: Choice
    ids: Sequence[str]  # in pick order
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class ExportResult:
    """The folder, and what lies in it."""

    folder: Path
    manifest: Manifest
    n_bytes: int  # of the data file

    @property
    def n_rows(self) -> int:
        """Number of examples."""
        return self.manifest.n_rows


def write_export(
    out: Path,
    export: Export,
    raw_rows: Iterable[str],
    *,
    format: str = "jsonl",
    progress: Progress = silent,
) -> ExportResult:
    """Write `out` with exactly a data file, manifest.json and README.md.

    `raw_rows` runs parallel to `export.ids`. The files are written beside `out`, flushed to disk
    and renamed, so `out` is there whole or as it was. Raises RequestError when `out` is not empty
    or the format is unknown, WorkspaceError when it cannot be written.
    """
    kind = FORMATS.get(format)
    out = free_folder(out)
    draft = out.with_name(f"{DRAFT}{out.name}-{os.getpid()}-{secrets.token_hex(4)}")
    # Not publish.whole_folder, for which a folder that appears meanwhile is as good as its own:
    # here it is somebody else's, and the rename has to fail.
    try:
        with plain_disk_errors(out):
            out.parent.mkdir(parents=True, exist_ok=True)
            draft.mkdir()
            rows = _counted(raw_rows, len(export.ids), progress)
            manifest = _fill(draft, export, rows, kind)
            n_bytes = (draft / kind.file_name).stat().st_size
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


def _fill(draft: Path, export: Export, rows: Iterator[str], kind: Format) -> Manifest:
    data = draft / kind.file_name
    n_rows = kind.write(rows, data)
    if n_rows != len(export.ids):
        raise ValueError(f"{n_rows} rows for {len(export.ids)} ids")
    manifest = Manifest(
        sources=tuple(dict(source) for source in export.sources),
        recipes=dict(export.recipes),
        selection=export.selection,
        format=kind.name,
        ids=tuple(export.ids),
        data_file=kind.file_name,
        data_sha256=file_digest(data),
        versions=library_versions(),
    )
    card = render_card(manifest, title=export.title, n_pool=export.n_pool, licence=export.licence)
    _write_text(draft / CARD_NAME, card)
    _write_text(draft / MANIFEST_NAME, manifest.to_json())
    return manifest


def _counted(raw_rows: Iterable[str], total: int, progress: Progress) -> Iterator[str]:
    for done, raw in enumerate(raw_rows):
        if done % TELL_EVERY == 0:
            progress(done, total, "writing rows")
        yield raw
    progress(total, total)


def _write_text(path: Path, text: str) -> None:
    with path.open("x", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
