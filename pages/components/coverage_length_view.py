"""Length beside coverage: how long the chosen rows are, and whether more latents means longer."""

from __future__ import annotations

import streamlit as st

from core.pipeline import length_check
from core.pipeline.length_check import PAPER_R, Density
from core.pipeline.thresholds import Thresholds
from core.pipeline.views import in_use
from core.workspace import Workspace
from pages.components import (
    coverage_cache,
    coverage_lengths,
    coverage_threshold_view,
    layout,
    words,
)
from pages.components.loaders import Chosen

HIGH = 0.8  # from here on number of latents and length say nearly the same
LOW = 0.5
ABOUT_LENGTH = (
    "Words of the response, in three groups of rows on one axis; random is the mean of 5 draws as "
    "large as the subset. Neither longer nor shorter is better: it says how much of the coverage "
    "may be bought with length."
)
ABOUT_R = (
    "Pearson correlation of a row's tokens with its number of latents, -1 to 1. arXiv 2502.14050 "
    f"reports {PAPER_R} for its SAE on Llama-3.1-8B-Instruct. Near 1, choosing rows with many "
    "latents is choosing long rows. Which number of latents is meant matters, so all three are "
    "measured."
)


def show(workspace: Workspace, chosen: Chosen | None) -> None:
    """The three groups, then the correlation under three readings of the codes."""
    if chosen is not None:
        st.subheader("Length of the chosen rows", anchor=False, help=ABOUT_LENGTH)
        instrument, inspector = layout.split("coverage-length")
        spread = coverage_cache.lengths(workspace, chosen)
        with instrument:
            version = f"{chosen.fingerprint}.{chosen.budget}"
            coverage_lengths.histograms(spread, key=f"coverage.lengths.{version}")
        with inspector:
            ratio = spread.medians["subset"] / max(spread.medians["pool"], 1)
            st.text(
                f"The median response of the subset has {words.figure(ratio, 2)} times the words "
                "of the pool's. Coverage at equal tokens stands beside the chart above; the "
                "subset page can divide gains by length."
            )
    st.subheader("Do more latents mean a longer row?", anchor=False, help=ABOUT_R)
    _correlations(workspace)


def _correlations(workspace: Workspace) -> None:
    own = coverage_cache.pool_density(workspace)
    found = coverage_cache.measured(workspace)
    theta = in_use(workspace, "features").notes["threshold"]["theta"]
    cells = st.columns(3)
    above = f"Above θ = {words.figure(theta)}, in use"
    _cell(cells[0], above, own, "What selection counts: latents above the threshold.")
    if found is None or not len(found.tokens):
        with cells[1], st.container(border=True):
            st.text(_lacking(found))
            if found is None:
                coverage_threshold_view.measure_button(workspace, key="coverage.measure.length")
        return
    top = length_check.density(found.tokens, found.n_top)
    positive = length_check.density(found.tokens, found.n_positive)
    _cell(
        cells[1], f"Top {found.k} a token", top,
        f"As the SAE was trained: the {found.k} largest latents of each token, joined over tokens. "
        "The nearest to the paper's count.",
    )  # fmt: skip
    _cell(cells[2], "Above 0", positive, "Every latent that is positive on some token.")
    st.text(_verdict(own, top, positive))
    st.caption(
        f"The paper reports {PAPER_R}. The first chart counts all "
        f"{words.count(own.n_rows, 'row')} of the pool; the other two "
        f"{words.count(top.n_rows, 'random row')} read again with every code."
    )


def _cell(place: st.delta_generator.DeltaGenerator, title: str, found: Density, about: str) -> None:
    with place:
        place.metric(f"{title}: r", _told(found.r), help=about)
        coverage_lengths.density(
            found, latents="latents of the row", key=f"coverage.density.{title}.{found.n_rows}"
        )


def _lacking(found: Thresholds | None) -> str:
    if found is None:
        return (
            "The other two counts need every code of a row, and the readings keep the largest "
            f"alone. Measuring thresholds reads up to 3,000 rows again. The paper's {PAPER_R} is "
            "to be held against these, not against the first."
        )
    return f"Rows could not be read again: {found.why_no_sample}."


def _verdict(own: Density, top: Density, positive: Density) -> str:
    """What the three correlations mean, in words."""
    parts = []
    if top.r is not None and top.r >= HIGH:
        parts.append(
            f"Top-k codes show the paper's effect here ({_told(top.r)} beside {PAPER_R}): a longer "
            "row has more of them."
        )
    else:
        parts.append(f"Top-k codes do not show the paper's {PAPER_R} here ({_told(top.r)}).")
    if positive.r is not None and top.r is not None and positive.r < top.r:
        parts.append(
            f"Positive codes ({_told(positive.r)}) do less, since nearly every latent is positive "
            "somewhere in a row of middling length."
        )
    if own.r is None:
        return " ".join(parts)
    size = "still much" if own.r > LOW else "some" if own.r > 0.2 else "little"
    parts.append(
        f"With the threshold in use {_told(own.r)} remains: {size} of the number of latents is "
        "length, and a method that counts new latents favours long rows that far."
    )
    return " ".join(parts)


def _told(r: float | None) -> str:
    return "not defined" if r is None else f"{r:.2f}"
