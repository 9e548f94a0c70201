"""Curves of the solved methods with their controls, and the numbers at the budget beside them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.pipeline import coverage_curves, solutions
from core.pipeline.coverage_curves import Line
from core.pipeline.knee import METHOD as KNEE_METHOD
from core.pipeline.solutions import Solution
from core.pipeline.views import in_use
from core.select import SELECTORS
from core.workspace import Workspace
from pages.components import (
    coverage_cache,
    coverage_chart,
    coverage_numbers,
    layout,
    words,
)
from pages.components.coverage_scene import Drawn, Scene
from pages.components.loaders import Chosen

MOST_DRAWN = 6
MOST_SIZES = 4  # budgets of a method that are named
FIRST_DRAWN = 4  # beside each other before anybody chooses
UNITS = {"rows": "Rows", "tokens": "Tokens"}
SCALES = {"linear": "Linear", "log": "Log"}
REACHES = {"twice": "Twice the budget", "all": "All solved"}


def show(workspace: Workspace, chosen: Chosen | None) -> None:
    """The instrument of the page and its inspector."""
    found = solutions.solutions(workspace)
    names = solutions.names(found)
    instrument, inspector = layout.split("coverage")
    with instrument:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("Coverage of latents", anchor=False, help=coverage_numbers.ABOUT)
            picked = _picked(found, names, chosen)
        with st.container(horizontal=True, gap="small"):
            by, scale = _choice("Against", UNITS), _choice("Scale", SCALES)
            reach = _choice("Drawn", REACHES) if chosen else "all"
        drawn = [(one, names[one.key], coverage_cache.line(workspace, one)) for one in picked]
        _chart(workspace, chosen, drawn, (by, scale, reach))
        _remarks(workspace, picked, names)
    with inspector:
        own = next((one for one in found if _is_own(one, chosen)), None)
        coverage_numbers.show(workspace, chosen, own)


def _picked(
    found: Sequence[Solution], names: dict[str, str], chosen: Chosen | None
) -> list[Solution]:
    """The orders that are drawn; to begin with the one in use and a few others."""
    if len(found) < 2:
        return list(found)
    ranked = sorted(found, key=lambda one: not _is_own(one, chosen))
    held = {one.key: st.session_state.get(_key(one), at < FIRST_DRAWN)
            for at, one in enumerate(ranked)}  # fmt: skip
    n_held = sum(held.values())
    with st.popover(f"Orders · {n_held} of {len(found)}"):
        st.caption(
            "Every order that was solved on the pool and the features in use, at most "
            f"{MOST_DRAWN} at once. Random and the longest responses are always drawn."
        )
        for at, one in enumerate(ranked):
            st.checkbox(
                words.plain(_full_name(one, names[one.key])),
                value=at < FIRST_DRAWN,
                key=_key(one),
                disabled=n_held >= MOST_DRAWN and not held[one.key],
            )
    return [one for one in ranked if held[one.key]][:MOST_DRAWN]


def _key(one: Solution) -> str:
    return f"coverage.order.{one.key}"


def _chart(
    workspace: Workspace,
    chosen: Chosen | None,
    picked: Sequence[tuple[Solution, str, Line]],
    asked: tuple[str, str, str],
) -> None:
    by, scale, reach = asked
    randoms, longest = coverage_cache.random(workspace), coverage_cache.longest(workspace)
    budget = chosen.budget if chosen else None
    lines = [one for _, _, one in picked]
    n_rows = coverage_curves.rows_drawn(lines, budget if reach == "twice" else None, longest)
    own = next((one for solution, _, one in picked if _is_own(solution, chosen)), None)
    scene = Scene(
        by=by,
        log=scale == "log",
        most=coverage_curves.most_drawn(lines or [randoms[0]], n_rows, by=by),
        at=coverage_curves.place_of(own, budget, by=by),
        budget=budget,
        n_reachable=in_use(workspace, "features").notes["n_reachable"],
        drawn=tuple(Drawn(name, one, _is_own(solution, chosen)) for solution, name, one in picked),
        band=coverage_curves.band(
            randoms, coverage_curves.most_drawn(lines or [randoms[0]], n_rows, by=by), by=by
        ),
        longest=longest,
    )
    keys = ".".join(solution.key for solution, _, _ in picked)
    coverage_chart.show(scene, key=f"coverage.chart.{keys}.{budget}.{by}.{scale}.{reach}")


def _choice(label: str, options: dict[str, str]) -> str:
    return st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        default=next(iter(options)),
        required=True,
        key=f"coverage.{label.lower()}",
        label_visibility="collapsed",
        width="content",
    )


def _remarks(workspace: Workspace, picked: Sequence[Solution], names: dict[str, str]) -> None:
    """What is drawn as points, which knees there are, and what is left out."""
    dots = [names[one.key] for one in picked if not one.nested]
    parts = []
    if dots:
        parts.append(
            f"{', '.join(map(words.plain, dots))}: points at the budgets that were solved, since "
            "a smaller budget is no part of a larger one there."
        )
    bends = [
        f"{words.plain(names[one.key])} {bend}"
        for one in picked
        if one.nested and (bend := _bend(coverage_cache.line(workspace, one)))
    ]
    if bends:
        parts.append(f"Knees: {'; '.join(bends)}.")
    stale = solutions.stale_orders(workspace)
    if stale:
        parts.append(
            f"{words.count(stale, 'order')} of this pool left out: solved on other features than "
            "those in use."
        )
    parts.append("The grey band spans 5 random draws.")
    st.caption(" ".join(parts), help=f"Knee: {KNEE_METHOD}")


def _bend(line: Line) -> str:
    return words.count(line.knee.rows, "row") if line.knee else "none"


def _is_own(solution: Solution, chosen: Chosen | None) -> bool:
    return chosen is not None and solution.method == chosen.order.method and (
        chosen.fingerprint in solution.members
    )  # fmt: skip


def _full_name(solution: Solution, name: str) -> str:
    title = SELECTORS.get(solution.method).title
    extra = name.removeprefix(solution.method).removeprefix(", ")
    told = f"{title}, {extra}" if extra else title
    sizes = [f"{size:,}" for size in solution.sizes[-MOST_SIZES:]]
    return f"{told} · {'to' if solution.nested else 'at'} {', '.join(sizes)} rows"
