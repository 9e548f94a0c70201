"""What a person says of a latent or neuron: its name, starred, muted, weighted; kept at once."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.errors import CoreError
from core.pipeline.asking import again
from core.pipeline.marks import HEAVIEST, LONGEST, Kind, Mark, mark, marks
from core.pipeline.requests import weighs, with_marks
from core.select import SELECTORS
from core.workspace import Workspace
from pages.components import job_panel, solving, state, words
from pages.components.loaders import Chosen

SAYINGS = {"starred": ":material/star: Star", "muted": ":material/visibility_off: Mute"}
REFUSED = "features.refused"
ABOUT_WEIGHT = (
    "What covering it is worth beside 1, which all others count: 2 counts it twice, 0 is mute. "
    "Methods that weigh latents honour it."
)


def show(workspace: Workspace, kind: Kind, number: int) -> None:
    """The name and the marks of one, each kept as soon as it is changed."""
    now = marks(workspace).get(kind, number)
    key = f"features.{kind}.{number}"
    _name(workspace, kind, number, now, key)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        _pills(workspace, kind, number, now, key)
        _weight(workspace, kind, number, now, key)
    refused = state.remembered(REFUSED)
    if refused:
        state.forget(REFUSED)
        st.error(words.plain(refused), icon=":material/error:")


def select_again(workspace: Workspace, kind: Kind, chosen: Chosen | None) -> None:
    """Say that the next selection honours the marks, and the button that makes it."""
    if chosen is None or chosen.order.method not in SELECTORS:
        return
    if weighs(chosen.order.method) != kind:
        if marks(workspace).weights(kind):
            method = words.plain(chosen.order.method)
            st.caption(f"{method} does not weigh {kind}s; methods that do honour the marks.")
        return
    solved = again(workspace.get("selection", chosen.fingerprint), chosen.budget)
    if with_marks(workspace, solved).weights == solved.weights:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("The next selection honours this.")
        busy = job_panel.is_busy(workspace)
        label = f"Select {words.count(chosen.budget, 'row')} again"
        if st.button(label, key="features.again", type="primary", disabled=busy):
            solving.solve(workspace, solved)


def _name(workspace: Workspace, kind: Kind, number: int, now: Mark, key: str) -> None:
    def renamed() -> None:
        _keep(workspace, kind, number, label=st.session_state[f"{key}.label"] or "")

    st.text_input(
        "Name",
        now.label,
        key=f"{key}.label",
        max_chars=LONGEST,
        placeholder="Name what it fires on",
        on_change=renamed,
        disabled=not state.may_write(workspace),
        label_visibility="collapsed",
        help=None if now.source == "hand" or not now.label else f"From {words.plain(now.source)}.",
    )


def _pills(workspace: Workspace, kind: Kind, number: int, now: Mark, key: str) -> None:
    def said() -> None:
        on = st.session_state[f"{key}.said"] or []
        _keep(workspace, kind, number, **{name: name in on for name in SAYINGS})

    st.pills(
        "Marks",
        list(SAYINGS),
        selection_mode="multi",
        format_func=SAYINGS.__getitem__,
        default=[name for name in SAYINGS if getattr(now, name)],
        key=f"{key}.said",
        on_change=said,
        disabled=not state.may_write(workspace),
        label_visibility="collapsed",
    )


def _weight(workspace: Workspace, kind: Kind, number: int, now: Mark, key: str) -> None:
    def weighed() -> None:
        _keep(workspace, kind, number, weight=st.session_state[f"{key}.weight"])

    st.number_input(
        "Weight",
        0.0,
        HEAVIEST,
        1.0 if now.weight is None else now.weight,
        0.5,
        format="%g",
        key=f"{key}.weight",
        on_change=weighed,
        disabled=now.muted or not state.may_write(workspace),
        help=ABOUT_WEIGHT,
        width=108,
    )


def _keep(workspace: Workspace, kind: Kind, number: int, **change: Any) -> None:
    """Keep a change before the page runs again; what cannot be is said there."""
    try:
        mark(workspace, kind, number, **change)
    except CoreError as error:
        state.remember(REFUSED, str(error))
