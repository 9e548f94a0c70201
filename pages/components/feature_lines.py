"""Lines of a table that open a latent or neuron, kept in step with what is in view."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.pipeline.marks import Kind
from core.records import Rows
from pages.components import feature_view


def in_step(kind: Kind, numbers: Rows, key: str) -> None:
    """Mark the line of what is in view, whoever opened it."""
    lines = np.flatnonzero(numbers == feature_view.in_view(kind)).tolist()
    shown = st.session_state.get(key)
    if (list(shown["selection"]["rows"]) if shown else []) != lines:
        st.session_state[key] = {"selection": {"rows": lines}}


def picked(kind: Kind, numbers: Rows, key: str) -> None:
    """Open what was picked, looked up in the very lines that it was picked in."""
    rows = st.session_state[key]["selection"]["rows"]
    if rows:
        feature_view.look_at(kind, int(numbers[rows[0]]))
