"""Filters as chips: what is shown of the pool, in the session, in the address, and undoable.

Other pages link into the map by `chips.add(...)` and `st.switch_page`.
"""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.errors import CoreError
from core.pipeline.filters import Filter, Filtered, filter_title, filtered
from core.pipeline.seen import load_view, save_view
from core.select.selection import Selection
from core.workspace import Workspace
from pages.components import address, state, words

VIEW = "view"  # in the address
HELD = "map.filters"
BEFORE = "map.filters.before"
NOTICE = "map.filters.notice"
UNDOABLE = 100

Filters = tuple[Filter, ...]


def filters(workspace: Workspace) -> Filters:
    """The filters in use, those that the address brings first."""
    name = address.brought(VIEW)
    if name is not None:
        _open_view(workspace, name)
    held: Filters = state.remembered(_own(workspace, HELD), ())
    return held


def add(workspace: Workspace, one: Filter) -> None:
    """Add a filter; one that is there already is not there twice."""
    now = filters(workspace)
    if one.key not in {held.key for held in now}:
        _become(workspace, (*now, one))


def remove(workspace: Workspace, one: Filter) -> None:
    """Take a filter away."""
    _become(workspace, tuple(held for held in filters(workspace) if held.key != one.key))


def turn(workspace: Workspace, one: Filter) -> None:
    """Let a filter keep exactly the other rows."""
    now = filters(workspace)
    _become(workspace, tuple(held.negated() if held.key == one.key else held for held in now))


def clear(workspace: Workspace) -> None:
    """Take all filters away."""
    _become(workspace, ())


def undo(workspace: Workspace) -> None:
    """Go back to the filters before the last change."""
    before: list[Filters] = state.remembered(_own(workspace, BEFORE), [])
    if before:
        state.remember(_own(workspace, HELD), before.pop())


def drawn(workspace: Workspace) -> Filter | None:
    """The lasso that stands on a map and can be changed there."""
    now = filters(workspace)
    return next((one for one in now if one.kind == "lasso" and not one.is_negated), None)


def draw(workspace: Workspace, lasso: Filter | None) -> None:
    """Let a lasso take the place of the one that stands on a map; None takes it away."""
    now, before = filters(workspace), drawn(workspace)
    if lasso is not None and before is None:
        _become(workspace, (*now, lasso))
    elif before is not None:
        place = () if lasso is None else (lasso,)
        at = now.index(before)
        _become(workspace, (*now[:at], *place, *now[at + 1 :]))


def working(workspace: Workspace, chosen: Selection | None) -> tuple[Filters, dict[str, str]]:
    """The filters that can be answered, and what is wrong with each of the others, by its key."""
    now = filters(workspace)
    wrong: dict[str, str] = {}
    for one in now:
        try:
            filtered(workspace, (one,), chosen=chosen)
        except CoreError as error:
            wrong[one.key] = str(error)
    return tuple(one for one in now if one.key not in wrong), wrong


def show(workspace: Workspace, *, chosen: Selection | None = None) -> None:
    """The chips in a row, each with what can be done about it, and what is wrong with them."""
    now = filters(workspace)
    _, wrong = working(workspace, chosen)
    before = state.remembered(_own(workspace, BEFORE), [])
    if now or before:
        with st.container(horizontal=True, gap="small", key="chips", vertical_alignment="center"):
            for place, one in enumerate(now):
                _chip(workspace, one, place, is_wrong=one.key in wrong)
            _whole(workspace, bool(now), bool(before))
    notice = state.remembered(_own(workspace, NOTICE))
    for line in dict.fromkeys([*([notice] if notice else []), *wrong.values()]):
        st.warning(words.plain(line), icon=":material/filter_alt_off:")
    missing = _missing(workspace, chosen) if now else 0
    if missing:
        st.caption(f"{words.count(missing, 'named example')} not in this pool.")
    _tell(workspace)


def passing(workspace: Workspace, some: Filters, chosen: Selection | None) -> Filtered:
    """The rows that some filters leave."""
    return filtered(workspace, some, chosen=chosen)


def _chip(workspace: Workspace, one: Filter, place: int, *, is_wrong: bool) -> None:
    """One filter: its words as they are, a toggle that turns it round, and a way to drop it."""
    with st.container(
        horizontal=True,
        border=True,
        gap=None,
        width="content",
        vertical_alignment="center",
        key=f"chip-{'wrong' if is_wrong else 'holds'}-{place}",
    ):
        st.text(filter_title(workspace, one), width="content")
        st.button(
            "⇄",
            key=f"chips.not.{place}",
            type="tertiary",
            help="Keep these rows instead." if one.is_negated else "Keep all other rows instead.",
            on_click=partial(turn, workspace, one),
        )
        st.button(
            "✕",
            key=f"chips.remove.{place}",
            type="tertiary",
            help="Remove this filter.",
            on_click=partial(remove, workspace, one),
        )


def _whole(workspace: Workspace, has_any: bool, can_undo: bool) -> None:
    if can_undo:
        st.button(
            "Undo",
            key="chips.undo",
            type="tertiary",
            icon=":material/undo:",
            help="Back to the filters before the last change.",
            on_click=partial(undo, workspace),
        )
    if has_any:
        st.button(
            "Clear all",
            key="chips.clear",
            type="tertiary",
            on_click=partial(clear, workspace),
        )


def _missing(workspace: Workspace, chosen: Selection | None) -> int:
    held, _ = working(workspace, chosen)
    return len(filtered(workspace, held, chosen=chosen).missing)


def _become(workspace: Workspace, new: Filters) -> None:
    """Hold other filters, keeping those before for undo."""
    now = filters(workspace)
    if new == now:
        return
    before = [*state.remembered(_own(workspace, BEFORE), []), now]
    state.remember(_own(workspace, BEFORE), before[-UNDOABLE:])
    state.remember(_own(workspace, HELD), new)
    state.forget(_own(workspace, NOTICE))


def _open_view(workspace: Workspace, name: str) -> None:
    """Hold the filters of a saved view; one that is not there is told and passed over."""
    try:
        _become(workspace, tuple(load_view(workspace, name)))
    except CoreError as error:
        state.remember(_own(workspace, NOTICE), str(error))


def _tell(workspace: Workspace) -> None:
    """Keep the filters as a view, and name it in the address."""
    now = filters(workspace)
    if state.may_write(workspace):
        address.tell(VIEW, save_view(workspace, now) if now else None)


def _own(workspace: Workspace, name: str) -> str:
    """A name in the session that another workspace does not share."""
    return f"{name}.{workspace.root}"
