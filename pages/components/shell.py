"""How every page begins: title, purpose, the workspace, and the budget bar in the sidebar."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import streamlit as st
from streamlit.errors import StreamlitAPIException

from core.curate.state import State
from core.pipeline.decisions import decided
from core.pipeline.remaking import remake
from core.pipeline.stale import stale
from core.workspace import Workspace
from pages.components import bundle_note, loaders, state, talk, words

PAGES = Path(__file__).parents[1]
STYLE = PAGES.parent / "assets" / "app.css"
VERDICTS = "shell.verdicts"  # the place in the budget bar where they are counted


def begin(title: str, purpose: str, *keys: tuple[str, str]) -> Workspace:
    """Draw the head of a page and the budget bar; gives the workspace of this session.

    `keys` are those the page answers to, each with what it does.
    """
    st.html(STYLE)
    talk.keys(*keys)
    st.title(title, anchor=False)
    st.caption(purpose)
    with state.shown_errors():
        workspace = state.workspace()
        with st.sidebar:
            bundle_note.show(workspace)
            _budget_bar(workspace)
    return workspace


def empty(what: str, action_label: str, page: str) -> NoReturn:
    """End a page that has nothing to show yet: what it will show, and the link that gets there.

    `page` is a page's name, such as 'dataset'.
    """
    with st.container(border=True):
        st.markdown(what)
        link(page, action_label, icon=":material/arrow_forward:")
    st.stop()


def link(
    page: str,
    label: str,
    *,
    icon: str | None = None,
    help: str | None = None,
    query: Mapping[str, str] | None = None,
) -> None:
    """A link to another page by its name; plain text where a page runs without the frame.

    `query` goes into its address.
    """
    where = str(PAGES / f"{page}.py")
    try:
        st.page_link(where, label=label, icon=icon, help=help, query_params=query)
    except StreamlitAPIException:
        st.text(label)


def told_verdicts(workspace: Workspace, said: State | None = None) -> None:
    """Say in the budget bar how much is approved and rejected so far, and by how many conflicts.

    A fragment that stores decisions calls it again: the bar stands outside of it.
    """
    place = state.remembered(VERDICTS)
    if place is None:
        return
    said = said or decided(workspace)
    if not said.examples:
        place.empty()
        return
    parts = [
        f":green[:material/check: {len(said.approved):,} approved]",
        f":orange[:material/close: {len(said.rejected):,} rejected]",
    ]
    if said.conflicts:
        parts.append(f":material/call_split: {words.count(len(said.conflicts), 'conflict')}")
    place.markdown("  \n".join(parts))


def _budget_bar(workspace: Workspace) -> None:
    """The thread through the pages: what is chosen, out of what, and what it covers."""
    chosen = loaders.chosen(workspace)
    with st.container(border=True, gap="small", key="budget-bar"):
        if chosen is None:
            _nothing_chosen(workspace)
            return
        st.markdown(
            f"**{words.count(chosen.budget, 'row')}** by {words.plain(chosen.order.method)}"
        )
        _coverage(chosen)
        state.remember(VERDICTS, st.empty())
        told_verdicts(workspace)
        link("subset", "Change the subset", icon=":material/checklist:")


def _coverage(chosen: loaders.Chosen) -> None:
    if chosen.covered is None or not chosen.n_reachable:
        return
    text = words.share(chosen.covered, chosen.n_reachable, "latents")
    st.progress(min(chosen.covered / chosen.n_reachable, 1.0), text=f"{text} covered")


def _nothing_chosen(workspace: Workspace) -> None:
    """What there is to choose from, or what the last choice was made on and no longer holds."""
    former, pool = stale(workspace, "selection"), loaders.in_use(workspace, "pool")
    if former is not None:
        step = remake(workspace, former)
        st.caption(former.sentence)
        label = "Choose it again" if step.page == "subset" else step.label
        link(step.page, label, icon=":material/update:")
        return
    if pool is None:
        st.caption("No dataset read yet.")
    else:
        st.caption(f"{words.count(pool.notes['n_rows'], 'row')} in the pool, none chosen yet.")
    link("subset", "Choose a subset", icon=":material/checklist:")
