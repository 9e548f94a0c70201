"""The workspace: immutable artifacts named by the fingerprint of the recipe that made them.

DIR/workspace.json                what is in use: pool, readings, features, map, clusters …
DIR/<kind>/<fingerprint>/         meta.json and the files of one artifact, whole or absent
DIR/jobs/<id>/                    long steps (core.jobs)
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import WorkspaceError
from core.fingerprint import Recipe, file_digest
from core.locks import alone
from core.publish import check_space, plain_disk_errors, whole_folder, write_json
from core.versions import library_versions

META = "meta.json"
POINTER = "workspace.json"
LOCK = ".workspace.lock"
BUNDLE = "bundle.json"  # marks a share bundle, which is only looked at
FORMAT = 1
NAME = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Artifact:
    """One published result: its kind, fingerprint, folder and meta.json."""

    kind: str
    fingerprint: str
    folder: Path
    meta: Mapping[str, Any]

    @property
    def config(self) -> Mapping[str, Any]:
        """The configuration in its recipe."""
        return self.meta["recipe"]["config"]

    @property
    def parents(self) -> Mapping[str, str]:
        """Fingerprints of what it was made from, by kind."""
        return self.meta["recipe"]["parents"]

    @property
    def notes(self) -> Mapping[str, Any]:
        """What the step reported beside its files (counts, measured quality, origin)."""
        return self.meta["notes"]

    def damage(self) -> str | None:
        """What a full read of every file finds wrong, or None."""
        for entry in self.meta["files"]:
            path = self.folder / entry["name"]
            if not path.is_file() or path.stat().st_size != entry["size"]:
                return f"{path} is missing or cut short"
            if file_digest(path) != entry["sha256"]:
                return f"{path} does not have the bytes that were published"
        return None


@dataclass(slots=True)
class Draft:
    """An artifact being written: its folder, and the notes that go into meta.json."""

    folder: Path
    notes: dict[str, Any]


class Workspace:
    """A folder of artifacts; opening it never changes it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def open(cls, root: Path) -> Workspace:
        """Open an existing workspace folder; WorkspaceError when it is none."""
        if not root.exists():
            raise WorkspaceError(
                f"there is no workspace at {root}; make one with `ingest` or `run`"
            )
        if not root.is_dir():
            raise WorkspaceError(f"{root} is a file, not a workspace; name a folder")
        return cls(root)

    @classmethod
    def create(cls, root: Path) -> Workspace:
        """Open a workspace, making the folder when it is absent; checks that it can be written."""
        if root.exists() and not root.is_dir():
            raise WorkspaceError(f"{root} is a file, not a workspace; name a folder")
        with plain_disk_errors(root):
            root.mkdir(parents=True, exist_ok=True)
            check_space(root, 0)
        workspace = cls(root)
        if not (root / POINTER).exists() and not workspace.read_only:
            workspace.use({})
        return workspace

    @property
    def read_only(self) -> bool:
        """Whether this is a share bundle, in which nothing is ever made or changed."""
        return (self.root / BUNDLE).is_file()

    def refuse_read_only(self) -> None:
        """WorkspaceError in a share bundle; whatever writes beside artifacts asks this first."""
        if self.read_only:
            raise WorkspaceError(
                f"{self.root} is a share bundle and read-only; work in a workspace of your own"
            )

    def find(self, kind: str, fingerprint: str) -> Artifact | None:
        """The artifact of that name, or None when it was never made."""
        if not NAME.fullmatch(fingerprint):
            raise WorkspaceError(f"{fingerprint!r} is not a fingerprint (16 hex digits)")
        folder = self.root / kind / fingerprint
        return _opened(kind, folder) if folder.is_dir() else None

    def get(self, kind: str, fingerprint: str) -> Artifact:
        """The artifact of that name; WorkspaceError when it is absent or damaged."""
        found = self.find(kind, fingerprint)
        if found is None:
            raise WorkspaceError(f"{self.root} holds no {kind} {fingerprint}; make it again")
        return found

    def artifacts(self, kind: str) -> list[Artifact]:
        """All artifacts of a kind, oldest first; what is still being written is none yet."""
        folders = [path.parent for path in (self.root / kind).glob(f"*/{META}")]
        found = [_opened(kind, folder) for folder in folders if NAME.fullmatch(folder.name)]
        return sorted(found, key=lambda item: (item.meta["made"], item.fingerprint))

    def kinds(self) -> list[str]:
        """The kinds of artifact this workspace holds."""
        names = {path.parent.parent.name for path in self.root.glob(f"*/*/{META}")}
        return sorted(names)

    @contextmanager
    def publish(
        self, kind: str, recipe: Recipe, *, title: str = "", reserve: int = 0
    ) -> Iterator[Draft]:
        """Write an artifact: fill the draft's folder; it appears when the block ends well."""
        self.refuse_read_only()
        started = time.monotonic()
        target = self.root / kind / recipe.fingerprint
        with whole_folder(target, reserve=reserve) as folder:
            draft = Draft(folder, {})
            yield draft
            meta = {
                "format": FORMAT,
                "title": title,
                "made": time.time(),
                "seconds": round(time.monotonic() - started, 3),
                "recipe": recipe.as_json(),
                "notes": draft.notes,
                "libraries": library_versions(),
                "files": _files_of(folder),
            }
            write_json(folder / META, meta)

    def current(self) -> dict[str, str]:
        """What is in use: fingerprints by role (pool, sae, readings, features, map …)."""
        return {str(k): str(v) for k, v in self._pointer().get("in_use", {}).items()}

    def choices(self) -> dict[str, Any]:
        """What people chose last and expect to find again, such as the budget."""
        return dict(self._pointer().get("choices", {}))

    def dropped(self) -> list[dict[str, Any]]:
        """What fell out of use when what it was made from changed, oldest first."""
        return list(self._pointer().get("dropped", []))

    def use(
        self, roles: Mapping[str, str], dropped: Sequence[Mapping[str, Any]] | None = None
    ) -> None:
        """Name exactly these artifacts as in use, by role; `dropped` stays as it is if absent."""
        self.refuse_read_only()
        with alone(self.root / LOCK):
            self._point(roles, self.choices(), self.dropped() if dropped is None else dropped)

    def choose(self, **choices: Any) -> None:
        """Keep choices, leaving the others as they are."""
        if {**self.choices(), **choices} == self.choices():
            return
        self.refuse_read_only()
        with alone(self.root / LOCK):
            self._point(self.current(), {**self.choices(), **choices}, self.dropped())

    def _pointer(self) -> dict[str, Any]:
        path = self.root / POINTER
        return _read_json(path) if path.exists() else {}

    def _point(
        self,
        roles: Mapping[str, str],
        choices: Mapping[str, Any],
        dropped: Sequence[Mapping[str, Any]],
    ) -> None:
        self.refuse_read_only()
        value = {"format": FORMAT, "in_use": dict(roles), "choices": dict(choices)}
        if dropped:
            value["dropped"] = [dict(one) for one in dropped]
        write_json(self.root / POINTER, value)

    def in_use(self, role: str, kind: str | None = None) -> Artifact | None:
        """The artifact in use for a role, or None."""
        fingerprint = self.current().get(role)
        return self.find(kind or role, fingerprint) if fingerprint else None


def _opened(kind: str, folder: Path) -> Artifact:
    meta = _read_json(folder / META)
    if meta.get("format") != FORMAT:
        raise WorkspaceError(
            f"{folder} was written in format {meta.get('format')!r}; this version reads {FORMAT}"
        )
    for entry in meta["files"]:
        path = folder / entry["name"]
        if not path.is_file() or path.stat().st_size != entry["size"]:
            raise WorkspaceError(
                f"{path} is missing or cut short; delete {folder} and run the step again"
            )
    return Artifact(kind, folder.name, folder, meta)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WorkspaceError(
            f"{path} cannot be read ({error}); delete its folder and run the step again"
        ) from error
    if not isinstance(value, dict):
        raise WorkspaceError(f"{path} holds no JSON object; delete it and run the step again")
    return value


def _files_of(folder: Path) -> list[dict[str, Any]]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [
        {
            "name": str(path.relative_to(folder)),
            "size": path.stat().st_size,
            "sha256": file_digest(path),
        }
        for path in paths
    ]
