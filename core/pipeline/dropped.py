"""What fell out of use when what it was made from changed, and whether it is valid again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.errors import WorkspaceError
from core.pipeline.views import KINDS
from core.workspace import Artifact, Workspace

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
"""Roles by what is made from them, each after what it is made from itself."""

FROM_TEXTS = ("duplicates", "overlap")
"""Some of these are made from the pool's texts alone, and outlive the readings."""

KEPT = 4  # of one role


@dataclass(frozen=True, slots=True)
class Dropped:
    """An artifact that is no longer in use, though nothing is wrong with it.

    `under` are the fingerprints, by role, of what was in use when it was: it is valid under
    exactly these. `because` is the role whose change put it out of use.
    """

    role: str
    fingerprint: str
    because: str
    under: Mapping[str, str]
    n_rows: int | None = None  # of the subset in view, for a selection

    def fits(self, roles: Mapping[str, str]) -> bool:
        """Whether it would be valid under the roles in use."""
        watched = set(self.under)
        if self.role not in FROM_TEXTS:
            watched |= upstream(self.role)
        return all(roles.get(one) == self.under.get(one) for one in watched)


def read(workspace: Workspace) -> list[Dropped]:
    """What fell out of use, oldest first; entries of another form are passed over."""
    found = []
    for entry in workspace.dropped():
        try:
            found.append(Dropped(**entry))
        except TypeError:
            continue
    return [one for one in found if one.role in MADE_FROM]


def latest(workspace: Workspace, role: str) -> Dropped | None:
    """What was last in use for a role that nothing is in use for now."""
    if role in workspace.current():
        return None
    return next((one for one in reversed(read(workspace)) if one.role == role), None)


def artifact(workspace: Workspace, role: str, fingerprint: str) -> Artifact | None:
    """An artifact by its role, or None where it is gone or damaged."""
    try:
        return workspace.find(KINDS.get(role, role), fingerprint)
    except WorkspaceError:
        return None


def as_json(found: Iterable[Dropped]) -> list[dict[str, Any]]:
    """As the workspace keeps it."""
    return [asdict(one) for one in found]


def remembered(before: Sequence[Dropped], fresh: Iterable[Dropped]) -> list[Dropped]:
    """With what was just dropped; each artifact once, and the last `KEPT` of a role."""
    found = list(before)
    for one in fresh:
        found = without(found, one.role, one.fingerprint)
        found.append(one)
        of_role = [other for other in found if other.role == one.role]
        for old in of_role[:-KEPT]:
            found.remove(old)
    return found


def without(found: Iterable[Dropped], role: str, fingerprint: str) -> list[Dropped]:
    """Without an artifact that is in use again."""
    return [one for one in found if (one.role, one.fingerprint) != (role, fingerprint)]


def downstream(role: str) -> set[str]:
    """Every role that is made from this one, directly or not."""
    found: set[str] = set()
    for child in MADE_FROM[role]:
        found |= {child} | downstream(child)
    return found


def upstream(role: str) -> set[str]:
    """Every role that this one is made from, directly or not."""
    return {one for one in MADE_FROM if role in downstream(one)}
