"""The server: Streamlit's app, the arrays of the map beside it, and the gate in front of both."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from pages.components.gate import Gate, Policy, page_names
from pages.components.offers import routes

HERE = Path(__file__).parent

POLICY = Policy(
    pages=page_names(HERE / "pages"),
    hosts=frozenset(st.get_option("server.allowedHosts")),
)

app = st.App(
    HERE / "pages" / "components" / "frame.py",
    routes=routes(),
    middleware=[Middleware(Gate, policy=POLICY)],
)
