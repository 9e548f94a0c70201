"""Adding one row to a subset: it is pinned, and the rest is chosen again around it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.errors import RequestError
from core.pipeline.adopting import adopt
from core.pipeline.asking import again, is_quick
from core.pipeline.requests import Request, with_marks
from core.pipeline.selection import covered, solve, stored_order
from core.pipeline.views import in_use, open_pool
from core.records import Rows
from core.select import SELECTORS
from core.select.selection import Selection
from core.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Added:
    """What pinning a row made of a subset of the same size."""

    fingerprint: str  # of the new order, which is in use now
    before: str  # of the order before, to go back to with `take_back`
    budget: int
    covered: int | None  # latents, by the new subset
    gained: int | None  # latents more than before
    left: Rows  # chosen before and no longer


def add_row(workspace: Workspace, chosen: Selection, row: int) -> Added:
    """Pin `row` and choose the rest of the budget again; the new order is put in use.

    `chosen` is the subset in use. Raises RequestError where the row is in already, where the
    method cannot re-choose (a given subset), and where it takes longer than a moment.
    """
    artifact = in_use(workspace, "selection")
    request = _pinning(workspace, again(artifact, len(chosen)), chosen, row)
    solved = solve(workspace, with_marks(workspace, request))
    adopt(workspace, "selection", solved.artifact.fingerprint)
    workspace.choose(budget=len(solved.subset))
    now, was = covered(solved.subset), covered(chosen)
    return Added(
        fingerprint=solved.artifact.fingerprint,
        before=artifact.fingerprint,
        budget=len(solved.subset),
        covered=now,
        gained=None if now is None or was is None else now - was,
        left=np.setdiff1d(chosen.rows, solved.subset.rows),
    )


def why_not_add(workspace: Workspace) -> str | None:
    """Why no row can be added to the subset in use at once, in a sentence; None where it can."""
    if workspace.read_only:
        return "this is a share bundle, in which nothing is changed"
    artifact = in_use(workspace, "selection")
    method = artifact.notes["method"]
    request = again(artifact, len(stored_order(artifact)))
    if method == "given":
        return "a given subset is kept as it came; choose by another method to add rows"
    if artifact.config["reach"]["kind"] == "tokens":
        return "the subset was chosen under a budget of tokens; pin the row on the subset page"
    if not (SELECTORS.get(method).ahead and is_quick(workspace, request)):
        return f"choosing again by {method} takes long; pin the row on the subset page instead"
    return None


def take_back(workspace: Workspace, added: Added) -> None:
    """Put the order in use again that was there before the row was added."""
    adopt(workspace, "selection", workspace.get("selection", added.before).fingerprint)
    workspace.choose(budget=added.budget)


def _pinning(workspace: Workspace, request: Request, chosen: Selection, row: int) -> Request:
    refusal = why_not_add(workspace)
    if refusal:
        raise RequestError(refusal)
    ids = open_pool(workspace).ids()
    if not 0 <= row < len(ids):
        raise RequestError(f"there is no row {row}; the pool has 0 to {len(ids) - 1}")
    if (chosen.rows == row).any():
        raise RequestError(f"row {row} is in the subset already")
    if len(request.pinned) >= len(chosen):
        raise RequestError(f"all {len(chosen)} rows of the budget are pinned; raise the budget")
    return replace(request, pinned=(*request.pinned, ids[row]))
