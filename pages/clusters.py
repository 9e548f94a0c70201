"""Clusters: how the pool groups, and which groups the subset takes more or less of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from core.cluster import CLUSTERINGS
from core.pipeline.asking import assigned
from core.pipeline.cards import example_card
from core.pipeline.representation import (
    SHOWN,
    ClusterNumbers,
    cluster_numbers,
    cluster_rows,
    extremes,
)
from core.pipeline.tables import cluster_table
from core.workspace import Workspace
from pages.components import (
    charts,
    example_table,
    figures,
    forms,
    job_panel,
    layout,
    loaders,
    reader,
    shell,
    state,
    words,
)
from pages.components.loaders import Chosen

if TYPE_CHECKING:
    import pandas as pd

ROLES = {"clusters": "k-means", "hdbscan": "hdbscan"}
ROW_COLUMNS = ("typical", "pick", "example", "response words", "source")
TITLES = {"clusters": "k-means", "hdbscan": "HDBSCAN"}


def main() -> None:
    """The page from top to bottom."""
    workspace = shell.begin(
        "Clusters", "Groups of examples alike, and which of them the subset favours."
    )
    with state.shown_errors():
        job_panel.show(workspace, "cluster", "extract", "run")
        if loaders.in_use(workspace, "readings") is None:
            nothing_yet(workspace)
        role = st.segmented_control(
            "Clustering",
            list(ROLES),
            format_func=TITLES.__getitem__,
            default="clusters",
            required=True,
            key="clusters.role",
            label_visibility="collapsed",
        )
        if loaders.in_use(workspace, role) is None:
            first_time(workspace, role)
        clusters(workspace, role)
        again(workspace, role)


def nothing_yet(workspace: Workspace) -> None:
    """What the page will show, and the step that gets there."""
    what = "Here the pool falls into groups, each with its share of the subset and of the pool."
    if loaders.in_use(workspace, "pool") is None:
        shell.empty(f"{what} It begins with a dataset.", "Read a dataset", "dataset")
    shell.empty(f"{what} A model has to read the examples first.", "Read with a model", "model")


def first_time(workspace: Workspace, role: str) -> None:
    """The one button that makes this clustering."""
    with st.container(border=True):
        st.text(f"The pool has not been clustered by {TITLES[role]} yet.")
        busy = job_panel.is_busy(workspace)
        if st.button("Cluster the pool", type="primary", key="clusters.first", disabled=busy):
            run(workspace, role, {})
    st.stop()


def clusters(workspace: Workspace, role: str) -> None:
    """Numbers, the table with the chart beside it, and the cluster that is picked."""
    chosen = loaders.chosen(workspace)
    subset = chosen.subset if chosen else None
    made = loaders.in_use(workspace, role)
    numbers(cluster_numbers(workspace, subset, role))
    table = cluster_table(workspace, subset, role)
    listed, drawn = layout.split("clusters")
    version = f"{made.fingerprint}.{f'{chosen.fingerprint}.{chosen.budget}' if chosen else ''}"
    with listed:
        cluster = pick(table, key=f"clusters.table.{version}")
    with drawn:
        st.subheader("More and less than its share", anchor=False)
        if chosen is None:
            st.text("Choose a subset to see which clusters it favours.")
        elif len(table):
            charts.share_bars(extremes(table), key=f"clusters.shares.{version}")
    if cluster is not None:
        members(workspace, chosen, (role, cluster), version)


def numbers(found: ClusterNumbers) -> None:
    """How many clusters, how much noise, and how many the subset does not reach."""
    cells = st.columns(4)
    figures.beside(cells[0], "Clusters", words.count(found.n_clusters), f"by {found.method}")
    figures.beside(
        cells[1],
        "Noise",
        words.share(found.n_noise, found.n_rows),
        f"{found.n_noise:,} of {words.count(found.n_rows, 'row')}",
        about="Share of the pool's rows that are in no cluster. k-means has none; HDBSCAN leaves "
        "out rows where the pool is thin.",
    )
    if found.n_chosen is None:
        return
    figures.beside(
        cells[2],
        "Clusters reached",
        words.count(found.n_clusters - found.n_empty),
        f"by {words.count(found.n_chosen, 'chosen row')}",
        about="Clusters with at least one chosen row. Higher is better.",
    )
    figures.beside(
        cells[3],
        "Noise in the subset",
        words.share(found.n_chosen_noise, found.n_chosen),
        f"{found.n_chosen_noise:,} of {words.count(found.n_chosen, 'chosen row')}",
        about="Share of the chosen rows that are in no cluster.",
    )


def pick(table: pd.DataFrame, *, key: str) -> int | None:
    """The clusters, largest first; gives the one that is picked."""
    if not len(table):
        st.text("No cluster came out: every row is noise. Other settings may find some.")
        return None
    share = st.column_config.NumberColumn(format="percent")
    ratio = st.column_config.NumberColumn(
        format="%.2f",
        help="Share of the subset by share of the pool: 1 is as in the pool, 0 is left out.",
    )
    done = st.dataframe(
        table,
        key=key,
        column_order=[name for name in table.columns if name not in ("cluster", "chosen")],
        column_config={
            "name": st.column_config.TextColumn(width="medium", help="Its most telling words."),
            "share of pool": share,
            "share of subset": share,
            "representation": ratio,
        },
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [0]}},
        height=480,
    )
    at = done["selection"]["rows"]
    return int(table["cluster"].iloc[at[0] if at and at[0] < len(table) else 0])


def members(
    workspace: Workspace, chosen: Chosen | None, which: tuple[str, int], version: str
) -> None:
    """The rows of a cluster, typical ones first, and the one that is picked beside them."""
    role, cluster = which
    made = loaders.in_use(workspace, role)
    st.subheader("Examples of this cluster", anchor=False)
    st.text(f"{made.notes['names'][cluster]}: {words.count(made.notes['sizes'][cluster], 'row')}")
    subset, order = (chosen.subset, chosen.order) if chosen else (None, None)
    listed, card = layout.split("members")
    with listed:
        table = cluster_rows(workspace, cluster, subset, role)
        key = f"clusters.rows.{version}.{cluster}"
        row = example_table.picked_row(table, key=key, columns=ROW_COLUMNS)
        if made.notes["sizes"][cluster] > SHOWN:
            st.caption(f"The first {SHOWN:,}: typical rows, then chosen ones, then others.")
    with card:
        if row is not None:
            found = example_card(workspace, row, subset=subset, order=order)
            reader.show_card(found, key="clusters.card")


def again(workspace: Workspace, role: str) -> None:
    """Settings of the clustering, and the button that runs it anew as a job."""
    with st.expander("Settings"):
        config = CLUSTERINGS.get(ROLES[role]).config
        options = forms.settings(config, key=f"clusters.{role}")
        busy = job_panel.is_busy(workspace)
        if st.button(f"Cluster again by {TITLES[role]}", key="clusters.again", disabled=busy):
            run(workspace, role, options)


def run(workspace: Workspace, role: str, options: dict[str, Any]) -> None:
    """Start the clustering as a job."""
    arguments = ["cluster", f"--method={ROLES[role]}", *assigned(options)]
    job_panel.start(workspace, arguments, title=f"Cluster by {TITLES[role]}")


main()
