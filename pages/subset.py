"""Subset: choose rows under a budget by a method, and see what they cover beside chance."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.errors import CoreError
from core.pipeline.asked import answers, rows_asked
from core.pipeline.cards import example_card
from core.pipeline.costs import is_at_once
from core.pipeline.curves import Coverage
from core.pipeline.requests import Request
from core.pipeline.selection import check_budget
from core.pipeline.trial import Trial, trial
from core.workspace import Workspace
from pages.components import (
    example_table,
    job_panel,
    layout,
    loaders,
    measured,
    metric_panel,
    reader,
    shell,
    solving,
    staleness,
    state,
    subset_change,
    subset_curve,
    subset_form,
    subset_snapshots,
    words,
)
from pages.components.loaders import Chosen
from pages.components.subset_curve import Shown

LISTED = 100  # picks in the table
PICK_COLUMNS = (
    "pick", "new latents", "example", "reason", "source", "cluster", "response words",
)  # fmt: skip
SEEN = "subset.seen"  # what the form said in the last run
TRIAL = "subset.trial"
KEYS = (
    ("← →", "one row less or more, on the handle of the curve"),
    ("Page Up, Page Down", "a tenth more or less"),
    ("Home, End", "the smallest and the largest budget"),
)


def main() -> None:
    """The page from top to bottom; what is asked is answered first, then all is drawn."""
    workspace = shell.begin(
        "Subset",
        "Choose the rows that show a model most of what the pool holds, under a budget.",
        *KEYS,
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
        staleness.show(workspace, "selection", here="subset")
        before = _in_view(workspace)
        asked, shown = st.container(), st.container()  # so that a line more above moves no chart
        with asked:
            request = form(workspace)
        with shown:
            result(workspace, request)
        if _in_view(workspace) != before:
            st.rerun()  # the budget bar was drawn before the answer was there


def form(workspace: Workspace) -> Request | None:
    """What is asked, answered at once where that is quick; what cannot be is one line."""
    places = subset_form.bar()
    button = places.button.empty()
    try:
        request = subset_form.ask(workspace, places)
        if request is None:
            _no_button(button)
            return None
        check_budget(workspace, request)
        follow(workspace, request)
    except CoreError as error:
        _no_button(button)
        st.error(words.plain(str(error)), icon=":material/error:")
        return None
    is_there = _is_there(workspace, request)
    if button.button(
        f"Select {solving.label(request)}",
        type="secondary" if is_there else "primary",
        key="subset.select",
        disabled=job_panel.is_busy(workspace),
        width="stretch",
    ):
        solving.solve(workspace, request)
    why = None if is_there else _why_not(workspace, request)
    if why:
        st.caption(why)
    marked = subset_form.told(request)
    if marked:
        st.caption(words.plain(f"{marked}; see the features page."))
    return request


def follow(workspace: Workspace, request: Request) -> None:
    """Answer a change of the form in this run, where the method stays and it takes a moment."""
    seen = state.remembered(SEEN)
    state.remember(SEEN, request)
    artifact = loaders.in_use(workspace, "selection")
    if seen in (None, request) or artifact is None or not state.may_write(workspace):
        return
    if seen.method != request.method or artifact.config["method"] != request.method:
        return
    if _is_there(workspace, request) or job_panel.is_busy(workspace):
        return
    if answers(workspace, artifact, request) or is_at_once(workspace, request):
        solving.now(workspace, request)


def result(workspace: Workspace, request: Request | None) -> None:
    """The subset in view: its curve, what changed, its first picks, its metrics."""
    chosen, tried = loaders.chosen(workspace), preview(workspace)
    if chosen is None and tried is None:
        st.text("No subset is in view. A tenth of the pool is a good first budget.")
        return
    curve(workspace, chosen, tried, request)
    if chosen is None:
        return
    change, snapshots = layout.split("changes")
    with change:
        subset_change.show(workspace, chosen)
    with snapshots, state.shown_errors():
        subset_snapshots.show(workspace)
    picks(workspace, chosen)
    metric_panel.show(workspace, chosen)


def curve(
    workspace: Workspace, chosen: Chosen | None, tried: Trial | None, request: Request | None
) -> None:
    """The coverage curve with its handle; a preview takes its place while a job runs."""
    st.subheader("Coverage by rows chosen", anchor=False)
    if tried is not None:
        shown = Shown(tried.order, tried.fingerprint, len(tried.order), tried.what)
        subset_curve.show(workspace, shown, asked=None, on_budget=lambda budget: None)
        return
    if chosen is None:
        return
    if chosen.covered is None:
        st.text("Coverage counts SAE features; the pool has not been read with an SAE yet.")
    shown = subset_curve.of_chosen(chosen)
    subset_curve.show(
        workspace,
        shown,
        asked=_asked(workspace, chosen, request),
        on_budget=lambda budget: moved(workspace, chosen, budget),
    )
    for note in chosen.subset.notes:
        st.text(note)
    if chosen.covered is not None:
        warn(measured.coverage(workspace, chosen))


def moved(workspace: Workspace, chosen: Chosen, budget: int) -> None:
    """The hand came to rest: a prefix is the answer; of other methods the form asks for it."""
    subset_form.fill_budget(budget)
    if chosen.order.nested:
        state.remember("budget", budget)
        if state.may_write(workspace):
            workspace.choose(budget=budget)


def preview(workspace: Workspace) -> Trial | None:
    """What stands for the answer that a job of this session is on its way to."""
    request = solving.pending(workspace)
    if request is None:
        state.forget(TRIAL)
        return None
    held: tuple[Request, Trial | None] | None = state.remembered(TRIAL)
    if held is None or held[0] != request:
        with st.spinner("Preparing a preview"):
            held = (request, trial(workspace, request))
        state.remember(TRIAL, held)
    return held[1]


def warn(found: Coverage) -> None:
    """Say so where coverage is complete long before the budget is spent."""
    if found.saturates_early:
        st.warning(
            f"Coverage is complete after {words.count(found.saturates_at, 'row')} of "
            f"{found.budget:,}: beyond that it does not tell one choice from another. A higher "
            "threshold or a smaller budget makes it speak again.",
            icon=":material/warning:",
        )


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


def _in_view(workspace: Workspace) -> tuple[str | None, int | None]:
    """The order and the budget in use."""
    return workspace.current().get("selection"), loaders.budget(workspace)


def _is_there(workspace: Workspace, request: Request) -> bool:
    """Whether what is asked for is what is in view."""
    artifact, chosen = loaders.in_use(workspace, "selection"), loaders.chosen(workspace)
    if artifact is None or chosen is None or not answers(workspace, artifact, request):
        return False
    wanted = rows_asked(workspace, request)
    return wanted is None or wanted == chosen.budget


def _why_not(workspace: Workspace, request: Request) -> str | None:
    """What stands between what is asked for and what is in view; None where nothing is."""
    artifact = loaders.in_use(workspace, "selection")
    if job_panel.is_busy(workspace):
        return "A job is running; what is asked for can be selected when it ends."
    if artifact is None:
        return None
    if artifact.config["method"] != request.method:
        method = words.plain(artifact.config["method"])
        return f"The subset below was chosen by {method}; changes follow at once after selecting."
    if is_at_once(workspace, request):
        return "The subset below was chosen with other settings."
    return "This takes above two seconds, so it runs as a job; a preview stands in until it ends."


def _asked(workspace: Workspace, chosen: Chosen, request: Request | None) -> int | None:
    """The budget that is asked for of the method in use and not answered, in rows."""
    if request is None or request.method != chosen.order.method:
        return None
    return rows_asked(workspace, request)


def _no_button(place: Any) -> None:
    place.button("Select rows", disabled=True, key="subset.cannot", width="stretch")


main()
