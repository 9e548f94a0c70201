"""Map: every example as a point, the chosen ones standing out; search, lasso, read, compare."""

from __future__ import annotations

import streamlit as st

from core.pipeline.listing import SHOWN, Listed
from core.workspace import Workspace
from pages.components import (
    chips,
    figures,
    found_rows,
    hues,
    inspected,
    inspector,
    job_panel,
    layout,
    loaders,
    measured,
    search_box,
    shell,
    staleness,
    state,
    twin_maps,
    words,
)
from pages.components.loaders import Chosen
from pages.components.map import MapEvent

HOW = (
    "Click a point or a line of the table to read its example. Draw a lasso (Lasso, or Shift and "
    "drag) to list what lies inside. Move the budget to see the choice grow."
)


def main() -> None:
    """The page from top to bottom."""
    workspace = shell.begin(
        "Map",
        "Every example of the pool is a point; examples that mean alike things lie together.",
        ("J", "read the next example of the table"),
        ("K", "read the one before"),
    )
    with state.shown_errors():
        job_panel.show(workspace, "project", "extract", "run")
        if loaders.coordinates(workspace) is None:
            nothing_yet(workspace)
        explorer()


def nothing_yet(workspace: Workspace) -> None:
    """The one step that is missing before there is a map."""
    staleness.stop(workspace, "map", here="map")
    what = "Here the pool lies spread out as a map, with the chosen subset in colour."
    if loaders.in_use(workspace, "pool") is None:
        shell.empty(f"{what} It begins with a dataset.", "Read a dataset", "dataset")
    if loaders.in_use(workspace, "readings") is None:
        shell.empty(f"{what} A model has to read the examples first.", "Read with a model", "model")
    with st.container(border=True):
        st.markdown(f"{what} The examples are read; they have to be laid out.")
        busy = job_panel.is_busy(workspace)
        if st.button("Lay out the map", type="primary", key="map.project", disabled=busy):
            job_panel.start(workspace, ["project"], title="Lay out the map")
    st.stop()


@st.fragment
def explorer() -> None:
    """Search, chips, maps, table and inspector: everything that answers to the hand."""
    with state.shown_errors():
        workspace = state.workspace()
        chosen = loaders.chosen(workspace)
        subset = chosen.subset if chosen else None
        shown = heeded(workspace, chosen)
        look = controls(workspace, chosen)
        with st.container():  # what comes and goes in here moves no map, or it would be made anew
            search_box.answer()
            chips.show(workspace, chosen=subset)
            missing_layout(workspace)
        listed = found_rows.listing(workspace, chosen)
        if len(shown) > 1:
            events = twin_maps.draw(workspace, chosen, shown, look)
            instrument, side = layout.split("map")
        else:
            instrument, side = layout.split("map")
            with instrument:
                events = twin_maps.draw(workspace, chosen, shown, look)
        with instrument:
            twin_maps.below(workspace, chosen, shown, look)
            table(listed)
        with side:
            summary(workspace, chosen)
            read(workspace, chosen, listed)
        inspected.tell(workspace)
        inspected.heed_budget(workspace, chosen, budget_said(events))


def heeded(workspace: Workspace, chosen: Chosen | None) -> list[twin_maps.Picture]:
    """The maps to be shown, after what was done on them was taken to heart."""
    probe = "probe" in st.query_params  # keeps the time of each frame, for measuring
    shown = twin_maps.pictures(workspace, chosen, probe=probe)
    twin_maps.heed(workspace, shown)
    return shown


def controls(workspace: Workspace, chosen: Chosen | None) -> twin_maps.Look:
    """Search, colour, and what to compare with."""
    layout.explorer()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(horizontal=True, width="stretch", key="map-search"):
            search_box.show(workspace)
        hue = hues.choose(workspace, chosen, chips.filters(workspace))
        twin_maps.choose(workspace)
    return twin_maps.Look(hue, sizes=twin_maps.sizes())


def budget_said(events: list[MapEvent]) -> int | None:
    """The budget at which the slider rests; the first map has it."""
    return events[0].budget


def missing_layout(workspace: Workspace) -> None:
    """The layout that was asked for beside the map and has to be made first."""
    other = twin_maps.wanted()
    if other in twin_maps.to_be_made(workspace):
        twin_maps.lay_out(workspace, other)


def table(listed: found_rows.Found) -> None:
    """How many examples pass the filters, and the first of them."""
    st.text(counted(listed.all))
    found_rows.show(listed)


def counted(listed: Listed) -> str:
    """The sentence above the table: how many pass, how many are chosen, which are listed."""
    parts = [f"{words.count(listed.n_found, 'example')} match"]
    parts[0] += "es" if listed.n_found == 1 else ""
    if listed.n_chosen is not None:
        parts.append(f"{listed.n_chosen:,} of them chosen")
    sentence = ", ".join(parts)
    order = "most alike first" if listed.is_ranked else "chosen ones first"
    if listed.n_found > SHOWN:
        return f"{sentence}; the first {SHOWN:,} are listed, {order}."
    return f"{sentence}; {order}." if listed.n_found else f"{sentence}."


def summary(workspace: Workspace, chosen: Chosen | None) -> None:
    """How many rows are chosen, and what they cover beside as many rows at random."""
    if chosen is None:
        if not staleness.show(workspace, "selection"):
            st.text("No subset is chosen yet; all points are the pool.")
            shell.link("subset", "Choose a subset", icon=":material/checklist:")
        return
    n_points = words.count(loaders.in_use(workspace, "pool").notes["n_rows"])
    rows, coverage = st.columns(2)
    by = f"of {n_points} in the pool"
    figures.beside(rows, "Rows chosen", words.count(chosen.budget), by)
    if chosen.covered is None or not chosen.n_reachable:
        return
    at_random = measured.baselines(workspace, chosen.budget)["random"]
    figures.beside(
        coverage,
        "Latents covered",
        words.share(chosen.covered, chosen.n_reachable),
        f"random: {words.share(at_random, chosen.n_reachable)}",
        about=f"Share of the {chosen.n_reachable:,} latents that at least one row of the pool has "
        "which at least one chosen row has. Higher is better; random is as many rows drawn "
        "uniformly.",
    )


def read(workspace: Workspace, chosen: Chosen | None, listed: found_rows.Found) -> None:
    """The example that was picked, with the reason for or against it and what stands near it."""
    row = inspected.row(workspace)
    if row is None:
        st.caption(HOW)
        return
    inspector.show(workspace, chosen, listed.all.table, row)


main()
