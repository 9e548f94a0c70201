"""Exports that a workspace keeps: made of a subset, listed, and packed for a download."""

from __future__ import annotations

import io
import re
import shlex
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.errors import CoreError, RequestError
from core.export.manifest import Manifest
from core.export.write import CARD_NAME, MANIFEST_NAME
from core.fingerprint import digest
from core.pipeline.exports import export_record
from core.pipeline.replaying import read_manifest
from core.pipeline.selection import selection_record
from core.pipeline.views import in_use
from core.select.selection import Selection
from core.workspace import Workspace

FOLDER = "exports"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold; the same files, the same bytes


@dataclass(frozen=True, slots=True)
class Exported:
    """One export in the workspace."""

    name: str
    folder: Path
    manifest: Manifest
    n_bytes: int  # of the data file

    @property
    def card(self) -> str:
        """The text of its README.md."""
        return (self.folder / CARD_NAME).read_text(encoding="utf-8")


def default_name(method: str, n_rows: int, fingerprint: str) -> str:
    """A folder name that says what is in it: 'sae-greedy-5000-1f0c2a9b'."""
    return f"{method}-{n_rows}-{fingerprint[:8]}"


def export_subset(
    workspace: Workspace, subset: Selection, name: str, *, form: str = "jsonl"
) -> Exported:
    """Write a subset of the order in use to `exports/<name>` of the workspace.

    Raises RequestError for a name that is no plain folder name, or one that is taken.
    """
    if not NAME.fullmatch(name):
        raise RequestError(
            f"an export's name has letters, digits, '.', '_' and '-' only; seen {name[:80]!r}"
        )
    record = selection_record(workspace, in_use(workspace, "selection"), subset)
    out = workspace.root / FOLDER / name
    result = export_record(workspace, record, out, form=form)
    return Exported(name, result.folder, result.manifest, result.n_bytes)


def listed(workspace: Workspace) -> list[Exported]:
    """The exports of a workspace, newest first; a folder that is none is passed over."""
    manifests = (workspace.root / FOLDER).glob(f"[!.]*/{MANIFEST_NAME}")
    found = []
    for path in sorted(manifests, key=lambda one: one.stat().st_mtime_ns, reverse=True):
        with suppress(CoreError, OSError):
            manifest = read_manifest(path)
            n_bytes = (path.parent / manifest.data_file).stat().st_size
            found.append(Exported(path.parent.name, path.parent, manifest, n_bytes))
    return found


def download_name(exported: Exported) -> str:
    """A file name that differs whenever the content does: name and hash of the manifest.

    The server names what it offers by its file name and by parts of its bytes alone, so two
    exports of one name could be taken for one another.
    """
    return f"{exported.name}-{digest(exported.manifest.to_json().encode())[:16]}.zip"


def replay_command(workspace: Workspace, exported: Exported) -> str:
    """The command that makes an export again from its manifest and compares the bytes."""
    manifest = shlex.quote(str(exported.folder / MANIFEST_NAME))
    root = shlex.quote(str(workspace.root))
    return f"python -m core replay {manifest} --workspace {root}"


def packed(exported: Exported) -> bytes:
    """The export's files as one zip; the same files give the same bytes."""
    names = (exported.manifest.data_file, MANIFEST_NAME, CARD_NAME)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            entry = zipfile.ZipInfo(f"{exported.name}/{name}", EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, (exported.folder / name).read_bytes())
    return buffer.getvalue()
