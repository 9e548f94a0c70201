"""The talk key on every page: T hides all chrome and enlarges the type, without the server."""

from __future__ import annotations

import functools

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from pages.components.declared import declare

NAME = "coreset-atlas.talk"


def key() -> None:
    """Listen for the key; the element itself takes no room."""
    declare(NAME, "talk")
    with st.container(key="talk", height=1, border=False):
        _component()(key="talk.key", data=None)


@functools.cache
def _component() -> ComponentRenderer:
    return st.components.v2.component(NAME, js="index.js", css="talk.css")
