"""A server for the curate page's hand alone: the real component and gate around generated cards."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from pages.components.gate import Gate, Policy

app = st.App(
    Path(__file__).parent / "curate_page.py",
    middleware=[Middleware(Gate, policy=Policy(pages=frozenset({"curate_page"})))],
)
