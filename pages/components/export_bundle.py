"""A share bundle from a page: what goes in, the button that packs it, and those that are there."""

from __future__ import annotations

import streamlit as st

from core.pipeline.bundle.kept import FOLDER, Kept, kept
from core.workspace import Workspace
from pages.components import downloads, job_panel, loaders, words
from pages.components.code_block import code_block

ABOUT = (
    "One zip of what is in use: map, clusters, features, subsets and decisions. It opens in this "
    "app read-only, without the model and without a GPU."
)
ABOUT_TEXTS = (
    "Chosen rows first, then the strongest examples of the latents, then others by chance."
)


def show(workspace: Workspace) -> None:
    """The section at the foot of the export page; nothing in a share bundle itself."""
    if workspace.read_only:
        return
    found = kept(workspace)
    with st.expander("Share bundle", icon=":material/folder_zip:"):
        st.caption(ABOUT)
        _ask(workspace)
        if found:
            _newest(found[0])
        if len(found) > 1:
            rest = words.count(len(found) - 1, "older bundle")
            st.caption(f"{rest} in {words.plain(str(found[0].file.parent))}")


def _ask(workspace: Workspace) -> None:
    n_rows = int(loaders.in_use(workspace, "pool").notes["n_rows"])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        n_texts = st.number_input(
            "Rows with their text",
            1,
            n_rows,
            n_rows,
            key="export.bundle.texts",
            help=ABOUT_TEXTS,
            width=220,
        )
        decisions = st.toggle("With the decisions", value=True, key="export.bundle.decisions")
        busy = job_panel.is_busy(workspace)
        if st.button("Pack a share bundle", key="export.bundle.pack", disabled=busy):
            arguments = ["bundle", f"--out={workspace.root / FOLDER}", f"--texts={n_texts}"]
            arguments += [] if decisions else ["--no-decisions"]
            job_panel.start(workspace, arguments, title="Pack a share bundle")


def _newest(one: Kept) -> None:
    st.text(f"{one.file.name}, {words.size(one.n_bytes)}")
    if one.n_bytes > downloads.MAX_BYTES:
        st.text("That is too much for a browser; copy the file.")
    else:
        file = downloads.Download("Download the bundle", one.file.name, one.content, one.data)
        downloads.show([file], key=f"export.bundle.{one.content}")
    key = f"export.bundle.open.{one.content}"
    code_block(one.command, name="Command that opens it", key=key)
