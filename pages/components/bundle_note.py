"""What a share bundle is and lacks, said on every page of it."""

from __future__ import annotations

import streamlit as st

from core.pipeline.bundle.opening import read_record
from core.workspace import Workspace
from pages.components import words


def show(workspace: Workspace) -> None:
    """A note in a share bundle; nothing in a workspace of one's own."""
    if not workspace.read_only:
        return
    record = read_record(workspace.root)
    with st.container(border=True, gap="small", key="bundle-note"):
        st.markdown(":material/lock: **Share bundle, read-only**")
        texts = words.share(record.n_texts, record.n_rows, "texts")
        st.caption(f"Holds {texts} and {words.count(record.n_events, 'decision')}.")
        about = "; ".join(record.left_out)
        st.caption("Nothing can be made or changed here.", help=words.plain(f"Left out: {about}."))
