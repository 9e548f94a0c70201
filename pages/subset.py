"""Subset: choose rows under a budget by a method, and see what they cover beside chance."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.metrics import Totals
from core.pipeline.asking import missing_readings, read_budget
from core.pipeline.cards import example_card
from core.pipeline.curves import Coverage
from core.pipeline.measures import Measures
from core.pipeline.requests import Request
from core.pipeline.selection import check_budget
from core.select import SELECTORS
from core.workspace import Workspace
from pages.components import (
    charts,
    example_table,
    figures,
    forms,
    job_panel,
    layout,
    loaders,
    measured,
    method_table,
    metric_panel,
    reader,
    shell,
    solving,
    state,
    wishes,
    words,
)
from pages.components.loaders import Chosen

DEFAULT_METHOD = "sae-greedy"
LISTED = 100  # picks in the table
PICK_COLUMNS = (
    "pick", "new latents", "example", "reason", "source", "cluster", "response words",
)  # fmt: skip
UNITS = {"rows": "rows", "percent": "%"}
PROVENANCE = {
    "confirmed": ("as published", "green", "Checked against the paper or its authors' code."),
    "inferred": ("inferred", "orange", "The paper leaves parts open; these are our reading of it."),
    "default": ("our own", "gray", "No paper: our own choice."),
}


def main() -> None:
    """The page from top to bottom; the form acts last, so that an error leaves the rest alone."""
    workspace = shell.begin(
        "Subset", "Choose the rows that show a model most of what the pool holds, under a budget."
    )
    with state.shown_errors():
        job_panel.show(workspace, "select", "run", "measure", "duplicates", "overlap")
        if loaders.in_use(workspace, "pool") is None:
            shell.empty(
                "Here a method chooses a subset of the pool, and its coverage is drawn beside "
                "that of random rows. It begins with a dataset.",
                "Read a dataset",
                "dataset",
            )
    asked, shown = st.container(), st.container()
    with shown, state.shown_errors():
        result(workspace)
    with asked, state.shown_errors():
        form(workspace)


def form(workspace: Workspace) -> None:
    """Method, budget, settings, pins and forbids; and the button that selects."""
    bar = st.columns([2.6, 1.3, 1.9, 2.4], vertical_alignment="bottom")
    name = method_picker(bar[0], workspace)
    text = bar[1].text_input("Budget", value=str(default_budget(workspace)), key="subset.budget")
    unit = bar[2].segmented_control(
        "Unit",
        list(UNITS),
        format_func=UNITS.__getitem__,
        default="rows",
        required=True,
        key="subset.unit",
        label_visibility="collapsed",
        help="Rows, or per cent of the pool.",
    )
    button = bar[3].empty()
    button.button("Select rows", disabled=True, key="subset.cannot", width="stretch")
    about(name)
    method_table.show(workspace)
    file = wishes.brought(workspace, name)
    left, right = st.columns(2)
    with left:
        options = forms.settings_expander(SELECTORS.get(name).config, key=f"subset.{name}")
    with right:
        wished = wishes.constraints(workspace, name) | file
    refuse_lacking(workspace, name)
    wanted = read_budget(text, percent=unit == "percent")
    request = Request(name, wanted, options, **wished)
    check_budget(workspace, request)
    busy = job_panel.is_busy(workspace)
    label = f"Select {solving.label(request)}"
    if button.button(label, type="primary", key="subset.select", disabled=busy, width="stretch"):
        solving.solve(workspace, request)


def method_picker(place: Any, workspace: Workspace) -> str:
    """The methods by their titles; it begins with the one in use."""
    names = list(SELECTORS)
    chosen = loaders.chosen(workspace)
    begin = chosen.order.method if chosen and chosen.order.method in names else DEFAULT_METHOD
    return place.selectbox(
        "Method",
        names,
        names.index(begin),
        format_func=lambda name: SELECTORS.get(name).title,
        key="subset.method",
    )


def default_budget(workspace: Workspace) -> int:
    """The budget in use, else a tenth of the pool."""
    pool = loaders.in_use(workspace, "pool")
    return loaders.budget(workspace) or max(1, pool.notes["n_rows"] // 10)


def about(name: str) -> None:
    """When to use a method, what it costs, where it comes from, and how sure that is."""
    method = SELECTORS.get(name)
    sure, colour, why = PROVENANCE[method.provenance]
    text, badge = st.columns([6, 1], vertical_alignment="top")
    text.caption(
        f"{words.plain(method.when)} {words.plain(method.complexity)}. "
        f"Source: {words.plain(method.source)}."
    )
    badge.badge(sure, color=colour, help=why)


def refuse_lacking(workspace: Workspace, name: str) -> None:
    """End the form where the method needs a reading that the pool does not have yet."""
    lacking = missing_readings(workspace, name)
    if lacking:
        st.text(f"This method needs {' and '.join(lacking)}, which this pool does not have yet.")
        shell.link("model", "Read the pool with a model", icon=":material/memory:")
        st.stop()


def result(workspace: Workspace) -> None:
    """The subset in view: its curve, its numbers, its first picks."""
    chosen = loaders.chosen(workspace)
    if chosen is None:
        st.text("No rows are chosen yet. A tenth of the pool is a good first budget.")
        return
    curve, beside = layout.split("subset")
    with curve:
        coverage(workspace, chosen)
    with beside:
        numbers(chosen, measured.numbers(workspace, chosen))
    picks(workspace, chosen)
    metric_panel.show(workspace, chosen)


def coverage(workspace: Workspace, chosen: Chosen) -> None:
    """The coverage curve against random and longest, and whether it says anything."""
    st.subheader("Coverage by rows chosen", anchor=False)
    if chosen.covered is None:
        st.text("Coverage counts SAE features; the pool has not been read with an SAE yet.")
        return
    found = measured.coverage(workspace, chosen)
    key = f"subset.curve.{chosen.fingerprint}.{chosen.budget}"
    charts.coverage_curve(found, chosen.order.method, nested=chosen.order.nested, key=key)
    if not chosen.order.nested:
        st.caption(f"Solved at {chosen.budget:,}; every other budget is solved anew.")
    warn(found)


def warn(found: Coverage) -> None:
    """Say so where coverage is complete long before the budget is spent."""
    if found.saturates_early:
        st.warning(
            f"Coverage is complete after {words.count(found.saturates_at, 'row')} of "
            f"{found.budget:,}: beyond that it does not tell one choice from another. A higher "
            "threshold or a smaller budget makes it speak again.",
            icon=":material/warning:",
        )


def numbers(chosen: Chosen, found: Measures) -> None:
    """The numbers at the budget, each beside what it is to be compared with."""
    left, right = st.columns(2)
    by = f"of {words.count(found.n_pool)} in the pool"
    figures.beside(left, "Rows chosen", words.count(found.n_chosen), by)
    if found.n_covered is not None:
        at_random = words.share(found.baselines["random"], found.n_reachable)
        figures.beside(
            right,
            "Latents covered",
            words.share(found.n_covered, found.n_reachable),
            f"random: {at_random}",
            about="Latents that at least one chosen row has, of those that at least one row of "
            "the pool has. Higher is better.",
        )
    left, right = st.columns(2)
    mean(left, "Response words", found.words, "Mean words of a response.")
    if found.tokens is not None:
        mean(right, "Tokens a row", found.tokens, "Mean tokens that the model reads of a row.")
    left, right = st.columns(2)
    if found.n_clusters:
        reached = words.count(found.n_clusters_reached)
        figures.beside(
            left,
            "Clusters reached",
            reached,
            f"of {found.n_clusters:,} by k-means",
            about="Clusters with at least one chosen row. Higher is better.",
        )
    if found.tokens is not None:
        share = words.share(found.tokens.total, found.tokens.pool_mean * found.n_pool)
        figures.beside(
            right, "Tokens in all", words.count(found.tokens.total), f"{share} of the pool's"
        )
    for note in chosen.subset.notes:
        st.text(note)


def mean(place: Any, title: str, totals: Totals, about_it: str) -> None:
    """A mean over the subset, beside the pool's."""
    beside = f"pool: {words.figure(totals.pool_mean)}"
    figures.beside(place, title, words.figure(totals.mean), beside, about=about_it)


def picks(workspace: Workspace, chosen: Chosen) -> None:
    """The first picks with what each brought and why; a picked line is read beside it."""
    st.subheader("First picks", anchor=False)
    table = measured.reasons(workspace, chosen, LISTED)
    listed, card = layout.split("picks")
    with listed:
        row = example_table.picked_row(
            table,
            key=f"subset.picks.{chosen.fingerprint}.{chosen.budget}",
            columns=PICK_COLUMNS,
        )
        if chosen.budget > LISTED:
            st.caption(f"The first {LISTED:,} of {chosen.budget:,} picks.")
    with card:
        if row is not None:
            subset, order = chosen.subset, chosen.order
            found = example_card(workspace, row, subset=subset, order=order)
            reader.show_card(found, key="subset.card")


main()
