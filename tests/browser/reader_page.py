"""The reader alone: a card and shaded tokens of a text that tries to be more than text."""

import streamlit as st

from core.data.examples import Turn
from core.pipeline.cards import ExampleCard
from core.pipeline.shading import ShadedExample, ShadedTurn
from pages.components.reader import show_card, show_tokens
from tests.browser.hostile import CODE, HOSTILE, UNSEEN

card = ExampleCard(
    row=1234,
    id="0" * 32,
    turns=(Turn("user", HOSTILE), Turn("assistant", UNSEEN), Turn("user", CODE)),
    facts={"topic": HOSTILE, "<b>name</b>": "value"},
    why=None,
)
pieces = ((HOSTILE, 0.0), ("middle", 1.0), (HOSTILE, 2.0), (" and then many more words" * 40, 0.0))
example = ShadedExample(7, 2.0, 0, (ShadedTurn("user", pieces, HOSTILE),))

st.set_page_config(layout="wide")
show_card(card, key="card")
if st.button("Again"):
    st.text("again")
asked = show_tokens([example], maximum=2.0, subset=None, key="tokens")
st.text(f"asked={asked}")
