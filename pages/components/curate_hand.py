"""The hand of the curate page: a typed wrapper around the keyboard component in assets/curate.

A page commits what it is told and answers in the same run:

    said = last_hand(settings=settings, key=KEY)
    answers = {...}  # event id -> STORED or refused(why), for each of said.events
    curate_hand(cards, decided=answers, settings=settings, key=KEY)
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from pages.components import reader, state
from pages.components.curate_cards import MOST_CARDS, Card, HandSpec, Near, Opinion, hand_json
from pages.components.curate_said import STORED, HandEvent, answered, heard, is_answer, refused
from pages.components.declared import declare

NAME = "coreset-atlas.curate"
KEYS = (
    ("A", "approve; with Shift its near-duplicates too"),
    ("X", "reject; with Shift its near-duplicates too"),
    ("S", "skip: unsure"),
    ("Z or Ctrl Z", "take back the last decision"),
    ("J K or \u2192 \u2190", "next and previous, without deciding"),
    ("1 to 9", "tags"),
    ("N or Enter", "into the note; Escape out of it"),
    ("R", "to the reasons; a number or the arrows choose one"),
    ("Space", "further down in the text"),
)

__all__ = [
    "KEYS", "MOST_CARDS", "STORED", "Card", "HandEvent", "HandSpec", "Near", "Opinion",
    "curate_hand", "last_hand", "refused",
]  # fmt: skip


def curate_hand(
    queue: Sequence[Card], *, decided: Mapping[str, str], settings: HandSpec, key: str
) -> HandEvent:
    """Show the queue's next cards and return what the hand did that is not answered yet.

    `decided` answers events by their id, with STORED or `refused(why)`. What is of a bad form is
    refused here. An answer is given again until the browser no longer asks for it, so that none is
    lost with a run that was overtaken. The component keeps the card in front whatever `queue` says,
    as long as `settings.queue` is the same.
    """
    declare(NAME, "curate")
    declare(reader.NAME, "reader")  # its text and its dress are shared
    event = last_hand(settings=settings, key=key)
    given = {**_known_answers(key), **event.malformed, **decided}
    known = {one: text for one, text in given.items() if one in event.asked and is_answer(text)}
    state.remember(_answers_of(key), known)
    with st.container(key=f"hand-{key}"):  # keeps its room while the component is on its way
        _component()(key=key, data=hand_json(queue, known, settings), on_hand_change=_nothing)
    return answered(event, known)


def last_hand(*, settings: HandSpec, key: str) -> HandEvent:
    """What the hand did that is not answered yet, before it is drawn in this run.

    So a page can commit first and answer in the same run.
    """
    done = st.session_state.get(key) or {}
    return answered(heard(done.get("hand"), settings=settings), _known_answers(key))


def _answers_of(key: str) -> str:
    return f"hand.{key}"


def _known_answers(key: str) -> dict[str, str]:
    """Answers given before whose events the browser may still hold."""
    return dict(state.remembered(_answers_of(key), {}))


@functools.cache
def _component() -> ComponentRenderer:
    return st.components.v2.component(NAME, js="index.js", css="curate.css")


def _nothing() -> Any:
    """A callback is what makes Streamlit keep a value."""
