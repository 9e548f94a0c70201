"""Every metric of each subset with its definition, and how much of each the seed decides."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.pipeline import comparison_scores, comparison_stability
from core.pipeline.comparison_files import asked_files, baselines
from core.pipeline.comparison_members import Member
from core.pipeline.comparison_scores import Line
from core.pipeline.comparison_stability import Drawn
from core.workspace import Workspace
from pages.components import compare_cache, job_panel, layout, state, words
from pages.components.compare_scene import Scene

N_SEEDS = 3
ARROWS = {"higher": "higher is better", "lower": "lower is better", "neither": "describes"}
FIRST = "compare.beside"
BESIDE = {
    "random": "random, equal rows",
    "longest": "longest, equal rows",
    "random, tokens": "random, equal tokens",
    "longest, tokens": "longest, equal tokens",
}
ABOUT_SEEDS = (
    "Mean Jaccard over pairs of answers that differ in the seed alone: 1 where the method does not "
    "draw. The interval is a jackknife over seeds; by chance: what random subsets of that size "
    "share. Neither is better by itself; a low value says that another seed gives another subset."
)


def show(scene: Scene) -> None:
    """The table of metrics, what one of them means, and the seeds."""
    _metrics(scene)
    st.subheader("Under other seeds", anchor=False, help=ABOUT_SEEDS)
    _seeds(scene)


def _metrics(scene: Scene) -> None:
    workspace, members = scene.workspace, scene.members
    st.subheader("Metrics", anchor=False)
    places = list(range(len(members)))
    if st.session_state.get(FIRST, 0) not in places:
        del st.session_state[FIRST]
    at = st.selectbox(
        "Baselines as large as",
        places,
        0,
        format_func=[one.name for one in members].__getitem__,
        key=FIRST,
        width=260,
    )
    beside = _beside(workspace, members[at])
    everybody = (*members, *beside)
    values, n_missing = compare_cache.values(workspace, everybody)
    lines = comparison_scores.lines(values)
    instrument, side = layout.split("compare-metric")
    with instrument:
        version = compare_cache.version(everybody)
        picked = _table(lines, everybody, key=f"compare.metrics.{version}")
    with side:
        _about(picked, everybody)
        if n_missing:
            _offer(scene, n_missing)


def _beside(workspace: Workspace, one: Member) -> tuple[Member, ...]:
    """Random and longest, with as many rows and as many tokens as a subset."""
    return tuple(
        Member(f"beside:{name}", BESIDE[name], "baseline", rows)
        for name, rows in baselines(workspace, one.rows).items()
    )


def _table(lines: list[Line], everybody: tuple[Member, ...], *, key: str) -> Line:
    """A line a metric, a column a subset; gives the line that is picked."""
    names = _distinct([one.name for one in everybody])
    done = st.dataframe(
        [
            {
                "metric": line.title,
                "better": line.direction,
                **{name: _figure(one) for name, one in zip(names, line.values, strict=True)},
            }
            for line in lines
        ],
        key=key,
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [0]}},
        hide_index=True,
        height=min(560, 38 + 35 * len(lines)),
        placeholder="",
        column_config={
            "metric": st.column_config.TextColumn(pinned=True),
            **{name: st.column_config.TextColumn(alignment="right") for name in names},
        },
    )
    at = done["selection"]["rows"]
    return lines[at[0] if at and at[0] < len(lines) else 0]


def _figure(value: float | None) -> str:
    return "" if value is None else words.figure(value, 4)


def _distinct(names: list[str]) -> list[str]:
    """Names of columns, of which no two may be alike."""
    return [
        name if names.index(name) == at else f"{name} ({at + 1})" for at, name in enumerate(names)
    ]


def _about(line: Line, everybody: tuple[Member, ...]) -> None:
    """Formula, direction and source of the metric that is picked, and who leads."""
    with st.container(border=True, gap="small"):
        st.markdown(f"**{words.plain(line.title)}**, {ARROWS[line.direction]}")
        st.text(f"{line.formula}\nUnit: {line.unit or 'none'}. Source: {line.source}.")
        if line.note:
            st.caption(words.plain(line.note))
        if line.best is not None:
            st.text(f"Leads here: {everybody[line.best].name}.")


def _offer(scene: Scene, n_missing: int) -> None:
    st.text(
        f"{words.count(n_missing, 'subset')} of this table so far with the light metrics alone. "
        "Vendi score, NovelSum, redundancy, k-center radius and others compare embeddings and take "
        "from seconds to minutes; they are kept."
    )
    _start(scene, "Compute all metrics", 0)


def _seeds(scene: Scene) -> None:
    """What is known of each method over seeds, and a way to draw again where nothing is."""
    found = [(one, comparison_stability.stored_draws(scene.workspace, one))
             for one in scene.members]  # fmt: skip
    st.dataframe(
        [_drawn(one, drawn) for one, drawn in found],
        hide_index=True,
        height=38 + 35 * len(found),
        key=f"compare.seeds.{scene.version}",
        placeholder="",
        column_config={
            "Jaccard": st.column_config.NumberColumn(format="%.3f"),
            "by chance": st.column_config.NumberColumn(format="%.3f"),
        },
    )
    fixed = [one.name for one, drawn in found if drawn is not None and drawn.is_fixed]
    if fixed:
        st.caption(words.plain(f"The seed decides nothing here: {', '.join(fixed)}."))
    if any(one.kind == "order" and drawn is None for one, drawn in found):
        st.text(f"Orders without other seeds are solved again with {N_SEEDS}, by a job.")
        _start(scene, f"Draw again with {N_SEEDS} seeds", N_SEEDS)


def _drawn(one: Member, found: Drawn | None) -> dict[str, Any]:
    if found is None:
        what = "not drawn again yet" if one.kind == "order" else "its seed is not known"
        return {"subset": one.name, "Jaccard": None, "at 95 %": "", "by chance": None,
                "seeds": what if one.key != "baseline:longest" else "draws nothing"}  # fmt: skip
    ends = "" if found.low is None or found.is_fixed else f"{found.low:.3f} to {found.high:.3f}"
    return {"subset": one.name, "Jaccard": found.mean, "at 95 %": ends, "by chance": found.chance,
            "seeds": str(found.n_seeds)}  # fmt: skip


def _start(scene: Scene, label: str, seeds: int) -> None:
    """A job that measures these subsets and keeps what it finds."""
    workspace = scene.workspace
    busy = job_panel.is_busy(workspace) or not state.may_write(workspace)
    if st.button(label, key=f"compare.start.{seeds}", disabled=busy):
        files = [str(path) for path in asked_files(workspace, scene.members)]
        extra = [f"--seeds={seeds}"] if seeds else []
        job_panel.start(workspace, ["compare", *files, *extra], title=label)
