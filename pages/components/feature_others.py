"""The second subset that the map of latents is compared with: a baseline, or another solution."""

from __future__ import annotations

import streamlit as st

from core.pipeline.curves import BASELINES, baseline
from core.pipeline.selection import stored_order
from core.pipeline.solutions import names, solutions
from core.workspace import Workspace
from pages.components.loaders import Chosen

TITLES = {"random": "as many random rows", "longest": "as many longest responses"}


def picked(workspace: Workspace, chosen: Chosen | None) -> Chosen | None:
    """The second subset, of as many rows as the one in view where it can be cut so."""
    if chosen is None:
        return None
    found = _offered(workspace, chosen)
    key = st.selectbox(
        "The second subset",
        list(found),
        format_func=found.__getitem__,
        key="features.other",
        persist_state="session",
        width=300,
    )
    return _subset(workspace, chosen, key if key in found else BASELINES[0])


def _offered(workspace: Workspace, chosen: Chosen) -> dict[str, str]:
    """Baselines, then what else was solved on the features in use."""
    known = solutions(workspace)
    others = [one for one in known if chosen.fingerprint not in one.fingerprints]
    titles = names(known)
    return {**TITLES, **{one.key: titles[one.key] for one in others}}


def _subset(workspace: Workspace, chosen: Chosen, key: str) -> Chosen:
    if key in BASELINES:
        order = baseline(workspace, key, chosen.budget)
    else:
        order = stored_order(workspace.get("selection", key))
    most = min(chosen.budget, len(order))
    cut = order.prefix(max(most, order.n_pinned, 1)) if order.nested else order
    return Chosen(order, cut, key, chosen.n_reachable)
