"""Which artifacts are in use: adopting a new one forgets what was made from the old one."""

from __future__ import annotations

from core.errors import WorkspaceError
from core.workspace import Workspace

MADE_FROM: dict[str, tuple[str, ...]] = {
    "pool": ("readings", "duplicates", "overlap"),
    "sae": ("readings",),
    "readings": ("features", "graph", "map-codes", "map-neurons", "duplicates", "overlap"),
    "graph": ("map", "clusters", "hdbscan"),
    "features": ("selection", "latent-map"),
    "map": (),
    "map-codes": (),
    "map-neurons": (),
    "clusters": (),
    "hdbscan": (),
    "selection": (),
    "latent-map": (),
    "duplicates": (),
    "overlap": (),
}
FROM_TEXTS = ("duplicates", "overlap")
"""Some of these are made from the pool's texts alone, and outlive the readings."""


def adopt(workspace: Workspace, role: str, fingerprint: str) -> None:
    """Name the artifact in use for a role; roles that depended on another one are dropped."""
    roles = workspace.current()
    if roles.get(role) == fingerprint:
        return
    stale = _downstream(role)
    for name in stale:
        if name not in FROM_TEXTS or _reads(workspace, name, {role} | stale):
            roles.pop(name, None)
    workspace.use({**roles, role: fingerprint})


def _reads(workspace: Workspace, role: str, changed: set[str]) -> bool:
    """Whether what is in use for a role was made from one of these, as far as can be told."""
    try:
        found = workspace.in_use(role)
    except WorkspaceError:
        return True
    return found is None or not changed.isdisjoint(found.parents)


def _downstream(role: str) -> set[str]:
    found: set[str] = set()
    for child in MADE_FROM[role]:
        found |= {child} | _downstream(child)
    return found
