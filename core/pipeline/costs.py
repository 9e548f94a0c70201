"""What a method costs on this pool: the seconds that were measured, and whether one may wait."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core.pipeline.asking import is_quick
from core.pipeline.requests import Request
from core.workspace import Workspace

AT_ONCE = 2.0  # seconds that a person waits for without a job


@dataclass(frozen=True, slots=True)
class Measured:
    """How long an order of a method took on the pool in use; of several the quickest.

    A machine that was busy makes a run slower and never faster.
    """

    seconds: float
    n_rows: int  # that were solved


def measured(workspace: Workspace) -> dict[str, Measured]:
    """The measured costs by method, of the orders that are stored for the pool in use."""
    names = tuple(sorted(path.name for path in (workspace.root / "selection").glob("[0-9a-f]*")))
    return dict(_measured(str(workspace.root), workspace.current().get("pool", ""), names))


def is_at_once(workspace: Workspace, request: Request) -> bool:
    """Whether the answer is there within two seconds, by what was measured, else by its kind."""
    found = measured(workspace).get(request.method)
    return is_quick(workspace, request) if found is None else found.seconds <= AT_ONCE


@lru_cache(maxsize=4)
def _measured(root: str, pool: str, names: tuple[str, ...]) -> dict[str, Measured]:
    """`names` tell when to look again."""
    found: dict[str, Measured] = {}
    for artifact in Workspace(Path(root)).artifacts("selection"):
        if artifact.parents.get("pool") == pool:
            reach = artifact.config["reach"]
            rows = int(reach["value"]) if reach["kind"] == "rows" else 0
            name, seconds = artifact.config["method"], artifact.notes["solve_seconds"]
            if name not in found or seconds < found[name].seconds:
                found[name] = Measured(seconds, rows)
    return found
