"""Map: every example as a point, the chosen ones standing out; lasso, click, move the budget."""

from __future__ import annotations

import streamlit as st

from core.pipeline.cards import example_card
from core.pipeline.lasso import SHOWN
from core.workspace import Workspace
from pages.components import (
    example_table,
    figures,
    hues,
    inspected,
    job_panel,
    layout,
    loaders,
    measured,
    reader,
    shell,
    state,
    words,
)
from pages.components.loaders import Chosen
from pages.components.map import Budget, MapSpec, Polygon, atlas_map
from pages.components.map_arrays import order_array, points_array

HOW = (
    "Click a point to read its example. Draw a lasso (Lasso, or Shift and drag) to list what lies "
    "inside. Move the budget to see the choice grow."
)


def main() -> None:
    """The page from top to bottom."""
    workspace = shell.begin(
        "Map", "Every example of the pool is a point; examples that mean alike things lie together."
    )
    with state.shown_errors():
        job_panel.show(workspace, "project", "extract", "run")
        if loaders.coordinates(workspace) is None:
            nothing_yet(workspace)
        explorer()


def nothing_yet(workspace: Workspace) -> None:
    """The one step that is missing before there is a map."""
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
    """Map, inspector and table: everything that answers to the hand."""
    with state.shown_errors():
        workspace = state.workspace()
        chosen = loaders.chosen(workspace)
        instrument, inspector = layout.split("map")
        with instrument:
            titles = hues.offered(workspace)
            colour = st.selectbox(
                "Colour by",
                list(titles),
                format_func=titles.__getitem__,
                key="map.colour",
                persist_state="session",
                width=320,
            )
            event = atlas_map(spec(workspace, chosen, colour), key="map")
        inspected.heed_budget(workspace, chosen, event.budget)
        row = inspected.heed_row(event.row)
        with inspector:
            summary(workspace, chosen)
            read(workspace, chosen, row)
        if event.polygon is not None:
            lasso(workspace, chosen, event.polygon)


def spec(workspace: Workspace, chosen: Chosen | None, colour: str) -> MapSpec:
    """The map as it is to be shown: places, colour, and the order with its slider."""
    points = loaders.coordinates(workspace)
    fields = hues.channels(workspace, colour)
    if chosen is not None:
        fields["order"] = order_array(chosen.order.rows, len(points), chosen.fingerprint)
        fields["budget"] = limits(chosen, len(points))
    return MapSpec(
        points=points_array(points, loaders.in_use(workspace, "map").fingerprint),
        n_points=len(points),
        row=inspected.row(),
        probe="probe" in st.query_params,  # keeps the time of each frame, for measuring
        **fields,
    )


def limits(chosen: Chosen, n_points: int) -> Budget:
    """How far the slider goes: along a nested order, or to any budget that is then solved anew."""
    if chosen.order.nested:
        return Budget(chosen.least, len(chosen.order), chosen.budget)
    least = max(chosen.order.n_pinned, 1)
    return Budget(least, n_points, chosen.budget, solved=chosen.budget)


def summary(workspace: Workspace, chosen: Chosen | None) -> None:
    """How many rows are chosen, and what they cover beside as many rows at random."""
    if chosen is None:
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


def read(workspace: Workspace, chosen: Chosen | None, row: int | None) -> None:
    """The example that was clicked, with the reason for or against it."""
    if row is None:
        st.caption(HOW)
        return
    subset, order = (chosen.subset, chosen.order) if chosen else (None, None)
    reader.show_card(example_card(workspace, row, subset=subset, order=order), key="map.card")


def lasso(workspace: Workspace, chosen: Chosen | None, polygon: Polygon) -> None:
    """What lies inside the lasso: the server's count, and the first rows."""
    found = inspected.lassoed(workspace, chosen, polygon)
    parts = [f"{words.count(found.n_inside, 'example')} inside the lasso"]
    if chosen is not None:
        parts.append(f"{found.n_chosen:,} of them chosen")
    if found.n_inside > SHOWN:
        parts.append(f"the first {SHOWN:,} are listed, chosen ones first")
    st.text(", ".join(parts) + ".")
    if found.n_inside:
        example_table.remembering(found.table, "map.row", key=f"map.lasso.{found.key}")


main()
