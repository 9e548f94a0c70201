"""Where things stand on a page: the instrument at two thirds, the inspector at one third."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

ASSETS = Path(__file__).parents[2] / "assets"
STYLE = ASSETS / "layout.css"
EXPLORER = ASSETS / "explorer.css"


def explorer() -> None:
    """The style of chips and of the line above the map."""
    st.html(EXPLORER)


def twins(key: str) -> list[DeltaGenerator]:
    """Two instruments side by side; below 1,150 px one below the other."""
    st.html(STYLE)
    with st.container(key=f"split-{key}"):
        return st.columns(2, gap="small")


def split(key: str) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Instrument and inspector; below 1,150 px the inspector goes below the instrument."""
    st.html(STYLE)
    with st.container(key=f"split-{key}"):
        instrument, inspector = st.columns([2, 1], gap="medium")
    return instrument, inspector
