"""Which examples, in which order, and what of them is shown: the pickers of the curate page."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.curate.state import State
from core.pipeline.queue_arranging import can_fold
from core.pipeline.queue_people import offered_shows
from core.pipeline.queue_scopes import SCOPES, Scope, cluster_choices, cluster_scope
from core.pipeline.teams import Assignment
from core.workspace import Workspace
from pages.components import (
    address,
    chips,
    curate_page_desk,
    curate_page_lists,
    curate_page_sharing,
    job_panel,
    layout,
    shell,
    state,
    words,
)
from pages.components.curate_page_desk import Wish
from pages.components.loaders import Chosen

SCOPE, ORDER, SHOW = "curate.scope", "curate.order", "curate.show"
CLUSTER, SEARCH = "curate.cluster", "curate.search"
FOLDS, OTHERS = "curate.folds", "curate.others"


def ask(
    workspace: Workspace, curator: str, chosen: Chosen, said: State, *, settings: DeltaGenerator
) -> Wish:
    """The pickers in one line; what they say stands in the address. `settings` has a place."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="curate-pickers"):
        kind = _pick("Examples", "scope", SCOPE, _scopes(workspace, said), 250)
        cluster = _cluster(workspace) if kind == "cluster" else None
        order = _pick("Order", "order", ORDER, curate_page_desk.orders(workspace), 220)
        show = _pick("Show", "show", SHOW, _shows(said, curator, kind), 210)
        typed = st.text_input(
            "Search this queue",
            key=SEARCH,
            persist_state="session",
            placeholder="words as they stand in the examples",
            width="stretch",
        )
    scope = _scope(workspace, kind, cluster, chosen, typed.strip())
    with settings:
        folds, others, share = _settings(workspace, curator, said)
    return Wish(scope, order, show, folds, others, share)


def reset() -> None:
    """Go back to the whole subset, in pick order, as far as it is not decided."""
    for key in (SCOPE, ORDER, SHOW, CLUSTER, SEARCH):
        st.session_state.pop(key, None)
    for name in ("scope", "order", "show", "cluster"):
        address.tell(name, None)


def go_to(scope: str) -> None:
    """Show another scope from the next run on."""
    st.session_state[SCOPE] = scope
    st.session_state.pop(SHOW, None)


def _pick(label: str, name: str, key: str, offered: dict[str, str], width: int) -> str:
    """One choice, kept in the address where it is not the first."""
    address.restored(name, key, offered)
    chosen = st.selectbox(
        label,
        list(offered),
        format_func=lambda one: offered.get(one, one),
        key=key,
        persist_state="session",
        width=width,
    )
    address.tell(name, None if chosen == next(iter(offered)) else chosen)
    return chosen


def _scopes(workspace: Workspace, said: State) -> dict[str, str]:
    found = dict(SCOPES)
    if not cluster_choices(workspace):
        del found["cluster"]
    if said.conflicts:
        found["disputed"] = f"{SCOPES['disputed']} ({len(said.conflicts):,})"
    return found


def _shows(said: State, curator: str, kind: str) -> dict[str, str]:
    return {"open": "not settled"} if kind == "disputed" else offered_shows(said, curator)


def _cluster(workspace: Workspace) -> str:
    return _pick("Cluster", "cluster", CLUSTER, cluster_choices(workspace), 260)


def _scope(
    workspace: Workspace, kind: str, cluster: str | None, chosen: Chosen, typed: str
) -> Scope:
    """The scope; the filters of the map are shown where they count."""
    if kind == "map":
        layout.explorer()
        chips.show(workspace, chosen=chosen.subset)
        held, _ = chips.working(workspace, chosen.subset)
        if not held:
            st.caption("The map has no filter: this is the whole pool, chosen rows first.")
            shell.link("map", "Draw a lasso or search on the map", icon=":material/scatter_plot:")
        return Scope("map", held, typed)
    if cluster is not None:
        role, label = cluster.split(":")
        found = cluster_scope(role, [int(label)])
        return Scope(found.kind, found.filters, typed)
    return Scope(kind, (), typed)


def _settings(
    workspace: Workspace, curator: str, said: State
) -> tuple[bool, bool, Assignment | None]:
    """Near-duplicates, what others said, the lists, and how the work is shared."""
    with st.expander("Settings"):
        folds = _folding(workspace)
        others = st.checkbox(
            "Show what others decided",
            key=OTHERS,
            persist_state="session",
            help="Off, everybody decides by themselves, and the agreement below says something. "
            "What people disagree on is always shown with their verdicts.",
        )
        if not state.may_write(workspace):
            return folds, others, None
        curate_page_lists.edit(workspace)
        share = curate_page_sharing.edit(workspace, curator, said)
    return folds, others, share


def _folding(workspace: Workspace) -> bool:
    """Whether near-duplicates are one card; where none were grouped, the way to find them."""
    if can_fold(workspace):
        made = workspace.in_use("duplicates")
        n = made.notes["n_groups"] if made else 0
        label = f"Near-duplicates as one card ({words.count(n, 'group')})"
        return st.checkbox(label, True, key=FOLDS, persist_state="session")
    busy = job_panel.is_busy(workspace)
    if not state.may_write(workspace):
        return False
    if st.button("Find near-duplicates", key="curate.find", disabled=busy, help="By their words."):
        job_panel.start(workspace, ["duplicates", "--method=minhash"], title="Find near-duplicates")
    return False
