"""The metrics of the order in use: a table at a stored budget, and one of them as a curve."""

from __future__ import annotations

import streamlit as st

from core.pipeline.scores import MetricLine, Series, lines_at, nearest_budget, stored_series
from core.workspace import Workspace
from pages.components import charts, job_panel, words
from pages.components.loaders import Chosen

ARROWS = {"higher": "higher is better", "lower": "lower is better", "neither": "describes"}
WHO = ("subset", "random", "longest", "random, tokens", "longest, tokens")
HEADS = {"random, tokens": "random, equal tokens", "longest, tokens": "longest, equal tokens"}


def show(workspace: Workspace, chosen: Chosen) -> None:
    """Metrics that are too slow to follow the slider, at the budgets where a job computed them."""
    st.subheader("Metrics", anchor=False)
    series = stored_series(workspace)
    if series is None:
        _offer(workspace, chosen)
        return
    budget = nearest_budget(series, chosen.budget)
    lines = lines_at(series, budget)
    st.caption(_told(series, budget))
    table, curve = st.columns([3, 2])
    with table:
        line = _picked(lines, key=f"subset.metrics.{chosen.fingerprint}.{budget}")
    with curve:
        _curve(series, line, key=f"subset.metric.{chosen.fingerprint}.{line.name}")


def _told(series: Series, budget: int) -> str:
    """At which budget the table stands, and how much the seed decides there."""
    told = (
        f"At {words.count(budget, 'row')}, the subset beside as many random and as many longest "
        "rows, and at the last budget also beside as many tokens of them. A line that is picked is "
        "drawn over all stored budgets."
    )
    seeds = series.stability
    if not seeds:
        return told
    alike = f" Over {seeds['seeds']} seeds the answers at the last budget share {seeds['mean']:.2f}"
    if seeds["low"] is not None and seeds["mean"] < 1:
        alike += f" ({seeds['low']:.2f} to {seeds['high']:.2f} at 95 %)"
    return told + alike + f" of their rows (Jaccard; {seeds['chance']:.2f} by chance)."


def _offer(workspace: Workspace, chosen: Chosen) -> None:
    many = "at 20 budgets up to this one" if chosen.order.nested else "at this budget"
    st.text(
        f"Vendi score, NovelSum, redundancy, k-center radius and others are computed {many}, with "
        "random and longest beside them. That takes from seconds to a few minutes."
    )
    busy = job_panel.is_busy(workspace)
    if st.button("Compute metrics", key="subset.measure", disabled=busy):
        job_panel.start(workspace, ["measure"], title="Compute metrics")


def _picked(lines: list[MetricLine], *, key: str) -> MetricLine:
    """The table of metrics; gives the line that is picked, the first to begin with."""
    done = st.dataframe(
        [
            {
                "metric": line.title,
                **{HEADS.get(who, who): line.values[who] for who in WHO if who in line.values},
                "reading": ARROWS[line.direction],
                "formula and source": line.about,
            }
            for line in lines
        ],
        key=key,
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [0]}},
        hide_index=True,
        height=420,
        column_config={
            **{HEADS.get(who, who): st.column_config.NumberColumn(format="%.4g") for who in WHO},
            "formula and source": st.column_config.TextColumn(width="large"),
        },
    )
    at = done["selection"]["rows"]
    return lines[at[0] if at and at[0] < len(lines) else 0]


def _curve(series: Series, line: MetricLine, *, key: str) -> None:
    if len(series.budgets) > 1:
        charts.metric_curve(series, line, key=key)
    st.caption(words.plain(line.about))
