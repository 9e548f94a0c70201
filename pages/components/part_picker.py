"""By which clusters or column the pool is cut into parts, asked the same way on every page."""

from __future__ import annotations

import streamlit as st

from core.pipeline import cuts
from core.workspace import Workspace
from pages.components import words


def ask(workspace: Workspace, *, about: str, key: str) -> str | None:
    """The cut that is picked, under its heading; None, which is said, where nothing can be cut."""
    found = cuts.cuts(workspace)
    if not found:
        st.text("The pool has no clusters and no column with several values yet.")
        return None
    st.subheader("By part of the pool", anchor=False, help=about)
    return st.segmented_control(
        "Part by",
        list(found),
        format_func=lambda one: words.plain(found[one]),
        default=next(iter(found)),
        required=True,
        key=key,
        label_visibility="collapsed",
    )
