"""The latent in view on the features page: map, lists, dashboard and address share it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.pipeline.marks import Kind
from pages.components import address, state

STYLE = Path(__file__).parents[2] / "assets" / "features.css"
ROW = "features.row"  # the example that is read beside it


def heed_address(kind: Kind) -> None:
    """Take the latent or neuron that the address newly names: a link opens where it was made."""
    said = address.brought(kind)
    if said is not None and said.isascii() and said.isdigit():
        look_at(kind, int(said[:9]))


def tell_address(kind: Kind) -> None:
    """Let the address follow what is in view."""
    number = in_view(kind)
    address.tell(kind, None if number is None else str(number))


def in_view(kind: Kind) -> int | None:
    """The latent or neuron whose dashboard is open."""
    return state.remembered(f"features.{kind}")


def look_at(kind: Kind, number: int) -> None:
    """Open the dashboard of one."""
    if number != in_view(kind):
        state.remember(f"features.{kind}", number)
        state.forget(ROW)


def inspector() -> DeltaGenerator:
    """The room of the dashboard: it stays in view beside a long list."""
    st.html(STYLE)
    return st.container(key="features-inspector")
