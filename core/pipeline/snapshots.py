"""Named snapshots of a subset, to return to: which order, at which budget, and what was thought.

One small file, `snapshots.json`, replaced whole under a lock. A snapshot names its order and
never holds it, so it may outlive what it needs: then it says so, and the others go on.
"""

from __future__ import annotations

import json
import time
import unicodedata
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from core.errors import RequestError, WorkspaceError
from core.locks import alone
from core.pipeline.adopting import adopt
from core.pipeline.selection import stored_order
from core.pipeline.views import in_use, open_features
from core.publish import write_json
from core.select.carriers import new_features
from core.select.selection import Selection
from core.workspace import Artifact, Workspace

FILE = "snapshots.json"
LOCK = ".snapshots.lock"
FORMAT = 1
LONGEST_NAME = 80  # characters
LONGEST_NOTE = 2_000


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A subset by name; whoever wrote the name and the note is not trusted with markup."""

    name: str
    method: str
    n_rows: int
    selection: str  # fingerprint of the order
    budget: int  # rows of it that were in use
    made: float  # seconds since 1970
    note: str = ""


def snapshots(workspace: Workspace) -> tuple[Snapshot, ...]:
    """All snapshots, oldest first; WorkspaceError when the file is damaged."""
    path = workspace.root / FILE
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        if value["format"] != FORMAT:
            raise ValueError(f"it was written in format {value['format']!r}")
        return tuple(_from_json(one) for one in value["snapshots"])
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WorkspaceError(
            f"{path} cannot be read ({error}); move it away to go on without its snapshots"
        ) from error


def keep(workspace: Workspace, name: str, note: str = "") -> Snapshot:
    """Keep the subset in use under a name.

    Raises RequestError for a name that is empty, too long or taken; WorkspaceError where nothing
    is chosen.
    """
    artifact = in_use(workspace, "selection")
    order = stored_order(artifact)
    budget = _budget_of(workspace, order)
    made = Snapshot(
        name=clean_name(name),
        method=order.method,
        n_rows=budget if order.nested else len(order),
        selection=artifact.fingerprint,
        budget=budget,
        made=time.time(),
        note=note.strip()[:LONGEST_NOTE],
    )
    restore(workspace, made)
    return made


def restore(workspace: Workspace, snapshot: Snapshot) -> None:
    """Put a snapshot among the others, such as one that was dropped; RequestError when taken."""

    def added(found: list[Snapshot]) -> list[Snapshot]:
        if any(one.name == snapshot.name for one in found):
            raise RequestError(
                f"there is a snapshot named {snapshot.name!r} already; choose another name, or "
                "drop that one first"
            )
        return sorted([*found, snapshot], key=lambda one: one.made)

    _change(workspace, added)


def drop(workspace: Workspace, name: str) -> Snapshot:
    """Drop a snapshot and give it back, for `restore`; the order itself stays."""
    dropped = find(workspace, name)
    _change(workspace, lambda found: [one for one in found if one.name != name])
    return dropped


def find(workspace: Workspace, name: str) -> Snapshot:
    """The snapshot of that name; RequestError when there is none."""
    for one in snapshots(workspace):
        if one.name == name:
            return one
    raise RequestError(f"there is no snapshot named {name!r}; it may have been dropped meanwhile")


def return_to(workspace: Workspace, name: str) -> Snapshot:
    """Put a snapshot's order and budget in use again; WorkspaceError says why it cannot be."""
    found = find(workspace, name)
    why = why_stale(workspace, found)
    if why:
        raise WorkspaceError(f"{name!r} cannot be returned to: {why}")
    adopt(workspace, "selection", found.selection)
    workspace.choose(budget=found.budget)
    return found


def why_stale(workspace: Workspace, snapshot: Snapshot) -> str | None:
    """Why a snapshot cannot be put in use again, in a sentence; None where it can."""
    try:
        artifact = workspace.get("selection", snapshot.selection)
    except WorkspaceError:
        return "its order is no longer in this workspace; select again"
    roles = workspace.current()
    if artifact.parents.get("pool") != roles.get("pool"):
        return "it was chosen from another pool than the one in use"
    if artifact.parents.get("features") != roles.get("features"):
        return "it was chosen by other latents than those in use; select again with its settings"
    return None


def subset_of(workspace: Workspace, snapshot: Snapshot) -> Selection:
    """The rows of a snapshot; its gains are those of the features in use.

    WorkspaceError when its order is gone or is of another pool.
    """
    artifact = workspace.get("selection", snapshot.selection)
    roles = workspace.current()
    if artifact.parents.get("pool") != roles.get("pool"):
        raise WorkspaceError(
            f"snapshot {snapshot.name!r} was chosen from another pool than the one in use"
        )
    order = stored_order(artifact)
    subset = order.prefix(min(snapshot.n_rows, len(order))) if order.nested else order
    return subset if _has_gains_of(artifact, roles) else _counted(workspace, subset)


def clean_name(text: str) -> str:
    """A name as it is kept: one line without control characters; RequestError says what is wrong.

    Two spellings of one name in Unicode are the same name.
    """
    known = unicodedata.normalize("NFC", text)
    shown = [c for c in known if c.isspace() or not unicodedata.category(c).startswith("C")]
    name = " ".join("".join(shown).split())
    if not name:
        raise RequestError("a snapshot needs a name; seen none")
    if len(name) > LONGEST_NAME:
        raise RequestError(
            f"a snapshot's name has at most {LONGEST_NAME} characters; seen {len(name)}"
        )
    return name


def _budget_of(workspace: Workspace, order: Selection) -> int:
    asked = int(workspace.choices().get("budget", len(order)))
    return min(max(asked, order.n_pinned, 1), len(order))


def _has_gains_of(artifact: Artifact, roles: dict[str, str]) -> bool:
    return artifact.parents.get("features") == roles.get("features")


def _counted(workspace: Workspace, subset: Selection) -> Selection:
    if "features" not in workspace.current():
        return replace(subset, gains=None)
    return replace(subset, gains=new_features(open_features(workspace).sets, subset.rows))


def _change(workspace: Workspace, act: Callable[[list[Snapshot]], list[Snapshot]]) -> None:
    workspace.refuse_read_only()
    with alone(workspace.root / LOCK):
        found = act(list(snapshots(workspace)))
        value = {"format": FORMAT, "snapshots": [asdict(one) for one in found]}
        write_json(workspace.root / FILE, value)


def _from_json(value: dict[str, Any]) -> Snapshot:
    return Snapshot(
        name=clean_name(value["name"]),
        method=str(value["method"]),
        n_rows=int(value["n_rows"]),
        selection=str(value["selection"]),
        budget=int(value["budget"]),
        made=float(value["made"]),
        note=str(value["note"]),
    )
