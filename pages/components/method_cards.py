"""Every method as a card: when to use it, what it needs and costs, how sure its algorithm is."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from core.pipeline.asking import missing_readings
from core.pipeline.costs import Measured, measured
from core.select import SELECTORS, Selector
from core.select.view import READINGS
from core.workspace import Workspace
from pages.components import shell, words
from pages.components.declared import declare

NAME = "coreset-atlas.methods"
PROVENANCE = {
    "confirmed": ("as published", "Checked against the paper or its authors' code."),
    "inferred": ("inferred", "The paper leaves parts open; these are our reading of it."),
    "default": ("our own", "No paper: our own choice."),
}
MADE_ON = {
    "codes": ("model", "Read the pool with a model and an SAE"),
    "neurons": ("model", "Read the pool with its neurons"),
    "embeddings": ("model", "Read the pool with a model"),
    "tokens": ("model", "Read the pool with a model"),
    "clusters": ("clusters", "Make clusters"),
}
"""The page on which a reading is made, and what one does there."""


def show(workspace: Workspace, chosen: str, *, on_pick: Callable[[str], None], key: str) -> None:
    """The cards; `on_pick` hears the name of a method before the page is drawn."""
    declare(NAME, "methods")

    def picked() -> None:
        name = st.session_state[key].get("method")
        if name in SELECTORS:
            on_pick(name)

    done = _component()(
        key=key,
        data={"cards": cards(workspace), "chosen": chosen},
        on_method_change=picked,
        on_page_change=lambda: None,
    )
    page = done.get("page")
    if page in {where for where, _ in MADE_ON.values()}:
        st.switch_page(str(shell.PAGES / f"{page}.py"))
    st.caption(
        "n rows of the pool, b the budget, d the width of an embedding, k clusters, nnz all "
        "features of all rows together."
    )


def cards(workspace: Workspace) -> list[dict[str, Any]]:
    """What the browser is told of each method."""
    costs = measured(workspace)
    return [_card(workspace, SELECTORS.get(name), costs.get(name)) for name in SELECTORS]


def cost(method: Selector[Any], found: Measured | None) -> str:
    """What a method costs: the seconds measured on this pool, else its complexity."""
    if found is None:
        return f"{method.complexity}; not measured on this pool yet"
    seconds = f"{words.figure(found.seconds)} s measured on this pool"
    return f"{seconds} for {words.count(found.n_rows, 'row')}" if found.n_rows else seconds


def _card(workspace: Workspace, method: Selector[Any], found: Measured | None) -> dict[str, Any]:
    text, about = PROVENANCE[method.provenance]
    lacking = missing_readings(workspace, method.name)
    needs = ", ".join(READINGS.get(one, one) for one in method.needs) or "nothing"
    uses = ", ".join(READINGS.get(one, one) for one in method.uses)
    return {
        "name": method.name,
        "title": method.title,
        "when": method.when,
        "facts": [
            ("Needs", needs),
            *([("Takes if there", uses)] if uses else []),
            ("Costs", cost(method, found)),
            ("Smaller budget", "a prefix, nothing to solve" if method.nested else "solved anew"),
            ("Source", method.source),
        ],
        "badge": {"kind": method.provenance, "text": text, "about": about},
        "lacks": [_lack(one) for one in lacking],
    }


def _lack(reading: str) -> dict[str, str]:
    page, label = MADE_ON.get(reading, ("", ""))
    return {
        "text": f"Needs {READINGS.get(reading, reading)}, which this pool has not.",
        "page": page,
        "label": label,
    }


@functools.cache
def _component() -> ComponentRenderer:
    return st.components.v2.component(NAME, js="index.js", css="methods.css")
