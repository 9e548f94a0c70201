"""The threshold table of this pool: what each would make of coverage, and how to use another."""

from __future__ import annotations

import streamlit as st

from core.pipeline import features, views
from core.pipeline.threshold_line import EARLY, FEW, GREEDY_AT, HEALTHY, ThresholdLine, verdict
from core.workspace import Workspace
from pages.components import coverage_cache, job_panel, loaders, shell, words
from pages.components.loaders import Chosen

ABOUT = (
    "A latent counts as a feature of a row where its largest activation over the row's tokens "
    "passes θ. Without a threshold the union over tokens is nearly every latent, and coverage "
    "says nothing. Greedy: exact greedy coverage, one round. Random: mean of 5 draws. Too early: "
    "greedy covers 99 % within a tenth of the budget. Too few: the median row has less than "
    "0.1 % of the latents or fewer than 2, or 5 % of the rows have none. Limits of our own, from "
    "measurements on 3,000 Alpaca rows with MiniLM, where medians of 0.2 to 1 % of the latents "
    "kept greedy far ahead of random."
)
ABOUT_RANDOM = "Coverage of so many random rows, mean of 5 draws."
MEANS = {
    EARLY: "Greedy reaches 99 % within a tenth of the budget: the rest of the subset is chosen "
    "without any word from coverage. A higher threshold helps.",
    HEALTHY: "Coverage goes on telling rows apart for more than a tenth of the budget.",
    FEW: "Rows have hardly any latent: coverage then rests on a handful of strong activations. "
    "A lower threshold helps.",
}


def show(workspace: Workspace, chosen: Chosen | None) -> None:
    """The threshold in use with its verdict; the table once it is measured."""
    st.subheader("Where a latent begins to count", anchor=False, help=ABOUT)
    budget = _budget(workspace, chosen)
    in_use = coverage_cache.threshold_in_use(workspace)
    judged = verdict(in_use, budget)
    st.markdown(
        f"θ = {words.figure(in_use.theta)} in use: **{judged}** for "
        f"{words.count(budget, 'row')}. {MEANS[judged]} Greedy covers 99 % in "
        f"{words.count(in_use.picks_to_nearly, 'row')}, {_of_budget(in_use, budget)}."
    )
    found = coverage_cache.measured(workspace)
    if found is None:
        st.text(
            "The table shows what other thresholds would make of coverage on this very pool. "
            "Measuring reads up to 3,000 rows again and takes from seconds to about a minute."
        )
        measure_button(workspace, key="coverage.measure")
        return
    lines = [one for one in found.lines if abs(one.theta - in_use.theta) > 1e-6 * in_use.theta]
    lines = sorted([*lines, in_use], key=lambda one: one.theta)
    picked = _table(lines, in_use, budget, key=f"coverage.thresholds.{in_use.theta}.{budget}")
    _remarks(lines, found.why_no_sample)
    _use(workspace, picked, in_use, budget)


def measure_button(workspace: Workspace, *, key: str) -> None:
    """Start the measurement as a job."""
    busy = job_panel.is_busy(workspace)
    if st.button("Measure thresholds", key=key, disabled=busy, type="primary"):
        job_panel.start(workspace, ["thresholds"], title="Measure thresholds")


def _of_budget(line: ThresholdLine, budget: int) -> str:
    if line.picks_to_nearly > budget:
        return f"more than the budget of {budget:,}"
    return f"{words.share(line.picks_to_nearly, budget)} of the budget"


def _budget(workspace: Workspace, chosen: Chosen | None) -> int:
    """The budget in view, else a tenth of the pool."""
    if chosen is not None:
        return chosen.budget
    asked = loaders.budget(workspace)
    return asked or max(1, int(views.in_use(workspace, "pool").notes["n_rows"]) // 10)


def _table(
    lines: list[ThresholdLine], in_use: ThresholdLine, budget: int, *, key: str
) -> ThresholdLine:
    own = lines.index(in_use)
    done = st.dataframe(
        [_cells(one, budget, is_own=one is in_use) for one in lines],
        key=key,
        hide_index=True,
        height=40 + 35 * len(lines),
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [own]}},
        column_config={
            "in use": st.column_config.TextColumn(width=50, pinned=True),
            "θ": st.column_config.NumberColumn(format="%.3f", width=70),
            "quantile": st.column_config.NumberColumn(
                format="%.3f", width=80,
                help="Share of the pooled activations above 0 that lie at or below θ.",
            ),
            "rows": st.column_config.NumberColumn(
                format="localized", width=70,
                help="Rows that the line is measured on: the whole pool, or sampled rows read "
                "again with every code.",
            ),
            "median": st.column_config.NumberColumn(
                format="localized", help="Latents of the median row."
            ),
            "% of latents": st.column_config.NumberColumn(
                format="%.2f", help="The same as a share of the SAE's latents."
            ),
            "r, length": st.column_config.NumberColumn(
                format="%.2f", help="Pearson correlation of a row's tokens with its latents."
            ),
            f"greedy {GREEDY_AT}": st.column_config.NumberColumn(
                format="percent", help=f"Coverage after {GREEDY_AT} greedy picks."
            ),
            "picks to 100 %": st.column_config.NumberColumn(
                format="localized", help="Greedy picks until every reachable latent is covered."
            ),
            "random 100": st.column_config.NumberColumn(format="percent", help=ABOUT_RANDOM),
            "random 300": st.column_config.NumberColumn(format="percent", help=ABOUT_RANDOM),
            "verdict": st.column_config.TextColumn(width=145),
        },
    )  # fmt: skip
    at = done["selection"]["rows"]
    return lines[at[0] if at and at[0] < len(lines) else own]


def _cells(one: ThresholdLine, budget: int, *, is_own: bool) -> dict[str, object]:
    return {
        "in use": "●" if is_own else "",
        "θ": one.theta,
        "verdict": verdict(one, budget),
        "median": one.median,
        "% of latents": 100 * one.median_share,
        "r, length": one.r,
        f"greedy {GREEDY_AT}": one.greedy,
        "picks to 100 %": one.picks_to_all,
        "random 100": one.random[0],
        "random 300": one.random[1],
        "quantile": one.quantile,
        "rows": one.n_rows,
    }  # fmt: skip


def _remarks(lines: list[ThresholdLine], why_no_sample: str) -> None:
    if any(not one.whole for one in lines):
        st.caption(
            "The readings keep each row's largest codes alone; thresholds below these are "
            "measured on sampled rows that were read again with every code, where greedy and "
            "random have fewer rows to find the rare latents in."
        )
    elif why_no_sample:
        st.caption(
            "Lower thresholds are absent: rows could not be read again "
            f"({words.plain(why_no_sample)})."
        )


def _use(workspace: Workspace, picked: ThresholdLine, in_use: ThresholdLine, budget: int) -> None:
    """Make the features again with the threshold that is picked."""
    if picked is in_use:
        st.caption("Pick another line to use its threshold.")
        return
    judged = verdict(picked, budget)
    st.text(f"θ = {words.figure(picked.theta)}, {judged}: {MEANS[judged]}")
    if not picked.whole:
        st.text(
            "The stored codes do not reach down to it: reading the pool again with a larger "
            "code share would keep them."
        )
        shell.link("model", "Read the pool again", icon=":material/memory:")
        return
    st.caption(
        "Takes seconds. Orders solved so far are kept but out of use: the subset is chosen anew."
    )
    busy = job_panel.is_busy(workspace)
    label = f"Use θ = {words.figure(picked.theta)}"
    if st.button(label, key="coverage.use", disabled=busy):
        with st.spinner("Turning codes into features"):
            features.make(workspace, {"value": picked.theta})
        st.rerun()
