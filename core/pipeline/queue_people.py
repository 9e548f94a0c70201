"""What of a queue is shown to a curator: what is open, what they did, what somebody else did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.curate.records import Event
from core.curate.state import State
from core.pipeline.queue_places import places, rows_by
from core.records import Rows
from core.workspace import Workspace

SHOWS = {
    "open": "not decided by me",
    "untouched": "not decided by anybody",
    "mine": "decided by me",
    "skipped": "skipped by me",
}
BY = "by:"  # begins the name of another person's decisions


@dataclass(frozen=True, slots=True)
class Words:
    """A curator's own verdict, reason, note and tags on an example."""

    verdict: str | None = None
    reason: str = ""
    note: str = ""
    tags: tuple[str, ...] = ()


def offered_shows(state: State, curator: str) -> dict[str, str]:
    """What of a queue can be shown, with the titles; everybody else who decided is one of them."""
    others = [name for name in state.curators if name != curator]
    return SHOWS | {f"{BY}{name}": f"decided by {name}" for name in others}


def left_out(workspace: Workspace, state: State, curator: str, show: str) -> Rows | None:
    """The rows that a view leaves out as done; None where it is `only_shown` that counts."""
    if show == "open":
        return rows_by(workspace, state, curator)
    if show == "untouched":
        return places(workspace).of(state.examples)
    return None


def only_shown(workspace: Workspace, state: State, curator: str, show: str) -> Rows:
    """The rows that a view of what is decided keeps."""
    if show == "mine":
        return rows_by(workspace, state, curator)
    if show == "skipped":
        return rows_by(workspace, state, curator, "unsure")
    return rows_by(workspace, state, show.removeprefix(BY))


def kept(rows: Rows, among: Rows) -> Rows:
    """Those of `rows` that are in `among`, in their order."""
    return rows[np.isin(rows, among)]


def own_words(state: State, curator: str, examples: Sequence[str]) -> dict[str, Words]:
    """What a curator said of each of some examples, where they said anything."""
    wanted, found = set(examples), dict[str, Words]()
    for event in state.events_of(curator):
        if event.example in wanted:
            found[event.example] = _after(found.get(event.example, Words()), event)
    return found


def last_stroke(state: State, curator: str) -> tuple[str, int] | None:
    """The batch that a curator decided last and did not take back, and how many it holds.

    None where a single decision came after it.
    """
    said = [one for one in state.events_of(curator) if one.verdict is not None]
    if not said or said[-1].batch is None:
        return None
    batch = said[-1].batch
    return batch, sum(one.batch == batch for one in said)


def _after(before: Words, event: Event) -> Words:
    """A verdict changes what it brings; a note event changes note and tags."""
    if event.verdict is None:
        return Words(before.verdict, before.reason, event.note, event.tags)
    return Words(event.verdict, event.reason, event.note or before.note, event.tags or before.tags)
