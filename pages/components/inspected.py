"""What the hand last asked for on a map: a row, a lasso, a budget; each word is heeded once.

The map says again at every rerun what was last done on it, so a word that was heard already must
not overrule what was done elsewhere since, such as a row picked in a table.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.errors import RequestError
from core.pipeline.asking import again
from core.pipeline.filters import Filter
from core.workspace import Workspace
from pages.components import address, chips, loaders, solving, state
from pages.components.loaders import Chosen
from pages.components.map import Strokes

ROW = "map.row"
EXAMPLE = "example"  # in the address: by its id, since positions are of one pool only


def row(workspace: Workspace) -> int | None:
    """The row in the inspector: the one that the address brings first."""
    said = address.brought(EXAMPLE)
    if said is not None:
        show(_row_of(workspace, said))
    held: int | None = state.remembered(ROW)
    n_rows = loaders.pool(workspace).n_rows
    return held if held is not None and held < n_rows else None


def show(one: int | None) -> None:
    """Put a row in the inspector, or none."""
    state.remember(ROW, one)


def tell(workspace: Workspace) -> None:
    """Name the row in the address."""
    one = row(workspace)
    named = None if one is None else loaders.pool(workspace).table["id"][one].as_py()
    address.tell(EXAMPLE, named)


def heed_row(key: str, said: int | None) -> None:
    """Take a row that was newly picked or let go on the map of `key`."""
    if _is_news(key, "row", said):
        show(said)


def heed_strokes(workspace: Workspace, key: str, layout: str, strokes: Strokes) -> None:
    """Take strokes that were newly drawn on the map of `key`, or taken away there."""
    if not _is_news(key, "strokes", strokes):
        return
    stands = chips.drawn(workspace)
    if strokes:
        value = {"map": layout, "strokes": [dict(stroke) for stroke in strokes]}
        chips.draw(workspace, Filter("lasso", value))
    elif stands is not None and stands.value["map"] == layout:
        chips.draw(workspace, None)


def strokes_on(workspace: Workspace, layout: str) -> Strokes:
    """The strokes that stand on a layout."""
    stands = chips.drawn(workspace)
    if stands is None or stands.value["map"] != layout:
        return ()
    return tuple(stands.value["strokes"])


def heed_budget(workspace: Workspace, chosen: Chosen | None, said: int | None) -> None:
    """Take a budget at which the slider newly came to rest, for every page.

    An order answers it at once where prefixes are answers; otherwise it is solved anew.
    """
    if said == state.remembered("map.said_budget"):
        return
    state.remember("map.said_budget", said)
    if said is None or chosen is None or said == chosen.budget:
        return
    if chosen.order.nested:
        state.remember("budget", said)
        if state.may_write(workspace):
            workspace.choose(budget=said)
        st.rerun()  # the budget bar stands outside of the fragment
    if state.may_write(workspace):
        solving.solve(workspace, again(workspace.get("selection", chosen.fingerprint), said))


def _is_news(key: str, name: str, said: Any) -> bool:
    """Whether the map of `key` says something that was not heard before, told by when it was said.

    The same row may be picked twice with another one in between.
    """
    raw = (st.session_state.get(key) or {}).get(name)
    word = (said, raw.get("at") if isinstance(raw, dict) else None)
    place = f"said.{key}.{name}"
    before = state.remembered(place, (said if not said else None, None))
    state.remember(place, word)
    return bool(word != before)


def _row_of(workspace: Workspace, example: str) -> int | None:
    """The row of an example's id; None where the pool lacks it."""
    try:
        return int(loaders.pool(workspace).rows_of([example])[0])
    except RequestError:
        return None
