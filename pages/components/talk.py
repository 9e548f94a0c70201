"""The keys of every page: T for a talk, ? for the list of keys, / for the search."""

from __future__ import annotations

import functools

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from pages.components.declared import declare

NAME = "coreset-atlas.talk"


EVERYWHERE = (
    ("T", "hide everything but the page, for a talk"),
    ("/", "search, where the page has a search"),
    ("?", "this list; on a map in focus, the keys of the map"),
    ("Shift Space", "in a table, pick the line of the cursor; arrows move it"),
    ("Esc", "close, clear, end the talk view"),
)


def keys(*own: tuple[str, str]) -> None:
    """Listen for them, none of which needs the server; `own` are further keys of the page."""
    declare(NAME, "talk")
    with st.container(key="talk", height=1, border=False):
        _component()(key="talk.key", data={"keys": [*own, *EVERYWHERE]})


@functools.cache
def _component() -> ComponentRenderer:
    return st.components.v2.component(NAME, js="index.js", css="talk.css")
