"""Which artifacts are in use: adopting a new one puts out of use what was made from the old one.

Nothing is deleted. What falls out of use is remembered with what it was made from, so that it can
be said what differs; and it is in use again by itself once just that is in use again.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.pipeline import dropped
from core.pipeline.dropped import FROM_TEXTS, MADE_FROM, Dropped
from core.workspace import Workspace


def adopt(workspace: Workspace, role: str, fingerprint: str) -> None:
    """Name the artifact in use for a role.

    Roles that depended on another one are dropped, and those that were dropped before and are
    valid with this one are in use again.
    """
    roles = workspace.current()
    if roles.get(role) == fingerprint:
        return
    gone = _falling(workspace, role, roles)
    kept = {name: one for name, one in roles.items() if name not in {d.role for d in gone}}
    kept[role] = fingerprint
    known = dropped.without(dropped.read(workspace), role, fingerprint)
    back = _fitting(workspace, role, kept, known)
    for one in back:
        kept[one.role] = one.fingerprint
        known = dropped.without(known, one.role, one.fingerprint)
    workspace.use(kept, dropped.as_json(dropped.remembered(known, gone)))
    for one in back:
        if one.n_rows is not None:
            workspace.choose(budget=one.n_rows)


def _falling(workspace: Workspace, role: str, roles: Mapping[str, str]) -> list[Dropped]:
    """What is in use and was made from another artifact of that role."""
    if role == "graph" and role not in roles:
        return []  # made when it is first needed; what is in use did without
    below, found = dropped.downstream(role), []
    for name in (one for one in MADE_FROM if one in below and one in roles):
        above = _made_from(workspace, name, roles[name])
        if above.isdisjoint({role, *below}):
            continue
        under = {one: roles[one] for one in MADE_FROM if one in above and one in roles}
        n_rows = workspace.choices().get("budget") if name == "selection" else None
        found.append(Dropped(name, roles[name], role, under, n_rows))
    return found


def _made_from(workspace: Workspace, role: str, fingerprint: str) -> set[str]:
    """The roles that an artifact in use depends on: those it names, or all that its role may."""
    found = dropped.artifact(workspace, role, fingerprint) if role in FROM_TEXTS else None
    return dropped.upstream(role) if found is None else set(found.parents)


def _fitting(
    workspace: Workspace, role: str, roles: Mapping[str, str], known: list[Dropped]
) -> list[Dropped]:
    """What was dropped, is still there, and is valid again; newest first where several are."""
    now, found = dict(roles), []
    for name in (one for one in MADE_FROM if one in dropped.downstream(role)):
        for one in reversed(known):
            valid = one.role == name and name not in now and one.fits(now)
            if valid and dropped.artifact(workspace, name, one.fingerprint) is not None:
                now[name] = one.fingerprint
                found.append(one)
    return found
