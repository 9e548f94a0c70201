"""Which artifacts are in use: adopting a new one forgets what was made from the old one."""

from __future__ import annotations

from core.workspace import Workspace

MADE_FROM: dict[str, tuple[str, ...]] = {
    "pool": ("readings",),
    "sae": ("readings",),
    "readings": ("features", "graph"),
    "graph": ("map", "clusters", "hdbscan"),
    "features": ("selection",),
    "map": (),
    "clusters": (),
    "hdbscan": (),
    "selection": (),
}


def adopt(workspace: Workspace, role: str, fingerprint: str) -> None:
    """Name the artifact in use for a role; roles that depended on another one are dropped."""
    roles = workspace.current()
    if roles.get(role) == fingerprint:
        return
    for stale in _downstream(role):
        roles.pop(stale, None)
    workspace.use({**roles, role: fingerprint})


def _downstream(role: str) -> set[str]:
    found: set[str] = set()
    for child in MADE_FROM[role]:
        found |= {child} | _downstream(child)
    return found
