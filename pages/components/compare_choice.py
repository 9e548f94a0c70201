"""What is compared, and at which budget: asked above the comparison, kept in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

import streamlit as st

from core.errors import CoreError
from core.pipeline.comparison_baselines import tokens_of
from core.pipeline.comparison_members import Offer, resolved
from core.pipeline.comparison_sets import MOST
from core.pipeline.outside import named
from core.pipeline.views import in_use
from core.select.budget import Budget
from core.workspace import Workspace
from pages.components import address, loaders, state, words

KEYS = "compare.keys"  # the widget
UNIT = "compare.unit"
ADDED = "compare.added"
FIRST = 4  # subsets that stand there before anybody chooses, beside the two baselines
UNITS = {"rows": "rows", "tokens": "tokens"}
KINDS = {"given": " (file)", "snapshot": " (snapshot)"}
ABOUT = (
    f"Two to {MOST} of: solved orders, snapshots, files, random and longest. A nested order is cut "
    "to the budget; any other subset stands as it was solved nearest to it, and says so."
)
ABOUT_FILE = (
    "A file on this machine: a selection file, example ids or row numbers one a line, a JSON list, "
    "or the rows themselves in any schema a pool may have. Rows are matched by their text."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The subsets that were asked for, by key, and the budget they are cut to."""

    keys: tuple[str, ...]
    budget: Budget


def show(workspace: Workspace, offered: tuple[Offer, ...]) -> Asked:
    """Ask for the subsets and the budget, and offer to bring a file."""
    known = {one.key: f"{one.name}{KINDS.get(one.kind, '')}" for one in offered}
    _restore(workspace, known, offered)
    keys = st.multiselect(
        "Subsets",
        list(known),
        format_func=known.__getitem__,
        max_selections=MOST,
        key=KEYS,
        persist_state="session",
        help=ABOUT,
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        amount = st.container(width=190)
        unit = _unit(workspace)
        with amount:
            budget = _budget(workspace, unit)
        _file(workspace)
    address.tell("subsets", ",".join(quote(key, safe=":") for key in keys) or None)
    return Asked(tuple(_own_first(keys, offered)), budget)


def mine(offered: tuple[Offer, ...]) -> list[Offer]:
    """What is on offer beside the two baselines."""
    return [one for one in offered if one.kind != "baseline"]


def _own_first(keys: list[str], offered: tuple[Offer, ...]) -> list[str]:
    """The order in use first, so that it has the accent; the baselines last."""
    places = {one.key: at for at, one in enumerate(offered)}
    return sorted(keys, key=places.__getitem__)


def _restore(workspace: Workspace, known: Mapping[str, str], offered: tuple[Offer, ...]) -> None:
    """Take what the address brings, what was just added, and drop what is no longer there."""
    said = address.brought("subsets")
    if said is not None:
        found = [resolved(workspace, unquote(one)) for one in said.split(",")[:MOST]]
        st.session_state[KEYS] = [one for one in found if one in known]
    if KEYS not in st.session_state:
        first = [one.key for one in mine(offered)[:FIRST]]
        st.session_state[KEYS] = [*first, *(one for one in known if one.startswith("baseline:"))]
    held = [one for one in st.session_state[KEYS] if one in known]
    added = state.remembered(ADDED)
    if added is not None:
        state.forget(ADDED)
        held = [*held[: MOST - 1], added] if added not in held else held
    if held != st.session_state[KEYS]:
        st.session_state[KEYS] = held


def _unit(workspace: Workspace) -> str:
    """Rows, or tokens where a model has read the rows."""
    offered = list(UNITS) if "readings" in workspace.current() else ["rows"]
    address.restored("unit", UNIT, offered)
    st.session_state.setdefault(UNIT, "rows")
    unit = st.segmented_control(
        "Unit",
        offered,
        required=True,
        key=UNIT,
        persist_state="session",
        label_visibility="collapsed",
        help="At equal rows, or at equal tokens: an order is followed, and a row that does not fit "
        "is skipped.",
    )
    address.tell("unit", None if unit == "rows" else unit)
    return str(unit)


def _budget(workspace: Workspace, unit: str) -> Budget:
    key, n_rows = f"compare.{unit}", int(in_use(workspace, "pool").notes["n_rows"])
    most = n_rows if unit == "rows" else max(int(tokens_of(workspace).sum()), 1)
    said = address.brought("budget")
    if said is not None and said.isascii() and said.isdigit():
        st.session_state[key] = int(said[:15])
    if key not in st.session_state:
        st.session_state[key] = _usual(workspace, unit, n_rows)
    st.session_state[key] = min(max(int(st.session_state[key]), 1), most)
    value = st.number_input("Budget", 1, most, key=key, persist_state="session")
    address.tell("budget", str(value))
    return Budget("rows" if unit == "rows" else "tokens", int(value))


def _usual(workspace: Workspace, unit: str, n_rows: int) -> int:
    """The budget in use, in rows or in the tokens that the subset in view holds."""
    chosen = loaders.chosen(workspace)
    if unit == "tokens":
        tokens = tokens_of(workspace)
        return int(tokens[chosen.subset.rows].sum() if chosen else tokens.sum() // 10)
    return min(chosen.budget if chosen else max(1, n_rows // 10), n_rows)


def _file(workspace: Workspace) -> None:
    """Somebody else's subset, from a file on this machine."""
    with st.popover("Bring a file"):
        path = st.text_input("A file on this machine", key="compare.file", help=ABOUT_FILE).strip()
        able = state.may_write(workspace)
        if not able:
            st.caption("A share bundle is only looked at; nothing can be brought into it.")
        if st.button("Compare with it", key="compare.bring", disabled=not (path and able)):
            _bring(workspace, path)


def _bring(workspace: Workspace, path: str) -> None:
    try:
        with st.spinner("Reading the file"):
            fingerprint = named(workspace, given=path, targets=None).given
    except CoreError as error:
        st.error(words.plain(str(error)), icon=":material/error:")
        return
    state.remember(ADDED, f"given:{fingerprint}")
    st.rerun()


def remark(workspace: Workspace, key: str) -> str | None:
    """What of a file is not in the pool, in a sentence."""
    kind, _, fingerprint = key.partition(":")
    if kind != "given":
        return None
    notes = workspace.get("given", fingerprint).notes
    if not notes["n_unmatched"]:
        return None
    return f"{notes['name']}: {words.count(notes['n_unmatched'], 'row')} not in this pool"
