"""The layouts of the pool that a workspace holds: by embeddings, codes, neurons, other models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.errors import WorkspaceError
from core.pipeline.spaces import ROLES
from core.pipeline.views import in_use
from core.workspace import Artifact, Workspace

TITLES = {"embeddings": "embeddings", "codes": "SAE codes", "neurons": "neurons"}


@dataclass(frozen=True, slots=True)
class Layout:
    """One layout of the pool in use; `model` names the readings where they are not those in use."""

    fingerprint: str
    space: str
    model: str | None
    trustworthiness: float | None

    @property
    def title(self) -> str:
        """What it shows, in plain text."""
        of = TITLES[self.space]
        return of if self.model is None else f"{of} of {self.model}"


def layouts(workspace: Workspace) -> list[Layout]:
    """Layouts in use first, then the newest of every other reading of the same pool."""
    roles = workspace.current()
    pool, readings = roles.get("pool"), roles.get("readings")
    own = [in_use(workspace, role) for role in ROLES.values() if role in roles]
    found = {_place(workspace, one): one for one in own}
    for one in reversed(workspace.artifacts("map")):
        place = _place(workspace, one)
        if place[0] not in (None, readings) and _pool_of(workspace, place[0]) == pool:
            found.setdefault(place, one)
    return [
        Layout(
            one.fingerprint,
            space,
            None if parent == readings else _model(workspace, parent),
            one.notes["trustworthiness"],
        )
        for (parent, space), one in found.items()
    ]


def missing_spaces(workspace: Workspace) -> list[str]:
    """The spaces of the readings in use that hold values and have no layout in use yet."""
    roles = workspace.current()
    if "readings" not in roles:
        return []
    folder = in_use(workspace, "readings").folder
    held = [space for space in ("codes", "neurons") if (folder / f"{space}.values.npy").exists()]
    return [space for space in held if ROLES[space] not in roles]


def _place(workspace: Workspace, layout: Artifact) -> tuple[str | None, str]:
    """The readings behind a layout, and its space."""
    space = str(layout.config.get("space", "embeddings"))
    if "readings" in layout.parents:
        return layout.parents["readings"], space
    graph = _found(workspace, "graph", layout.parents.get("graph"))
    return (None if graph is None else graph.parents.get("readings")), space


def _pool_of(workspace: Workspace, readings: Any) -> str | None:
    found = _found(workspace, "readings", readings)
    return None if found is None else found.parents.get("pool")


def _model(workspace: Workspace, readings: Any) -> str:
    found = _found(workspace, "readings", readings)
    if found is None:
        return "other readings"
    return f"{found.config['model']['id']} at {found.config['hookpoint']}"


def _found(workspace: Workspace, kind: str, fingerprint: str | None) -> Artifact | None:
    """An artifact, or None where it is gone or damaged: one layout fewer is offered then."""
    try:
        return None if fingerprint is None else workspace.find(kind, fingerprint)
    except WorkspaceError:
        return None
