"""Which rows of a subset are exported, by what people decided of them; counted before writing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.curate.files import written
from core.curate.state import State
from core.data.pool import Pool
from core.errors import RequestError
from core.export.manifest import Decisions
from core.fingerprint import digest
from core.pipeline.decisions import decided
from core.workspace import Workspace

WHICH: Mapping[str, str] = {
    "subset": "All rows of the subset",
    "approved": "Approved rows only",
    "approved-undecided": "Approved and undecided rows",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows of an export in order, and how they came about.

    A row is undecided where nobody said a verdict, where it is unsure, and where people differ.
    """

    ids: tuple[str, ...]
    n_subset: int
    n_approved: int  # of the subset
    n_rejected: int
    n_unsure: int
    n_conflicts: int
    outside: tuple[str, ...]  # approved rows of the pool that the subset does not have
    decisions: Decisions

    @property
    def n_undecided(self) -> int:
        """Rows of the subset without a settled approval or rejection."""
        return self.n_subset - self.n_approved - self.n_rejected


def plan(
    workspace: Workspace, pool: Pool, ids: Sequence[str], which: str = "subset", *, outside: bool
) -> Plan:
    """The rows of a subset that `which` leaves, then, if `outside`, further approved rows.

    Raises RequestError for another `which`.
    """
    if which not in WHICH:
        raise RequestError(f"rows to export are one of {', '.join(WHICH)}; seen {which!r}")
    state, subset = decided(workspace), set(ids)
    approved, rejected = set(state.approved), set(state.rejected)
    kept = tuple(one for one in ids if _stays(one, which, approved, rejected))
    known = set(pool.ids()) if approved - subset else set()
    further = tuple(one for one in state.approved if one not in subset and one in known)
    added = further if outside else ()
    left = set(kept)
    return Plan(
        ids=(*kept, *added),
        n_subset=len(ids),
        n_approved=len(subset & approved),
        n_rejected=len(subset & rejected),
        n_unsure=len(subset & set(state.unsure)),
        n_conflicts=len(subset & set(state.conflicts)),
        outside=further,
        decisions=Decisions(
            which=which,
            approved=tuple(one for one in ids if one in approved),
            rejected=tuple(one for one in ids if one in rejected),
            added=added,
            left_out=tuple(one for one in ids if one not in left),
            counts=_counts(state),
            number=state.number,
            log_sha256=log_sha256(state),
        ),
    )


def rows_of(ids: Sequence[str], decisions: Decisions) -> tuple[str, ...]:
    """The rows of a subset that an earlier plan came to."""
    gone = set(decisions.left_out)
    return (*(one for one in ids if one not in gone), *decisions.added)


@lru_cache(maxsize=4)  # a state never changes; a page asks for the same one again and again
def log_sha256(state: State, number: int | None = None) -> str | None:
    """The sha256 of the log as `decisions export FILE.jsonl` writes it; None where there is none.

    With `number` only of the events up to it.
    """
    events = [one for one in state.events if number is None or (one.number or 0) <= number]
    return digest(written(events, "jsonl").encode()) if events else None


def _stays(name: str, which: str, approved: set[str], rejected: set[str]) -> bool:
    if which == "approved":
        return name in approved
    return which == "subset" or name not in rejected


def _counts(state: State) -> dict[str, int]:
    if not state.number:
        return {}
    return {
        "approved": len(state.approved),
        "rejected": len(state.rejected),
        "unsure": len(state.unsure),
        "conflicts": len(state.conflicts),
    }
