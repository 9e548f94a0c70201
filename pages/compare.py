"""Compare: two to six subsets held against each other, and against chance and length."""

from __future__ import annotations

import streamlit as st

from core.pipeline.comparison_members import Offer, offers
from core.workspace import Workspace
from pages.components import (
    address,
    compare_choice,
    compare_coverage,
    compare_lengths,
    compare_metrics,
    compare_numbers,
    compare_overlap,
    compare_scene,
    job_panel,
    loaders,
    shell,
    staleness,
    state,
)
from pages.components.compare_scene import Scene

WHAT = "Here subsets are held against each other: what they share, and what only one of them has."
VIEWS = {
    "overlap": ("Overlap", compare_overlap.show),
    "coverage": ("Coverage", compare_coverage.show),
    "length": ("Length", compare_lengths.show),
    "metrics": ("Metrics and seeds", compare_metrics.show),
}


def main() -> None:
    """The page from top to bottom."""
    workspace = shell.begin(
        "Compare",
        "What two or more subsets share, where they differ, and whether either beats chance.",
        ("J K", "next and previous example of the table"),
        ("← → Enter", "among the intersections: go along, show the rows of one"),
    )
    with state.shown_errors():
        job_panel.show(workspace, "compare", "select", "project", "run")
        if loaders.in_use(workspace, "pool") is None:
            shell.empty(f"{WHAT} It begins with a dataset.", "Read a dataset", "dataset")
        staleness.show(workspace, "selection", here="compare")
        offered = offers(workspace)
        nothing_yet(offered)
        compared(workspace, offered)


def nothing_yet(offered: tuple[Offer, ...]) -> None:
    """What to do where nothing was chosen, or only one subset was."""
    mine = compare_choice.mine(offered)
    if len(mine) > 1:
        return
    told = (
        "No subset is chosen yet, so only chance and length can be compared. Choose a subset, or "
        "bring somebody else's by Bring a file."
        if not mine
        else "Only one subset was made so far: it stands beside random rows and the longest "
        "responses. Choose another one by another method, or bring somebody else's by Bring a file."
    )
    st.text(told)
    shell.link("subset", "Choose a subset", icon=":material/checklist:")


def compared(workspace: Workspace, offered: tuple[Offer, ...]) -> None:
    """The choice, the numbers, and one view of the comparison."""
    asked = compare_choice.show(workspace, offered)
    if len(asked.keys) < 2:
        st.text("Pick two to six subsets above to hold them against each other.")
        return
    scene = compare_scene.scene(workspace, asked)
    compare_numbers.show(scene)
    view(which_view(), scene)


def which_view() -> str:
    """The view that is open; a link opens its own."""
    address.restored("see", "compare.view", VIEWS)
    st.session_state.setdefault("compare.view", "overlap")
    name = st.segmented_control(
        "View",
        list(VIEWS),
        required=True,
        format_func=lambda one: VIEWS[one][0],
        key="compare.view",
        persist_state="session",
        label_visibility="collapsed",
    )
    address.tell("see", name if name != "overlap" else None)
    return str(name)


@st.fragment
def view(name: str, scene: Scene) -> None:
    """One view, which answers to the hand by itself."""
    with state.shown_errors():
        VIEWS[name][1](scene)


main()
