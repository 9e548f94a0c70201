"""A server for the map alone: the real component, routes and gate around one synthetic page."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from pages.components.gate import Gate, Policy
from pages.components.offers import routes

app = st.App(
    Path(__file__).parent / "map_page.py",
    routes=routes(),
    middleware=[Middleware(Gate, policy=Policy(pages=frozenset({"map_page"})))],
)
