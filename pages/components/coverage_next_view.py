"""What the next rows would bring: along the order, at best, and by chance."""

from __future__ import annotations

import streamlit as st

from core.pipeline import next_rows
from core.pipeline.asking import as_arguments
from core.pipeline.next_rows import NextRows
from core.pipeline.requests import Request
from core.workspace import Workspace
from pages.components import coverage_bars, coverage_cache, job_panel, solving, words
from pages.components.loaders import Chosen

ABOUT = (
    "Gain of a next row: latents that it has and no row before it, in pick order; higher is "
    "better. Greedy on top: the rows that would bring most after this very subset, whatever its "
    "method (greedy coverage, within 1 - 1/e of the best, Nemhauser and others 1978). Random: as "
    "many rows drawn from those not chosen, mean of 5 draws."
)


def show(workspace: Workspace, chosen: Chosen | None) -> None:
    """The gains as a small chart, their sum in words."""
    if chosen is None:
        st.text("Choose a subset to see what its next rows would bring.")
        return
    found = coverage_cache.following(workspace, chosen)
    n = len(found.best)
    if not n:
        st.text("Every row of the pool is chosen: there is no next row.")
        return
    st.subheader(f"The next {words.count(n, 'row')}", anchor=False, help=ABOUT)
    request = None
    if found.order is None and chosen.order.nested:
        request = next_rows.further(workspace, chosen.budget)
    st.text(_in_words(found, chosen, ends=request is None))
    version = f"{chosen.fingerprint}.{chosen.budget}"
    if found.shown is not None or found.best.any():
        coverage_bars.next_gains(found, chosen.budget, key=f"coverage.next.{version}")
    if request is not None:
        _solve_further(workspace, request)


def _in_words(found: NextRows, chosen: Chosen, *, ends: bool) -> str:
    n, reachable = len(found.best), chosen.n_reachable or 0
    best, method = int(found.best.sum()), chosen.order.method
    beside = f"as many random rows {found.at_random:,.0f}, greedy on top of the subset {best:,}"
    if found.order is None:
        why = "every budget is solved anew, so there is no next row"
        if chosen.order.nested:
            why = (
                "it ends here, by its constraints or its budget in tokens"
                if ends
                else "not solved that far yet"
            )
        return f"{method}: {why}. At this point {beside} new latents by {words.count(n, 'row')}."
    brought = int(found.order.sum())
    if brought:
        last = int(found.order[-1])
        return (
            f"They bring {words.count(brought, 'new latent')} "
            f"({words.share(brought, reachable, 'reachable')}), the last of them {last:,}; "
            f"{beside}."
        )
    if not best:
        covered = "Nothing is left to cover: the subset has every latent that the pool has."
        if found.begins_anew and found.in_round is not None:
            covered += (
                f" {method} covers them once more, round by round: its next {n} rows have "
                f"{int(found.in_round.sum()):,} latents new to their round."
            )
        return covered
    return f"They bring no new latent; {beside}."


def _solve_further(workspace: Workspace, request: Request) -> None:
    """A button where the order ends and going on takes more than seconds."""
    busy = job_panel.is_busy(workspace)
    label = f"Solve to {solving.label(request)}"
    if st.button(label, key="coverage.further", disabled=busy):
        job_panel.start(workspace, as_arguments(workspace, request), title=label)
