"""Export: choose rows and format, see the first lines, write, and take the file away."""

from __future__ import annotations

import streamlit as st

from core.pipeline import exported
from core.workspace import Workspace
from pages.components import (
    export_bundle,
    export_format,
    export_kept,
    export_rows,
    export_write,
    job_panel,
    layout,
    loaders,
    shell,
    staleness,
    state,
)


def main() -> None:
    """The page from top to bottom."""
    workspace = shell.begin(
        "Export", "Write the chosen rows as a training file, with what it takes to make it again."
    )
    job_panel.show(workspace, "export", "bundle")
    chosen = loaders.chosen(workspace)
    with state.shown_errors():
        kept = exported.listed(workspace)
        told = staleness.show(workspace, "selection", here="export")
        if chosen is None and not kept and not told:
            shell.empty(
                "Once a subset is chosen, this page writes it as a file that a trainer reads, with "
                "a manifest to make it again and a card to publish it with.",
                "Choose a subset first",
                "subset",
            )
        if chosen is not None:
            make(workspace, chosen, taken={one.name for one in kept})
        export_kept.show(workspace, kept)
        export_bundle.show(workspace)


def make(workspace: Workspace, chosen: loaders.Chosen, *, taken: set[str]) -> None:
    """Rows and format at the left with the first lines, the button at the right."""
    what, how = layout.split("export")
    with how, st.container(border=True):
        st.subheader("Rows", anchor=False)
        record, planned = export_rows.choose(workspace, chosen)
        place = st.container()
    with what:
        formats, first = st.columns([2, 3], gap="medium")
        with formats:
            form, options = export_format.choose()
        with first:
            found = export_format.show(workspace, planned, form, options)
    n_rows = None if found is None else len(planned.ids) - sum(found.refused.values())
    with place:
        wanted = export_write.Wanted(record, planned, form, options, n_rows)
        export_write.ask(workspace, wanted, taken=taken)


main()
