"""The desk of the curate page: what is decided in which order, and what of it is left."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import streamlit as st

from core.curate.state import State
from core.pipeline.cluster_edits import version
from core.pipeline.queue_arranging import Arranged, arranged, offered_orders, solved_stamp
from core.pipeline.queue_cards import Cards
from core.pipeline.queue_people import kept, left_out, only_shown
from core.pipeline.queue_places import places
from core.pipeline.queue_scopes import Scope
from core.pipeline.teams import Assignment
from core.records import Rows
from core.workspace import Workspace
from pages.components import state
from pages.components.loaders import Chosen

STROKES = "curate.strokes"  # what the page itself decided begins the queue anew


@dataclass(frozen=True, slots=True)
class Wish:
    """What the pickers ask for."""

    scope: Scope
    order: str
    show: str
    folds: bool
    shows_others: bool  # verdicts of others beside an example that is not disputed
    share: Assignment | None = None  # only what falls to the curator by this rule


@dataclass(frozen=True)
class Desk:
    """A curator at their queue."""

    workspace: Workspace
    curator: str
    chosen: Chosen
    wish: Wish
    said: State
    found: Arranged
    cards: Cards

    @cached_property
    def is_disputed(self) -> bool:
        """Whether the queue is what people disagree on, and a verdict here settles it."""
        return self.wish.scope.kind == "disputed"

    @cached_property
    def own(self) -> Rows:
        """The rows that this curator decided."""
        return only_shown(self.workspace, self.said, self.curator, "mine")

    @cached_property
    def left(self) -> Rows:
        """The rows to be shown, first ones first."""
        everything = places(self.workspace).of(self.said.examples)
        if self.is_disputed:
            return self.found.queue.rows
        done = left_out(self.workspace, self.said, self.curator, self.wish.show)
        if done is not None:
            return self.found.left(self.workspace, done, everything)
        shown = only_shown(self.workspace, self.said, self.curator, self.wish.show)
        return kept(self.found.queue.rows, shown)

    @cached_property
    def n_done(self) -> int:
        """Cards of the queue that this curator decided."""
        return int(self.found.queue.is_done(self.own).sum())

    @property
    def name(self) -> str:
        """Names the queue: another name begins at its first card."""
        wish = self.wish
        subset = f"{self.chosen.fingerprint}.{self.chosen.budget}"
        strokes = state.remembered(STROKES, 0)
        rule = wish.share and wish.share.rule
        parts = (wish.scope.key, wish.order, wish.show, wish.folds, rule, subset, strokes)
        return "\n".join(map(str, parts))


def begin_anew() -> None:
    """Let the hand go back to the first card: the page itself decided something."""
    state.remember(STROKES, state.remembered(STROKES, 0) + 1)


def desk(workspace: Workspace, curator: str, wish: Wish, chosen: Chosen, *, said: State) -> Desk:
    """The queue of a wish, arranged once for everybody who asks the same."""
    root, roles = str(workspace.root), _roles(workspace)
    subset = f"{chosen.fingerprint}.{chosen.budget}"
    stamp = f"{roles} {subset} {solved_stamp(workspace) if wish.order == 'methods' else ''}"
    disputed = said.number if wish.scope.kind == "disputed" else 0
    share = f"{curator} {wish.share.rule}" if wish.share else ""
    key = f"{wish.scope.key} {wish.order} {wish.folds} {disputed} {share}"
    found = _arranged(root, stamp, key, _wish=wish, _chosen=chosen, _said=said, _curator=curator)
    cards = _cards(root, f"{roles} {subset}", _chosen=chosen)
    return Desk(workspace, curator, chosen, wish, said, found, cards)


def orders(workspace: Workspace) -> dict[str, str]:
    """The orders that can be asked for, with their titles."""
    return _orders(str(workspace.root), f"{_roles(workspace)} {solved_stamp(workspace)}")


def _roles(workspace: Workspace) -> str:
    used = ",".join(f"{role}={one}" for role, one in sorted(workspace.current().items()))
    return f"{used} {version(workspace)}"


@st.cache_resource(max_entries=6, show_spinner=False)
def _arranged(
    root: str, stamp: str, key: str, _wish: Wish, _chosen: Chosen, _said: State, _curator: str
) -> Arranged:
    workspace, share = Workspace(Path(root)), _wish.share
    return arranged(
        workspace,
        _wish.scope,
        _wish.order,
        chosen=_chosen.subset,
        further=_chosen.order,
        disputed=places(workspace).of(_said.conflicts),
        folds=_wish.folds,
        falls_to=None if share is None else partial(share.of, _curator),
    )


@st.cache_resource(max_entries=4, show_spinner=False)
def _cards(root: str, stamp: str, _chosen: Chosen) -> Cards:
    return Cards.of(Workspace(Path(root)), _chosen.subset, _chosen.order)


@st.cache_resource(max_entries=8, show_spinner=False)
def _orders(root: str, stamp: str) -> dict[str, str]:
    return offered_orders(Workspace(Path(root)))
