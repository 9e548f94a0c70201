"""Heeding the hand: what it decided is stored, answered, and the next cards are laid out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.curate.records import ConflictError, Event
from core.errors import CoreError, DataError, WorkspaceError
from core.pipeline.decision_books import project_name
from core.pipeline.decisions import decide
from core.workspace import Workspace
from pages.components import curate_page_lists, state, words
from pages.components.curate_hand import STORED, HandSpec, curate_hand, last_hand, refused
from pages.components.curate_page_cards import next_cards
from pages.components.curate_page_desk import Desk

KEY = "curate.hand"
ANSWERS = "curate.answers"  # given in this run
PROBLEM = "curate.problem"
REFUSALS = (ConflictError, DataError, WorkspaceError)  # sent again they would fail again


def commit(workspace: Workspace, curator: str) -> None:
    """Store what the hand decided since; the answers go back with the next cards.

    Where the store is out of reach nothing is answered, and the hand sends it again.
    """
    said = last_hand(settings=_spec(workspace, curator), key=KEY)
    state.forget(PROBLEM)
    answers: dict[str, str] = {}
    try:
        answers = _stored(workspace, said.events)
    except CoreError as error:
        state.remember(PROBLEM, str(error))
    state.remember(ANSWERS, answers)


def show(desk: Desk) -> str | None:
    """The hand over its next cards; gives the example in front."""
    problem = state.remembered(PROBLEM)
    if problem:
        st.error(words.plain(f"Not stored yet: {problem}"), icon=":material/cloud_off:")
    hand = last_hand(settings=_spec(desk.workspace, desk.curator), key=KEY)
    bring = (hand.wanted, hand.turn) if hand.wanted else None
    spec = _spec(
        desk.workspace,
        desk.curator,
        queue=desk.name,
        n_decided=desk.n_done,
        n_left=len(desk.left),
        bring=bring,
        meanwhile=_meanwhile(desk, hand.held),
    )
    cards = next_cards(desk, hand.wanted, hand.at)
    answers = state.remembered(ANSWERS, {})
    return curate_hand(cards, decided=answers, settings=spec, key=KEY).at


def _stored(workspace: Workspace, events: Sequence[Event]) -> dict[str, str]:
    """The answer to each event: all at once, or one by one where one of them cannot be."""
    if not events:
        return {}
    try:
        decide(workspace, events)
    except REFUSALS as error:
        if len(events) == 1:
            return {events[0].id: refused(str(error))}
        return {name: said for one in events for name, said in _stored(workspace, [one]).items()}
    return {one.id: STORED for one in events}


def _meanwhile(desk: Desk, held: Sequence[str]) -> dict[str, str]:
    """Cards in hand that somebody else decided since, where the queue is what nobody decided."""
    if desk.wish.show != "untouched":
        return {}
    known = {one: desk.said.of(one) for one in held}
    return {
        one: "Somebody else has decided it meanwhile; a verdict given here stands beside theirs."
        for one, said in known.items()
        if said is not None and set(said.by) - {desk.curator}
    }


def _spec(
    workspace: Workspace,
    curator: str,
    *,
    queue: str = "",
    n_decided: int = 0,
    n_left: int = 0,
    bring: tuple[str, int] | None = None,
    meanwhile: Mapping[str, str] | None = None,
) -> HandSpec:
    lists = curate_page_lists.lists(workspace)
    return HandSpec(
        store=f"{workspace.root.absolute()}\n{project_name()}",
        curator=curator,
        queue=queue,
        tags=lists.tags,
        reasons=lists.reasons,
        n_decided=n_decided,
        n_left=n_left,
        bring=bring,
        meanwhile=meanwhile or {},
        may_decide=state.may_write(workspace),
    )
