"""One hand and what its store holds; the address says how many cards and how the store behaves."""

from dataclasses import replace

import streamlit as st

from pages.components import talk
from pages.components.curate_hand import KEYS, HandSpec, curate_hand, last_hand
from tests.browser.curate_desk import Store, card, example, number_of

KEY = "hand"
asked = st.query_params
N_CARDS = int(asked.get("n", 40))


@st.cache_resource
def store(name):
    return Store()


def queue_from(at, decided):
    """Cards from where the hand is, and those that are open after it."""
    start = number_of(at) if at else 1
    numbers = [one for one in range(1, N_CARDS + 1) if example(one) not in decided]
    ahead = [one for one in numbers if one >= start]
    return [card(one) for one in [*ahead, *(one for one in numbers if one < start)]]


@st.fragment
def desk():
    held = store(asked.get("store", "one"))
    curator = asked.get("curator", "Ada")
    settings = HandSpec(
        store=f"test {asked.get('store', 'one')}",
        curator=curator,
        queue=asked.get("queue", "by gain"),
        tags=("maths", "code", "<b>style</b>"),
        reasons=("wrong answer", "too short", "off topic"),
        may_decide="readonly" not in asked,
    )
    said = last_hand(settings=settings, key=KEY)
    refuse = {int(one) for one in asked.get("refuse", "").split(",") if one}
    if st.session_state.get("healed"):
        refuse = set()
    answers = held.commit(said.events, delay=float(asked.get("delay", 0)), refuse=refuse)
    verdicts = held.verdicts(curator)
    others = {one: verdict for one, verdict in held.verdicts().items() if one not in verdicts}
    cards = queue_from(said.at, verdicts)
    settings = replace(
        settings,
        n_decided=len(verdicts),
        n_left=len(cards),
        meanwhile={one: f"Decided meanwhile by another: {name}" for one, name in others.items()},
    )
    curate_hand(cards, decided=answers, settings=settings, key=KEY)
    told = " ".join(f"{number_of(one)}={verdict}" for one, verdict in sorted(verdicts.items()))
    st.text(f"verdicts: {told or 'none'}")
    st.text(f"log: {len(held.events)} events")
    for one in held.events[-3:]:
        words = (one.reason, one.note, "/".join(one.tags))
        st.text(f"event {number_of(one.example)} {one.verdict} {' '.join(map(repr, words))}")


st.set_page_config(layout="wide")
talk.keys(*KEYS)
st.text_input("Search", key="search")
st.toggle("Healed", key="healed")
desk()
st.button("Below")
