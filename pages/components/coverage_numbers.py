"""The inspector of the coverage page: numbers at the budget, each beside its yardstick."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.pipeline import coverage_curves
from core.pipeline.coverage_curves import Line
from core.pipeline.knee import METHOD as KNEE_METHOD
from core.pipeline.solutions import Solution
from core.workspace import Workspace
from pages.components import coverage_cache, coverage_next_view, figures, shell, words
from pages.components.loaders import Chosen

ABOUT = (
    "Latents that at least one of the first rows has, of those that at least one row of the pool "
    "has (FAC, arXiv 2602.10388, with the pool as its reference). Higher is better, and only "
    "beside random and longest."
)
ABOUT_TOKENS = (
    "What random rows cover that hold as many tokens together as the subset, mean of 5 draws. "
    "Longer rows have more latents, so equal rows alone favour methods that pick long ones: the "
    "nearer this comes to the subset, the more of its lead is length."
)


def show(workspace: Workspace, chosen: Chosen | None, own: Solution | None) -> None:
    """Coverage at the budget beside chance, at equal rows and equal tokens; knee and end."""
    if chosen is None or own is None:
        with st.container(border=True):
            st.markdown(
                "No subset is chosen on these features yet: the chart shows chance and length "
                "alone."
            )
            shell.link("subset", "Choose a subset", icon=":material/arrow_forward:")
        return
    line, n = coverage_cache.line(workspace, own), chosen.n_reachable or 0
    randoms, longest = coverage_cache.random(workspace), coverage_cache.longest(workspace)
    tokens = coverage_curves.place_of(line, chosen.budget, by="tokens") or 0
    at_random = coverage_curves.mean_at(randoms, chosen.budget)
    left, right = st.columns(2)
    figures.beside(
        left,
        f"At {words.count(chosen.budget, 'row')}",
        words.share(chosen.covered or 0, n),
        f"random {words.share(at_random, n)}",
        about=ABOUT,
    )
    figures.beside(
        right, "Longest", words.share(longest.at(chosen.budget) or 0, n), "equal rows", about=ABOUT
    )
    left, right = st.columns(2)
    same = coverage_curves.mean_at_tokens(randoms, tokens)
    about = f"random, {words.about(tokens)}"
    figures.beside(left, "Equal tokens", words.share(same, n), about, about=ABOUT_TOKENS)
    _next(right, workspace, chosen)
    left, right = st.columns(2)
    _ending(left, line, chosen)
    knee = line.knee
    figures.beside(
        right,
        "Knee",
        words.count(knee.rows, "row") if knee else "none",
        f"{words.share(knee.covered, n)} covered" if knee else "the curve does not bend",
        about=KNEE_METHOD,
    )


def _next(place: DeltaGenerator, workspace: Workspace, chosen: Chosen) -> None:
    found = coverage_cache.following(workspace, chosen)
    brought = found.order if found.order is not None else found.best
    figures.beside(
        place,
        f"Next {words.count(len(found.best), 'row')}",
        f"+{int(brought.sum()):,}",
        f"latents; random +{found.at_random:,.0f}",
        about=coverage_next_view.ABOUT,
    )


def _ending(place: DeltaGenerator, line: Line, chosen: Chosen) -> None:
    end = line.complete_at
    about = (
        "Rows after which the order covers no further latent. Beyond it a coverage method begins "
        "a new round, in which every latent is covered once more; coverage no longer tells "
        "subsets apart there."
    )
    if end is None:
        solved = "to the end of what is solved" if chosen.order.nested else "one budget, no curve"
        figures.beside(place, "Rises until", "the end", solved, about=about)
    else:
        inside = f"{words.share(end, chosen.budget)} of the budget"
        beside = inside if end <= chosen.budget else "beyond the budget"
        figures.beside(place, "Rises until", words.count(end, "row"), beside, about=about)
