"""Curate: approve and reject example after example by keyboard, and re-select around that."""

from __future__ import annotations

import streamlit as st

from core.pipeline.decisions import decided
from core.workspace import Workspace
from pages.components import (
    curate_page_again,
    curate_page_guide,
    curate_page_hand,
    curate_page_people,
    curate_page_pickers,
    curate_page_strokes,
    curate_page_who,
    job_panel,
    layout,
    loaders,
    shell,
    staleness,
    state,
    words,
)
from pages.components.curate_hand import KEYS
from pages.components.curate_page_desk import Desk, desk
from pages.components.loaders import Chosen

LOOKING = "nobody"  # who looks at a share bundle, in which nothing is decided
PANELS = {
    "again": "What re-selecting changed",
    "conflicts": "Conflicts",
    "people": "Who decided what",
    "agreement": "Agreement",
}


def main() -> None:
    """The page from top to bottom."""
    workspace = shell.begin(
        "Curate",
        "Decide example after example; what is approved stays in every later subset, and what is "
        "rejected stays out.",
        *KEYS,
    )
    with state.shown_errors():
        job_panel.show(workspace, "select", "duplicates")
        chosen = guarded(workspace)
        name = LOOKING if workspace.read_only else curate_page_who.curator()
        if name is None:
            st.text(f"{words.count(chosen.budget, 'chosen example')} wait for a verdict.")
            curate_page_who.ask()
            return
        if not workspace.read_only:
            curate_page_who.keep(name)
        bench(name)


def guarded(workspace: Workspace) -> Chosen:
    """The subset in view; where there is none, the one step that is missing."""
    if loaders.in_use(workspace, "pool") is None:
        shell.empty(
            "Here you approve and reject examples one by one. It begins with a dataset.",
            "Read a dataset",
            "dataset",
        )
    chosen = loaders.chosen(workspace)
    if chosen is None:
        staleness.stop(workspace, "selection", here="curate")
        shell.empty(
            "Here you approve and reject the examples of a subset one by one; the next selection "
            "keeps to that. It begins with a subset.",
            "Choose a subset",
            "subset",
        )
    return chosen


@st.fragment
def bench(name: str) -> None:
    """Everything that answers to the hand: what was decided is stored first of all."""
    with state.shown_errors():
        workspace = state.workspace()
        chosen = guarded(workspace)
        curate_page_hand.commit(workspace, name)
        said = decided(workspace)
        top = st.container()
        instrument, side = layout.split("curate")
        beside, settings = side.container(), side.container()
        with top:
            wish = curate_page_pickers.ask(workspace, name, chosen, said, settings=settings)
        here = desk(workspace, name, wish, chosen, said=said)
        shell.told_verdicts(workspace, said)
        with instrument:
            front = curate_page_hand.show(here)
            if not len(here.left):
                nothing_left(here)
        with beside:
            inspector(here, front)
        panels(here)


def inspector(here: Desk, front: str | None) -> None:
    """Whose hand it is, what can be done with the decisions, and what they are made by."""
    if not here.workspace.read_only:
        curate_page_who.shown(here.curator)
    curate_page_again.offer(here)
    curate_page_strokes.undo_stroke(here)
    curate_page_strokes.rest_of_cluster(here, front)
    curate_page_guide.show(here.workspace, here.curator)


def nothing_left(here: Desk) -> None:
    """Why there is no card, and the one button that gets on."""
    with st.container(border=True):
        if not len(here.found.queue) or here.wish.show not in ("open", "untouched"):
            st.text("No example of this queue is to be shown.")
            st.button("Show the subset", key="curate.reset", on_click=curate_page_pickers.reset)
        elif here.wish.scope.kind != "subset" or here.wish.scope.words:
            n = words.count(here.n_done, "example")
            st.text(f"Everything in this queue is decided: {n}.")
            st.button("Back to the subset", key="curate.reset", on_click=curate_page_pickers.reset)
        else:
            n = words.count(here.n_done, "example")
            st.text(f"Every example of the subset is decided: {n}.")
            st.button(
                "Go on with its runners-up",
                key="curate.further",
                on_click=curate_page_pickers.go_to,
                args=("runners-up",),
            )


def panels(here: Desk) -> None:
    """What several decisions come to; one panel at a time."""
    n_conflicts = len(here.said.conflicts)
    titles = PANELS | {"conflicts": f"Conflicts ({n_conflicts:,})"} if n_conflicts else PANELS
    panel = st.segmented_control(
        "More of the decisions",
        list(PANELS),
        format_func=lambda one: titles[one],
        default="again",
        required=True,
        key="curate.panel",
        label_visibility="collapsed",
    )
    if panel == "again":
        if not curate_page_again.shown(here.workspace, here.chosen):
            st.caption(
                "After re-selecting around the decisions, this tells which examples left the "
                "subset, which came in for them, and what that cost in coverage."
            )
    elif panel == "conflicts":
        curate_page_people.conflicts(here)
    elif panel == "people":
        curate_page_people.who_decided(here)
    else:
        curate_page_people.agreement(here)


main()
