"""What the hand last asked for on the map: a row, a budget, a lasso; each is heeded once.

The map says again at every rerun what was last done on it, so a word that was heard already must
not overrule what was done elsewhere since, such as a row picked in a table.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from core.fingerprint import canonical_json, digest
from core.pipeline import lasso
from core.pipeline.asking import again
from core.workspace import Workspace
from pages.components import solving, state
from pages.components.loaders import Chosen
from pages.components.map import Polygon

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class InLasso:
    """The rows inside a lasso, and a name for exactly this list."""

    n_inside: int
    n_chosen: int
    table: pd.DataFrame
    key: str


def row() -> int | None:
    """The row in the inspector."""
    return state.remembered("map.row")


def heed_row(said: int | None) -> int | None:
    """Take a row that was newly picked or let go on the map; gives the row to show."""
    if said != state.remembered("map.said_row"):
        shown = row()
        state.remember("map.said_row", said)
        state.remember("map.row", said)
        if said is None and shown is not None:
            st.rerun()  # the map was still told of it in this run
    return row()


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
        workspace.choose(budget=said)
        st.rerun()  # the budget bar stands outside of the fragment
    solving.solve(workspace, again(workspace.get("selection", chosen.fingerprint), said))


def lassoed(workspace: Workspace, chosen: Chosen | None, polygon: Polygon) -> InLasso:
    """What lies inside a lasso; counted by the server from the unrounded outline."""
    order = "" if chosen is None else f"{chosen.fingerprint} at {chosen.budget}"
    places = workspace.current().get("map", "")
    key = digest(canonical_json([places, order, polygon]).encode())[:16]
    found = _lassoed(str(workspace.root), key, _polygon=polygon, _chosen=chosen)
    return InLasso(found.n_inside, found.n_chosen, found.table, key)


@st.cache_resource(max_entries=8, show_spinner=False)
def _lassoed(root: str, key: str, _polygon: Polygon, _chosen: Chosen | None) -> lasso.Lassoed:
    subset = None if _chosen is None else _chosen.subset
    return lasso.lassoed(Workspace(Path(root)), _polygon, subset)
