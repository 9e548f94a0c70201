"""Who decides: a name asked once a browser and kept there in a cookie. Nobody verifies it."""

from __future__ import annotations

import functools
from urllib.parse import unquote

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from pages.components import state
from pages.components.declared import declare

NAME = "coreset-atlas.curator"
COOKIE = "coreset-atlas-curator"
WHO = "curate.who"
LONGEST = 60  # letters
UNVERIFIED = (
    "Nobody checks this name: whoever uses this browser decides under it. It is kept in this "
    "browser and stands beside each decision."
)


def curator() -> str | None:
    """The name under which this browser decides, None where it was not asked yet."""
    held: str | None = state.remembered(WHO)
    if held is None:
        held = clean(unquote(st.context.cookies.get(COOKIE, ""), errors="replace"))
        state.remember(WHO, held)
    return held or None


def clean(text: str) -> str:
    """A name on one line without invisible characters, at most LONGEST letters long."""
    line = "".join(one if one.isprintable() else " " for one in text)
    return " ".join(line.split())[:LONGEST].strip()


def ask(before: str = "") -> None:
    """Ask for the name; the page begins anew with it."""
    with st.form("curate.who", width=520, clear_on_submit=False):
        typed = st.text_input(
            "Your name",
            before,
            key="curate.name",
            max_chars=LONGEST,
            placeholder="as the others know you",
            help=UNVERIFIED,
        )
        st.caption("Unverified: it tells your decisions from those of others, and proves nothing.")
        done = st.form_submit_button("Begin to decide", type="primary")
    if not done:
        return
    if not clean(typed):
        st.warning("A name has at least one letter.", icon=":material/badge:")
        return
    state.remember(WHO, clean(typed))
    st.rerun()


def keep(name: str) -> None:
    """Let the browser keep the name."""
    declare(NAME, "curator")
    with st.container(key="curator-kept", height=1, border=False):
        _component()(key="curate.kept", data={"cookie": COOKIE, "name": name})


def shown(name: str) -> None:
    """Whose decisions these are, and the way to change that."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="curate-who"):
        st.text(f"Deciding as {name}", width="content")
        st.badge("unverified", color="gray", help=UNVERIFIED)
        with st.popover("Change", type="tertiary"):
            ask(name)


@functools.cache
def _component() -> ComponentRenderer:
    return st.components.v2.component(NAME, js="index.js")
