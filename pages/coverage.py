"""Coverage: what the subset shows of what the pool can show, by rows, by part, by threshold."""

from __future__ import annotations

if __name__ == "coverage":  # numba looks for the package of that name, and may look here
    raise ImportError("this is a page, not the package coverage")

import streamlit as st

from core.workspace import Workspace
from pages.components import (
    coverage_curves_view,
    coverage_length_view,
    coverage_next_view,
    coverage_parts_view,
    coverage_threshold_view,
    job_panel,
    loaders,
    shell,
    staleness,
    state,
)

WHAT = "Here coverage of latents is drawn against rows for every method that was solved."


def main() -> None:
    """The page from top to bottom."""
    workspace = shell.begin(
        "Coverage", "How much of what the pool can show a subset shows, and where it falls short."
    )
    with state.shown_errors():
        job_panel.show(workspace, "extract", "select", "thresholds", "run")
        if loaders.in_use(workspace, "pool") is None:
            shell.empty(f"{WHAT} It begins with a dataset.", "Read a dataset", "dataset")
        if loaders.in_use(workspace, "features") is None:
            staleness.stop(workspace, "selection", "features", here="coverage")
            shell.empty(f"{WHAT} A model has to read the rows first.", "Read with a model", "model")
        sections(workspace)


def sections(workspace: Workspace) -> None:
    """The curves above; below, one question a tab."""
    chosen = loaders.chosen(workspace)
    staleness.show(workspace, "selection", here="coverage")
    coverage_curves_view.show(workspace, chosen)
    names = ["Parts of the pool", "Next rows", "Length", "Threshold"]
    parts, following, length, threshold = st.tabs(names)
    with parts:
        coverage_parts_view.show(workspace, chosen)
    with following:
        coverage_next_view.show(workspace, chosen)
    with length:
        coverage_length_view.show(workspace, chosen)
    with threshold:
        coverage_threshold_view.show(workspace, chosen)


main()
