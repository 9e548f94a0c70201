"""What people decided about examples: kept in the workspace or on a team's server, and honoured.

Decisions lie in `decisions.sqlite3` of the workspace, or on the PostgreSQL server that
CORESET_DATABASE_URL names, under the project that CORESET_PROJECT names. A share bundle, which is
read-only, has those of its `decisions.jsonl` alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import import_module
from pathlib import Path

from core.curate.agreement import Agreement
from core.curate.assignment import Rule
from core.curate.records import VERDICTS, ConflictError, Event
from core.curate.state import Decision, State
from core.data.pool import Pool
from core.errors import RequestError
from core.pipeline.decision_books import book_of
from core.pipeline.requests import Request, told_decisions
from core.pipeline.teams import (
    Assignment,
    Guideline,
    agreement,
    assign,
    assignment,
    guideline,
    guidelines,
    set_guideline,
)
from core.pipeline.views import in_use
from core.select.budget import Budget, resolve
from core.workspace import Artifact, Workspace

__all__ = [
    "VERDICTS",
    "Agreement",
    "Assignment",
    "ConflictError",
    "Decision",
    "Event",
    "Guideline",
    "Person",
    "Rule",
    "State",
    "agreement",
    "assign",
    "assignment",
    "decide",
    "decided",
    "decisions_differ",
    "guideline",
    "guidelines",
    "n_elsewhere",
    "people",
    "pool_ids",
    "set_guideline",
    "told_decisions",
    "told_elsewhere",
    "warm_up",
    "with_decisions",
    "without_decisions",
]


@dataclass(frozen=True, slots=True)
class Person:
    """A curator, and what of theirs stands."""

    name: str  # as they named themselves; unverified
    n_approved: int
    n_rejected: int
    n_unsure: int
    first: float  # seconds since 1970, of their first event
    last: float

    @property
    def n_decided(self) -> int:
        """Examples with a verdict of theirs."""
        return self.n_approved + self.n_rejected + self.n_unsure


def decide(workspace: Workspace, events: Sequence[Event]) -> tuple[Event, ...]:
    """Store all events or none; gives them as stored, each with its number and time.

    When it returns they are on the disk. An event that is stored already with the same content is
    success, so sending again is harmless. Raises ConflictError where an id is taken by another
    content, StoreError where the store is out of reach or busy, WorkspaceError in a share bundle.
    """
    workspace.refuse_read_only()
    return book_of(workspace).append(events) if events else ()


def decided(workspace: Workspace) -> State:
    """What all events of the project come to; empty, and no file made, where nothing was decided.

    Kept between calls, and continued from the last event.
    """
    return book_of(workspace).state()


def warm_up() -> None:
    """Load the database libraries ahead of the first decision; makes no file.

    They take about a second, which whoever decides would wait for.
    """
    for name in ("alembic.command", "core.curate.opening"):
        import_module(name)


def with_decisions(workspace: Workspace, request: Request) -> Request:
    """The request with approved examples pinned and rejected ones forbidden; its own pins win.

    Examples outside the pool in use are passed over (`n_elsewhere`). Raises RequestError where
    more are approved than the budget has room for.
    """
    own = without_decisions(request)
    state, here = decided(workspace), pool_ids(workspace)
    asked = {*own.pinned, *own.forbidden}
    approved = tuple(one for one in state.approved if one in here and one not in asked)
    rejected = tuple(one for one in state.rejected if one in here and one not in asked)
    found = replace(
        own,
        pinned=own.pinned + approved,
        forbidden=own.forbidden + rejected,
        decided=tuple(sorted((*approved, *rejected))),
    )
    _check_room(found, n_approved=len(approved), n_rows=len(here))
    return found


def without_decisions(request: Request) -> Request:
    """The request with its own pins and forbidden examples alone."""
    told = set(request.decided)
    return replace(
        request,
        pinned=tuple(one for one in request.pinned if one not in told),
        forbidden=tuple(one for one in request.forbidden if one not in told),
        decided=(),
    )


def decisions_differ(workspace: Workspace, artifact: Artifact) -> bool:
    """Whether a stored order was chosen under other decisions than there are now."""
    stored = Request.of(artifact.config, Budget("tokens", 1))  # so that no number of rows is short
    now = with_decisions(workspace, stored)
    return (set(now.pinned), set(now.forbidden)) != (set(stored.pinned), set(stored.forbidden))


def n_elsewhere(workspace: Workspace) -> int:
    """Examples with a verdict that are not in the pool in use."""
    here = pool_ids(workspace)
    return sum(one not in here for one in decided(workspace).examples)


def told_elsewhere(workspace: Workspace) -> list[str]:
    """How many decisions find no example in the pool in use, in a sentence if there are any."""
    n = n_elsewhere(workspace)
    return [f"{n:,} decided example{' is' if n == 1 else 's are'} not in this pool"] if n else []


def people(workspace: Workspace) -> tuple[Person, ...]:
    """Everybody who ever decided here, by first event."""
    state = decided(workspace)
    return tuple(_person(state, name) for name in state.curators)


def pool_ids(workspace: Workspace) -> frozenset[str]:
    """The example ids of the pool in use, read once a process."""
    return _ids(in_use(workspace, "pool").folder)


def _check_room(request: Request, *, n_approved: int, n_rows: int) -> None:
    if not n_approved or request.budget.kind == "tokens":
        return
    wanted = resolve(request.budget, n_rows=n_rows, n_forbidden=0, n_pinned=0)
    if len(request.pinned) > wanted:
        n_own = len(request.pinned) - n_approved
        beside = f" and {n_own:,} more are pinned" if n_own else ""
        raise RequestError(
            f"{n_approved:,} examples are approved{beside}, above the budget of {wanted:,}; "
            f"ask for at least {len(request.pinned):,}, or select without the decisions"
        )


def _person(state: State, name: str) -> Person:
    verdicts = Counter(state.last_verdicts_of(name).values())
    times = [one.at or 0.0 for one in state.said_by(name)]
    return Person(
        name=name,
        n_approved=verdicts["approved"],
        n_rejected=verdicts["rejected"],
        n_unsure=verdicts["unsure"],
        first=min(times),
        last=max(times),
    )


@lru_cache(maxsize=2)
def _ids(folder: Path) -> frozenset[str]:
    return frozenset(Pool.load(folder).ids())
