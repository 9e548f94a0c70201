"""One field to search the pool by words, regex, meaning, latent or SQL; each gives a filter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.errors import CoreError, RequestError
from core.pipeline.filters import Filter, filtered
from core.workspace import Workspace
from pages.components import chips, state, words

NEAREST = 200  # examples that a search by meaning keeps
KIND, ASKED, ANSWER = "search.kind", "search.asked", "search.answer"


@dataclass(frozen=True, slots=True)
class Way:
    """A way to search: how its filter is made from what is typed, and how to type it."""

    title: str
    example: str
    about: str
    asked: Callable[[str], Filter]


def _latent(text: str) -> Filter:
    number = text.removeprefix("latent").strip()
    if not (number.isascii() and number.isdigit()) or len(number) > 9:
        raise RequestError(f"a latent is named by its number; seen {text!r}")
    return Filter("latent", {"latent": int(number)})


WAYS = {
    "words": Way(
        "Words",
        "words as they stand in the examples",
        "Examples that hold these words as they are typed, upper and lower case alike.",
        lambda text: Filter("words", {"text": text, "case": False}),
    ),
    "regex": Way(
        "Regex",
        "a pattern such as \\bdef \\w+\\(",
        "Examples that hold what a regular expression (RE2) matches; (?i) sets case aside.",
        lambda text: Filter("regex", {"pattern": text}),
    ),
    "meaning": Way(
        "Meaning",
        "a sentence: examples that mean alike",
        f"The {NEAREST} examples nearest to what is typed, by the cosine of their embeddings. "
        "The model in use reads the sentence.",
        lambda text: Filter("meaning", {"text": text, "count": NEAREST}),
    ),
    "latent": Way(
        "Latent",
        "the number of a latent",
        "Examples that have this latent of the sparse autoencoder.",
        _latent,
    ),
    "sql": Way(
        "SQL",
        "response_words > 200 AND source LIKE '%.jsonl'",
        "A predicate over the pool's columns in DuckDB's SQL; it can read nothing else.",
        lambda text: Filter("sql", {"predicate": text}),
    ),
}


def show(workspace: Workspace) -> None:
    """The chooser and the field; Enter adds a chip, what is wrong is said in one line."""
    kind = st.selectbox(
        "Search by",
        list(WAYS),
        format_func=lambda name: WAYS[name].title,
        key=KIND,
        persist_state="session",
        width=130,
    )
    st.text_input(
        "Search the pool",
        key=ASKED,
        placeholder=WAYS[kind].example,
        help=WAYS[kind].about,
        on_change=_add,
        args=(workspace,),
    )


def answer() -> None:
    """What was wrong with the last search, in one line."""
    said = state.remembered(ANSWER)
    if said:
        st.error(words.plain(said), icon=":material/search_off:")


def _add(workspace: Workspace) -> None:
    """Make a filter of what was typed, try it, and keep it as a chip."""
    state.forget(ANSWER)
    text = st.session_state[ASKED].strip()
    if not text:
        return
    try:
        one = WAYS[st.session_state[KIND]].asked(text)
        filtered(workspace, (one,), chosen=None)
    except CoreError as error:
        state.remember(ANSWER, str(error))
        return
    chips.add(workspace, one)
    st.session_state[ASKED] = ""
