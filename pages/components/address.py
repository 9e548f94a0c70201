"""What stands in a page's address, so that a reload or a link finds the page as it was left.

The session leads. A value in the address counts once, when it is new to the session: it came with
a link. What the session itself wrote there is never taken back, however late a rerun brings it.
"""

from __future__ import annotations

from collections.abc import Container

import streamlit as st

from pages.components import state


def brought(name: str) -> str | None:
    """A value that the address brings from outside; None when there is none, or it was heeded."""
    said = st.query_params.get(name)
    if said is None or said in _known(name):
        return None
    _known(name).add(said)
    return said


def tell(name: str, value: str | None) -> None:
    """Let the address say what holds now; None takes the name out of it."""
    if value is None:
        st.query_params.pop(name, None)
        return
    _known(name).add(value)
    if st.query_params.get(name) != value:
        st.query_params[name] = value


def restored(name: str, key: str, offered: Container[str]) -> None:
    """Before the widget of `key` is drawn: take what the address brings, drop what is no more."""
    said = brought(name)
    if said is not None and said in offered:
        st.session_state[key] = said
    if key in st.session_state and st.session_state[key] not in offered:
        del st.session_state[key]


def _known(name: str) -> set[str]:
    """The values of a name that this session has written or heeded."""
    known: set[str] | None = state.remembered(f"address.{name}")
    if known is None:
        known = set()
        state.remember(f"address.{name}", known)
    return known
