"""Whether what is asked for is what is in use, and what was in use before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.errors import CoreError
from core.options import as_values, configure
from core.pipeline.adopting import adopt
from core.pipeline.decisions import with_decisions
from core.pipeline.requests import Request, with_marks
from core.pipeline.selection import stored_order
from core.pipeline.views import in_use
from core.records import Rows
from core.select import SELECTORS
from core.select.budget import Budget, resolve
from core.workspace import Artifact, Workspace

FORMER = "former"


@dataclass(frozen=True, slots=True)
class Former:
    """A subset that was in use: its order, and how many of its rows."""

    fingerprint: str
    budget: int


def answers(workspace: Workspace, artifact: Artifact, request: Request) -> bool:
    """Whether a stored order holds the answer to a request; its marks and decisions are told.

    RequestError where an option cannot be.
    """
    if artifact.config["method"] != request.method or not _is_current(workspace, artifact):
        return False
    asked, stored = (_plain(one) for one in (request, Request.of(artifact.config, request.budget)))
    return asked == stored and _reaches(workspace, artifact, request)


def as_now(workspace: Workspace, request: Request) -> Request:
    """The request with the marks of now, and the decisions of now where it honours any."""
    marked = with_marks(workspace, request)
    return with_decisions(workspace, marked) if request.decided else marked


def rows_asked(workspace: Workspace, request: Request) -> int | None:
    """The budget of a request in rows; None for one in tokens.

    RequestError where the constraints leave fewer, or pin more.
    """
    if request.budget.kind == "tokens":
        return None
    return resolve(
        request.budget,
        n_rows=int(in_use(workspace, "pool").notes["n_rows"]),
        n_forbidden=len(request.forbidden),
        n_pinned=len(request.pinned),
    )


def in_view(workspace: Workspace) -> Former | None:
    """The subset in use, to be remembered before another one takes its place."""
    artifact = workspace.in_use("selection")
    if artifact is None:
        return None
    n_rows = len(stored_order(artifact))
    asked = int(workspace.choices().get("budget", n_rows))
    return Former(artifact.fingerprint, min(asked, n_rows))


def remember_former(workspace: Workspace, was: Former | None) -> None:
    """Keep what was in use before, so that it can be held against what is, and returned to."""
    if was is not None:
        workspace.choose(**{FORMER: {"selection": was.fingerprint, "budget": was.budget}})


def former(workspace: Workspace) -> Former | None:
    """The subset in use before this one, while its order is here and of what is in use now."""
    told = workspace.choices().get(FORMER)
    if not isinstance(told, Mapping):
        return None
    fingerprint, budget = str(told.get("selection")), told.get("budget")
    try:
        artifact = workspace.get("selection", fingerprint)
    except CoreError:
        return None
    if not isinstance(budget, int) or not _is_current(workspace, artifact):
        return None
    return Former(fingerprint, budget)


def former_rows(workspace: Workspace, found: Former) -> Rows:
    """The rows of the former subset, in pick order."""
    order = stored_order(workspace.get("selection", found.fingerprint))
    return order.rows[: found.budget] if order.nested else order.rows


def return_to_former(workspace: Workspace) -> Request | None:
    """Put the former subset in use, and remember this one in its place; gives its request."""
    found = former(workspace)
    if found is None:
        return None
    now = in_view(workspace)
    adopt(workspace, "selection", found.fingerprint)
    workspace.choose(budget=found.budget)
    remember_former(workspace, now)
    return request_behind(workspace.get("selection", found.fingerprint), found.budget)


def request_behind(artifact: Artifact, budget: int) -> Request:
    """The request that a stored order answers, at a budget in use."""
    reach = artifact.config["reach"]
    told = Budget(reach["kind"], reach["value"]) if reach["kind"] == "tokens" else None
    return Request.of(artifact.config, told or Budget("rows", max(budget, 1)))


def _plain(request: Request) -> dict[str, Any]:
    """What tells requests apart, but for the budget."""
    config: Any = configure(SELECTORS.get(request.method).config, request.options)
    told = replace(request, budget=Budget("rows", 1), options={})
    return {"method": request.method, "options": as_values(config), **told.as_config()}


def _reaches(workspace: Workspace, artifact: Artifact, request: Request) -> bool:
    """Whether the order is as long as the budget asks, or is the very one solved for it."""
    reach, wanted = artifact.config["reach"], request.budget
    if wanted.kind == "tokens" or reach["kind"] == "tokens":
        return (reach["kind"], reach["value"]) == (wanted.kind, wanted.value)
    rows = rows_asked(workspace, request) or 0
    return bool(rows <= reach["value"] if artifact.notes["nested"] else rows == reach["value"])


def _is_current(workspace: Workspace, artifact: Artifact) -> bool:
    roles = workspace.current()
    return all(artifact.parents.get(one) == roles.get(one) for one in ("pool", "features"))
