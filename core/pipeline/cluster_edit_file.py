"""The file of cluster edits: one JSON file, replaced whole, changed under a lock.

Its rows are named by hashes of example ids (core.cluster.matching), never by position.
"""

from __future__ import annotations

import base64
import functools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.cluster.matching import Members
from core.errors import WorkspaceError
from core.locks import alone
from core.publish import write_json
from core.workspace import Workspace

FILE = "cluster-edits.json"
LOCK = ".cluster-edits.lock"
FORMAT = 1
KINDS = ("rename", "merge")

Stamp = tuple[int, int, int]
"""Names the state of the file: every change is a new file."""


@dataclass(frozen=True, slots=True)
class Item:
    """A name for a group of rows."""

    members: Members
    name: str


@dataclass(frozen=True, slots=True)
class Step:
    """What was done at once, and is undone at once."""

    kind: str  # rename or merge
    role: str  # clusters or hdbscan
    by: str  # hand, or the name of a model
    when: float  # seconds since 1970
    items: tuple[Item, ...]

    @property
    def what(self) -> str:
        """What the step does to each of its items."""
        return "Merge" if self.kind == "merge" else "Name"

    @property
    def title(self) -> str:
        """The step in words."""
        if len(self.items) > 1:
            return f"{len(self.items)} names by {self.by}"
        return f"{'merge' if self.kind == 'merge' else 'name'} '{self.items[0].name}'"


def stamp(workspace: Workspace) -> Stamp:
    """The state of the file, without reading it; zeros where there is none."""
    try:
        found = (workspace.root / FILE).stat()
    except FileNotFoundError:
        return (0, 0, 0)
    return (found.st_ino, found.st_mtime_ns, found.st_size)


def steps(workspace: Workspace) -> tuple[Step, ...]:
    """All steps, oldest first; WorkspaceError when the file is damaged."""
    return _steps(workspace.root / FILE, stamp(workspace))


def append(workspace: Workspace, step: Step) -> None:
    """Add a step; those that others wrote meanwhile stay."""
    _change(workspace, lambda found: [*found, step])


def drop_last(workspace: Workspace, role: str) -> None:
    """Drop the last step of a role."""

    def dropped(found: Sequence[Step]) -> list[Step]:
        places = [at for at, step in enumerate(found) if step.role == role]
        return [step for at, step in enumerate(found) if not places or at != places[-1]]

    _change(workspace, dropped)


def _change(workspace: Workspace, change: Callable[[Sequence[Step]], Sequence[Step]]) -> None:
    workspace.refuse_read_only()
    with alone(workspace.root / LOCK):
        found = change(steps(workspace))
        value = {"format": FORMAT, "steps": [_as_json(step) for step in found]}
        write_json(workspace.root / FILE, value)


@functools.lru_cache(maxsize=4)
def _steps(path: Path, state: Stamp) -> tuple[Step, ...]:
    if state == (0, 0, 0):
        return ()
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        if value["format"] != FORMAT:
            raise ValueError(f"it was written in format {value['format']!r}")
        return tuple(_from_json(step) for step in value["steps"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WorkspaceError(
            f"{path} cannot be read ({error}); move it away to go on without its edits"
        ) from error


def _as_json(step: Step) -> dict[str, Any]:
    return {
        "kind": step.kind,
        "role": step.role,
        "by": step.by,
        "when": step.when,
        "items": [
            {
                "name": item.name,
                "rows": item.members.n_rows,
                "below": f"{item.members.below:016x}",
                "hashes": base64.b64encode(item.members.hashes.astype("<u8").tobytes()).decode(),
            }
            for item in step.items
        ],
    }


def _from_json(value: dict[str, Any]) -> Step:
    if value["kind"] not in KINDS or not value["items"]:
        raise ValueError("a step of it is of no known kind")
    items = tuple(
        Item(
            Members(
                np.frombuffer(base64.b64decode(item["hashes"], validate=True), "<u8"),
                int(item["below"], 16),
                int(item["rows"]),
            ),
            str(item["name"]),
        )
        for item in value["items"]
    )
    return Step(value["kind"], str(value["role"]), str(value["by"]), float(value["when"]), items)
