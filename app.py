"""The server: Streamlit's app, the arrays of the map beside it, and the gate in front of both."""

import os
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route

from pages.components.first_paint import FirstPaint
from pages.components.gate import Gate, Policy, page_names
from pages.components.modules import Modules
from pages.components.offers import routes

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # spinning threads cost up to 7x when busy

HERE = Path(__file__).parent
FRONT = "map"  # the page at /, see pages/components/frame.py

POLICY = Policy(
    pages=page_names(HERE / "pages"),
    hosts=frozenset(st.get_option("server.allowedHosts")),
)


async def to_front(request: Request) -> RedirectResponse:
    """Streamlit knows its first page as / alone; a link to /map should work all the same."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/{query}")


app = st.App(
    HERE / "pages" / "components" / "frame.py",
    routes=[*routes(), Route(f"/{FRONT}", to_front, methods=["GET"])],
    middleware=[
        Middleware(Gate, policy=POLICY),
        Middleware(FirstPaint, style=HERE / "assets" / "app.css"),
        Middleware(Modules, assets=HERE / "assets"),
    ],
)
