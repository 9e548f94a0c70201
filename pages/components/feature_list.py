"""The list of latents or neurons: searched, narrowed by chips, one line picked at a time.

A table's selection counts positions, so its key names exactly its lines in their order.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.fingerprint import digest
from core.pipeline.latent_list import LatentList
from core.pipeline.marks import Kind
from core.pipeline.neurons_list import NeuronList
from core.records import Rows
from core.workspace import Workspace
from pages.components import (
    feature_columns,
    feature_lines,
    feature_loaders,
    feature_missing,
    feature_view,
    state,
    words,
)
from pages.components.loaders import Chosen

if TYPE_CHECKING:
    import pandas as pd

Found = LatentList | NeuronList
SHOWN = 2_000
HEIGHT = 330  # px
CHIPS = {
    "all": "all",
    "covered": "covered",
    "uncovered": "uncovered",
    "sole": "on one row",
    "starred": "starred",
    "muted": "muted",
    "labelled": "named",
}
BY_SUBSET = ("covered", "uncovered", "sole")
ALL = {"latent": "live", "neuron": "active"}
ORDERS = {
    "maximum": ("strongest first", False),
    "rows": ("most rows first", False),
    "rare": ("fewest rows first", True),
}
FIND = {
    "latent": "a number, a name, or words as they stand in the examples",
    "neuron": "a layer and a neuron (3.812), a layer (layer 3), or a name",
}


def begin(workspace: Workspace, kind: Kind, chosen: Chosen | None) -> None:
    """Open the one whose number was just asked for; the strongest where none was opened yet."""
    asked = (st.session_state.get(_find_key(kind)) or "").strip()
    is_new = asked != state.remembered(f"features.asked.{kind}", "")
    state.remember(f"features.asked.{kind}", asked)
    if is_new and asked.isascii() and asked.isdigit():
        table = _read(workspace, kind, chosen, asked, ALL[kind]).table
        if len(table) == 1:
            feature_view.look_at(kind, int(table[kind].iloc[0]))
    if feature_view.in_view(kind) is None:
        table = _read(workspace, kind, chosen, "", ALL[kind]).table
        if len(table):
            feature_view.look_at(kind, int(table[kind].iloc[int(table["maximum"].argmax())]))


def show(workspace: Workspace, kind: Kind, chosen: Chosen | None, inside: Rows | None) -> None:
    """Search, chips, and the table; `inside` are the latents that a lasso leaves."""
    asked, order = _asked(kind)
    chip, found = _chip(workspace, kind, chosen, asked)
    table = _narrowed(workspace, kind, chosen, chip, found)
    if inside is not None:
        table = table[table[kind].isin(inside)]
    table = _ordered(table, order)
    n = found.n_found if chip == "sole" and inside is None else len(table)  # texts cost: it is cut
    _say(kind, chip, asked, n, getattr(found, "n_rows", None), inside)
    if kind == "latent" and chip == "uncovered" and chosen is not None:
        feature_missing.bar(workspace, chosen, table)
    table = table.head(SHOWN).reset_index(drop=True)
    if len(table):
        _table(kind, chip, table)


def _asked(kind: Kind) -> tuple[str, str]:
    """What is looked for, and the order of the lines."""
    find, by = st.columns([3, 1.3], vertical_alignment="bottom")
    asked = find.text_input(
        f"Find {kind}s",
        key=_find_key(kind),
        placeholder=FIND[kind],
    )
    order = by.selectbox(
        "Order", list(ORDERS), format_func=lambda name: ORDERS[name][0], key=f"features.by.{kind}"
    )
    return (asked or "").strip(), order


def _chip(workspace: Workspace, kind: Kind, chosen: Chosen | None, asked: str) -> tuple[str, Found]:
    """The chip that is pressed, each with how many answer, and the list of all that do."""
    found = _read(workspace, kind, chosen, asked, ALL[kind])
    names = [name for name in CHIPS if chosen is not None or name not in BY_SUBSET]
    pressed = st.pills(
        "Which",
        names,
        default="all",
        required=True,
        format_func=lambda name: f"{CHIPS[name]} {found.counts[_kind(kind, name)]:,}",
        key=f"features.chip.{kind}.{len(names)}",
        label_visibility="collapsed",
        wrap=True,
    )
    own = _kind(kind, pressed)
    return pressed, found if own == ALL[kind] else _read(workspace, kind, chosen, asked, own)


def _read(workspace: Workspace, kind: Kind, chosen: Chosen | None, asked: str, own: str) -> Found:
    if kind == "latent":
        return feature_loaders.latents(workspace, chosen, asked, own)
    return feature_loaders.neurons(workspace, chosen, asked, own)


def _find_key(kind: Kind) -> str:
    return "features.find" if kind == "latent" else "features.find.neuron"


def _kind(kind: Kind, chip: str) -> str:
    return ALL[kind] if chip == "all" else chip


def _narrowed(
    workspace: Workspace, kind: Kind, chosen: Chosen | None, chip: str, found: Found
) -> pd.DataFrame:
    """The lines of a chip; of what is lacking or hangs on one row with the row that matters."""
    table = found.table
    if kind == "neuron" or chosen is None or chip not in ("uncovered", "sole"):
        return table
    if chip == "uncovered":
        special = feature_loaders.uncovered(workspace, chosen).table
    else:
        special = feature_loaders.sole(workspace, chosen)
    kept = special[special["latent"].isin(table["latent"])]
    return kept.merge(table[["latent", "maximum"]], on="latent", how="left")


def _ordered(table: pd.DataFrame, order: str) -> pd.DataFrame:
    """Best matches stay first where words were asked for, unless another order is."""
    if order == next(iter(ORDERS)) and "match" in table:
        return table
    column = "rows" if order == "rare" else order
    return table.sort_values(column, ascending=ORDERS[order][1], kind="stable")


def _say(
    kind: Kind, chip: str, asked: str, n: int, n_rows: int | None, inside: Rows | None
) -> None:
    """What the table holds, in one line that is always there."""
    if not n and asked.isascii() and asked.isdigit() and kind == "latent" and chip == "all":
        st.text(f"No row of the pool has latent {asked}.")
        return
    noun = kind if chip == "all" else f"{CHIPS[chip]} {kind}" if chip != "sole" else kind
    parts = [words.count(n, noun)]
    if chip == "sole":
        parts[0] += " on one chosen row alone"
    if inside is not None:
        parts.append(f"of the {words.count(len(inside), kind)} inside the lasso")
    if n_rows is not None:
        parts.append(f"{words.count(n_rows, 'example')} hold these words")
    if n > SHOWN:
        parts.append(f"the first {SHOWN:,} are listed")
    st.text(", ".join(parts) + ".")


def _table(kind: Kind, chip: str, table: pd.DataFrame) -> None:
    """The lines, that of what is in view marked; one that is picked opens its dashboard."""
    numbers = table[kind].to_numpy(dtype=np.int64)
    key = f"features.list.{kind}.{chip}.{digest(numbers.tobytes())[:16]}"
    feature_lines.in_step(kind, numbers, key)
    st.dataframe(
        feature_columns.shown(kind, table),
        key=key,
        on_select=partial(feature_lines.picked, kind, numbers, key),
        selection_mode="single-row",
        hide_index=True,
        height=HEIGHT,
        column_config=feature_columns.look(kind),
    )
