"""What several curators share: who decides what, the guideline, and how far they agree."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.curate.agreement import Agreement
from core.curate.agreement import agreement as agreement_of
from core.curate.assignment import Rule, assigned, judges_of
from core.curate.records import MOST_NAME, UNSTORABLE
from core.curate.state import State
from core.errors import RequestError
from core.pipeline.decision_books import book_of
from core.workspace import Workspace

LONGEST_GUIDELINE = 20_000  # characters


@dataclass(frozen=True, slots=True)
class Guideline:
    """What curators decide by, as of one change."""

    text: str
    by: str
    at: float  # seconds since 1970


@dataclass(frozen=True, slots=True)
class Assignment:
    """A rule that divides examples among curators, and who made it."""

    rule: Rule
    by: str
    at: float  # seconds since 1970

    def of(self, curator: str, examples: Sequence[str]) -> tuple[str, ...]:
        """Those of the examples that fall to a curator, in their order; none to a stranger."""
        return assigned(self.rule, examples).get(curator, ()) if examples else ()

    def judges_of(self, example: str) -> tuple[str, ...]:
        """The curators to whom one example falls."""
        return judges_of(self.rule, example)


def guideline(workspace: Workspace) -> Guideline | None:
    """The guideline that holds now; None where nobody wrote one."""
    found = guidelines(workspace)
    return found[-1] if found else None


def guidelines(workspace: Workspace) -> tuple[Guideline, ...]:
    """Every guideline that ever held, oldest first."""
    return tuple(
        Guideline(row["text"], row["by"], row["at"]) for row in _history(workspace, "guidelines")
    )


def set_guideline(workspace: Workspace, text: str, *, by: str) -> None:
    """Let a text hold from now on; the one before stays in the history.

    Raises RequestError for a text that is too long or cannot be stored.
    """
    if len(text) > LONGEST_GUIDELINE or UNSTORABLE.search(text):
        raise RequestError(
            f"a guideline has {LONGEST_GUIDELINE:,} characters at most, none of them NUL; "
            f"seen {len(text):,}"
        )
    _add(workspace, "guidelines", {"text": text, "by": _named(by)})


def assignment(workspace: Workspace) -> Assignment | None:
    """The rule that divides the examples now; None where everybody decides everything."""
    found = _history(workspace, "assignments")
    if not found:
        return None
    row = found[-1]
    rule = Rule(tuple(json.loads(row["curators"])), row["overlap"], row["judges"])
    return Assignment(rule, row["by"], row["at"])


def assign(workspace: Workspace, rule: Rule, *, by: str) -> None:
    """Divide the examples by a rule from now on; what was decided stays."""
    values = {
        "curators": json.dumps(rule.curators, ensure_ascii=False),
        "overlap": rule.overlap,
        "judges": rule.judges,
        "by": _named(by),
    }
    _add(workspace, "assignments", values)


def agreement(workspace: Workspace) -> Agreement:
    """How far the curators of the project agree, by what each said before any resolution."""
    return _agreement(book_of(workspace).state())


@lru_cache(maxsize=4)
def _agreement(state: State) -> Agreement:
    said = {name: state.verdicts_of(name) for name in state.curators}
    return agreement_of({name: own for name, own in said.items() if own})


def _named(by: str) -> str:
    if not by.strip() or len(by) > MOST_NAME or UNSTORABLE.search(by):
        raise RequestError(f"whoever changes this has a name of 1 to {MOST_NAME} characters")
    return by


def _history(workspace: Workspace, table: str) -> list[Any]:
    store = book_of(workspace).store(make=False)
    return [] if store is None else store.history(table)


def _add(workspace: Workspace, table: str, values: dict[str, Any]) -> None:
    workspace.refuse_read_only()
    store = book_of(workspace).store(make=True)
    if store is not None:
        store.add(table, values)
