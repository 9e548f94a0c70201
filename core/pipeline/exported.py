"""Exports that a workspace keeps: made of a subset, listed, verified, and put in the trash."""

from __future__ import annotations

import re
import secrets
import shlex
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.errors import CoreError, RequestError, WorkspaceError
from core.export.formats import FORMATS
from core.export.manifest import Manifest
from core.export.records import Loading
from core.export.write import CARD_NAME, MANIFEST_NAME
from core.fingerprint import file_digest
from core.options import configure
from core.pipeline import snapshots
from core.pipeline.exports import ExportAsk, export_record
from core.pipeline.replaying import read_manifest
from core.pipeline.selection import stored_order
from core.pipeline.selection_file import selection_record
from core.pipeline.views import in_use
from core.publish import plain_disk_errors
from core.reporting import Reporter
from core.select.selection import Selection
from core.workspace import Artifact, Workspace

FOLDER = "exports"
TRASH = ".trash"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
TRASHED = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]{0,79})~[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Exported:
    """One export in the workspace."""

    name: str
    folder: Path
    manifest: Manifest
    n_bytes: int  # of all its files

    @property
    def card(self) -> str:
        """The text of its README.md."""
        return (self.folder / CARD_NAME).read_text(encoding="utf-8")

    @property
    def files(self) -> tuple[str, ...]:
        """The names of its files; those of an export of version 1 are known without a list."""
        listed = tuple(str(one["name"]) for one in self.manifest.files)
        return (*(listed or (self.manifest.data_file, CARD_NAME)), MANIFEST_NAME)

    def loading(self) -> tuple[Loading, ...]:
        """How each tool reads it, with paths of this machine."""
        kind = FORMATS.get(self.manifest.format)
        config: Any = configure(kind.config, self.manifest.options)
        return kind.loading(
            config, lambda name: str(self.folder / name) if name else str(self.folder)
        )


@dataclass(frozen=True, slots=True)
class Trashed:
    """An export in the trash."""

    name: str
    token: str  # its folder there
    n_bytes: int


def default_name(method: str, n_rows: int, fingerprint: str, form: str = "jsonl") -> str:
    """A folder name that says what is in it: 'sae-greedy-5000-1f0c2a9b'."""
    head = f"{method}-{n_rows}-{fingerprint[:8]}"
    return head if form == "jsonl" else f"{head}-{form}"


def chosen_record(
    workspace: Workspace,
    *,
    snapshot: str | None = None,
    order: str | None = None,
    budget: int | None = None,
) -> dict[str, Any]:
    """A subset as a selection file holds it: a snapshot's, or of the order in use at the budget.

    `order` names another order of the pool in use. Raises RequestError for an unknown snapshot or
    a budget that the order does not answer, WorkspaceError where nothing is chosen.
    """
    if snapshot is not None:
        found = snapshots.find(workspace, snapshot)
        artifact = workspace.get("selection", found.selection)
        return selection_record(workspace, artifact, snapshots.subset_of(workspace, found))
    artifact = workspace.get("selection", order) if order else in_use(workspace, "selection")
    if artifact.parents["pool"] != in_use(workspace, "pool").fingerprint:
        raise WorkspaceError("that order was chosen from another pool than the one in use")
    return selection_record(workspace, artifact, _cut(workspace, artifact, budget))


def export_named(
    workspace: Workspace,
    chosen: Mapping[str, Any],
    name: str,
    ask: ExportAsk | None = None,
    *,
    reporter: Reporter | None = None,
) -> Exported:
    """Write a subset to `exports/<name>` of the workspace.

    Raises RequestError for a name that is no plain folder name, or one that is taken; otherwise
    as `core.pipeline.exports.export`.
    """
    out = folder_of(workspace, name)
    result = export_record(workspace, chosen, out, ask, reporter=reporter)
    return Exported(name, result.folder, result.manifest, result.n_bytes)


def folder_of(workspace: Workspace, name: str) -> Path:
    """Where an export of that name is kept; errors as in `export_named`."""
    workspace.refuse_read_only()
    return workspace.root / FOLDER / checked_name(name)


def checked_name(name: str) -> str:
    """The name of an export; RequestError for one that is no plain folder name."""
    if not NAME.fullmatch(name):
        raise RequestError(
            f"an export's name has letters, digits, '.', '_' and '-' only; seen {name[:80]!r}"
        )
    return name


def listed(workspace: Workspace) -> list[Exported]:
    """The exports of a workspace, newest first; a folder that is none is passed over."""
    manifests = (workspace.root / FOLDER).glob(f"[!.]*/{MANIFEST_NAME}")
    found = []
    for path in sorted(manifests, key=lambda one: one.stat().st_mtime_ns, reverse=True):
        with suppress(CoreError, OSError):
            found.append(_read(str(path), path.stat().st_mtime_ns))
    return found


def verify(exported: Exported) -> str | None:
    """What a full read of every file finds wrong with an export, in a sentence; None if nothing."""
    manifest = exported.manifest
    named = {str(one["name"]): str(one["sha256"]) for one in manifest.files}
    for name, expected in ({manifest.data_file: manifest.data_sha256} | named).items():
        path = exported.folder / name
        if not path.is_file():
            return f"{name} is missing"
        seen = file_digest(path)
        if seen != expected:
            return f"{name} has other bytes than were written: sha256 {seen}, written {expected}"
    return None


def delete(workspace: Workspace, name: str) -> Trashed:
    """Put an export in the trash, from which `undelete` takes it back."""
    workspace.refuse_read_only()
    folder = workspace.root / FOLDER / checked_name(name)
    if not (folder / MANIFEST_NAME).is_file():
        raise RequestError(f"there is no export named {name!r}; it may have been deleted meanwhile")
    token = f"{name}~{secrets.token_hex(4)}"
    with plain_disk_errors(folder):
        (workspace.root / FOLDER / TRASH).mkdir(exist_ok=True)
        folder.rename(workspace.root / FOLDER / TRASH / token)
    return _trashed(workspace, token)


def trash(workspace: Workspace) -> list[Trashed]:
    """What lies in the trash, by name."""
    found = (workspace.root / FOLDER / TRASH).glob(f"*/{MANIFEST_NAME}")
    tokens = sorted(path.parent.name for path in found)
    return [_trashed(workspace, token) for token in tokens if TRASHED.fullmatch(token)]


def undelete(workspace: Workspace, token: str) -> str:
    """Take an export out of the trash and give its name; RequestError where that is taken."""
    workspace.refuse_read_only()
    source, name = _in_trash(workspace, token)
    target = workspace.root / FOLDER / name
    if target.exists():
        raise RequestError(f"there is another export named {name!r} now; delete that one first")
    with plain_disk_errors(target):
        source.rename(target)
    return name


def empty_trash(workspace: Workspace) -> int:
    """Delete for good what lies in the trash; the number of exports."""
    workspace.refuse_read_only()
    found = trash(workspace)
    for one in found:
        with plain_disk_errors(workspace.root):
            shutil.rmtree(_in_trash(workspace, one.token)[0])
    return len(found)


def replay_command(workspace: Workspace, exported: Exported) -> str:
    """The command that makes an export again from its manifest and compares the bytes."""
    manifest = shlex.quote(str(exported.folder / MANIFEST_NAME))
    root = shlex.quote(str(workspace.root))
    return f"python -m core replay {manifest} --workspace {root}"


def _cut(workspace: Workspace, artifact: Artifact, budget: int | None) -> Selection:
    order = stored_order(artifact)
    asked = workspace.choices().get("budget") if budget is None else budget
    if not order.nested or asked is None:
        return order
    return order.prefix(min(len(order), max(int(asked), order.n_pinned, 1)))


def _in_trash(workspace: Workspace, token: str) -> tuple[Path, str]:
    match = TRASHED.fullmatch(token)
    folder = workspace.root / FOLDER / TRASH / token
    if match is None or not folder.is_dir():
        raise RequestError(f"{token[:80]!r} is not in the trash; it may have been taken out")
    return folder, match["name"]


def _trashed(workspace: Workspace, token: str) -> Trashed:
    folder, name = _in_trash(workspace, token)
    return Trashed(name, token, _size(folder))


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@lru_cache(maxsize=64)
def _read(path: str, changed: int) -> Exported:
    """An export by its manifest; `changed` tells one that was written anew under the same name."""
    folder = Path(path).parent
    return Exported(folder.name, folder, read_manifest(Path(path)), _size(folder))
