"""A treemap alone, of names that try to be more than text; a pick is remembered and said."""

import streamlit as st

from pages.components.treemap import Group, Tile, treemap
from tests.browser.hostile import HOSTILE


def tile(number, name, weight):
    return Tile(number, name, weight, (f"{weight:g} rows",), "#1f5fcc", "#ffffff")


def pick(number):
    st.session_state["picked"] = number


GROUPS = (
    Group("first", (tile(10, "alpha, beta, gamma", 60.0), tile(11, "two", 30.0))),
    Group(HOSTILE, (tile(20, HOSTILE, 40.0), tile(21, "four", 20.0), tile(22, "five", 0.05))),
    Group("last", (tile(30, "six", 25.0),)),
)

st.set_page_config(layout="wide")
picked = st.session_state.get("picked", 11)
st.button("Before")
treemap(GROUPS, picked=picked, about="Six tiles", on_pick=pick, key="tiles")
st.text(f"picked={picked}")
st.button("After")
