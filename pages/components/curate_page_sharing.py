"""Sharing the work: who decides what, by a hash of the example's id, with an overlap."""

from __future__ import annotations

import streamlit as st

from core.curate.assignment import Rule
from core.curate.state import State
from core.pipeline.teams import Assignment, assign, assignment
from core.workspace import Workspace
from pages.components import state

ONLY_MINE = "curate.only_mine"
ABOUT = (
    "Each example falls to one of these people by a hash of its id, and the overlap to several, "
    "so that agreement can be measured. Who joins or leaves moves only their own share."
)


def edit(workspace: Workspace, curator: str, said: State) -> Assignment | None:
    """Change who shares the work; gives the rule that this curator's queue is to follow."""
    now = assignment(workspace)
    follows = _followed(now, curator)
    with st.popover("Share the work", icon=":material/group:"):
        st.caption(ABOUT)
        with st.form("curate.sharing", border=False):
            known = now.rule.curators if now else list(dict.fromkeys([curator, *said.curators]))
            names = st.text_area(
                "Names, one a line",
                "\n".join(known),
                key="curate.sharing.names",
                help="Exactly as each person calls themselves in their browser.",
            )
            overlap = st.slider(
                "Overlap",
                0,
                100,
                round(100 * now.rule.overlap) if now else 20,
                format="%d %%",
                key="curate.sharing.overlap",
                help="Share of the examples that several people decide.",
            )
            judges = st.number_input(
                "People for each of these",
                2,
                200,
                now.rule.judges if now else 2,
                key="curate.sharing.judges",
            )
            done = st.form_submit_button("Share the work", disabled=not state.may_write(workspace))
        if done:
            with state.shown_errors():
                people = tuple(dict.fromkeys(" ".join(n.split()) for n in names.splitlines()))
                rule = Rule(tuple(one for one in people if one), overlap / 100, int(judges))
                assign(workspace, rule, by=curator)
            st.rerun()
    return follows


def _followed(now: Assignment | None, curator: str) -> Assignment | None:
    """The rule in force, where this curator is in it and wants to see their share alone."""
    if now is None:
        return None
    rule = now.rule
    told = ", ".join(rule.curators)
    several = f"{100 * rule.overlap:.0f} % decided by {rule.judges}"
    st.text(f"Shared among {told}; {several}; set by {now.by}.")
    if curator not in rule.curators:
        st.caption("You are not among them, so you see every example.")
        return None
    wanted = st.checkbox("Only what falls to me", True, key=ONLY_MINE, persist_state="session")
    return now if wanted else None
