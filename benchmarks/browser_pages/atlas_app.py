"""The server of the page with our map: its arrays come through the gate, as in the app."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from pages.components.gate import Gate, Policy
from pages.components.offers import routes

app = st.App(
    Path(__file__).parent / "atlas_page.py",
    routes=routes(),
    middleware=[Middleware(Gate, policy=Policy(pages=frozenset({"atlas_page"})))],
)
