"""Clusters: how the pool groups, and which groups the subset takes more or less of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.cluster import CLUSTERINGS
from core.pipeline.asking import assigned
from core.pipeline.cluster_trees import open_tree
from core.pipeline.representation import ClusterNumbers, cluster_numbers, was_clustered
from core.workspace import Workspace
from pages.components import (
    cluster_curve,
    cluster_inspector,
    cluster_list,
    cluster_map,
    cluster_members,
    cluster_naming,
    cluster_scene,
    cluster_treemap,
    figures,
    forms,
    job_panel,
    layout,
    loaders,
    shell,
    staleness,
    state,
    words,
)
from pages.components.cluster_scene import METHODS, NOISE, TITLES, Scene

VIEWS = {
    "list": "List",
    "groups": "Groups",
    "shares": "Shares",
    "map": "Coverage map",
    "curve": "How many",
}
KEPT = "Names and merges by hand are kept, and carry over where rows allow."


def main() -> None:
    """The page from top to bottom."""
    workspace = shell.begin(
        "Clusters",
        "Groups of examples alike, and which of them the subset favours.",
        cluster_treemap.KEYS,
    )
    with state.shown_errors():
        job_panel.show(workspace, "cluster", "extract", "run")
        if loaders.in_use(workspace, "readings") is None:
            nothing_yet(workspace)
        role = st.segmented_control(
            "Clustering",
            list(METHODS),
            format_func=TITLES.__getitem__,
            default="clusters",
            required=True,
            key="clusters.role",
            label_visibility="collapsed",
        )
        if loaders.in_use(workspace, role) is None:
            first_time(workspace, role)
        clusters(cluster_scene.scene(workspace, role))
        again(workspace, role)


def nothing_yet(workspace: Workspace) -> None:
    """What the page will show, and the step that gets there."""
    staleness.stop(workspace, "clusters", "hdbscan", here="clusters", more=KEPT)
    what = "Here the pool falls into groups, each with its share of the subset and of the pool."
    if loaders.in_use(workspace, "pool") is None:
        shell.empty(f"{what} It begins with a dataset.", "Read a dataset", "dataset")
    shell.empty(f"{what} A model has to read the examples first.", "Read with a model", "model")


def first_time(workspace: Workspace, role: str) -> None:
    """The one button that makes this clustering, or makes it anew of other readings."""
    staleness.stop(workspace, role, here="clusters", more=KEPT)
    stale = was_clustered(workspace, METHODS[role])
    with st.container(border=True):
        if stale:
            st.text(
                "The pool or the model has changed since it was clustered by "
                f"{TITLES[role]}. {KEPT}"
            )
        else:
            st.text(f"The pool has not been clustered by {TITLES[role]} yet.")
        busy = job_panel.is_busy(workspace)
        if st.button("Cluster the pool", type="primary", key="clusters.first", disabled=busy):
            run(workspace, role, {})
    st.stop()


def clusters(scene: Scene) -> None:
    """Numbers, the instrument with the inspector beside it, and the rows of what is picked."""
    numbers(cluster_numbers(scene.workspace, scene.subset, scene.role), TITLES[scene.role])
    tree = open_tree(scene.workspace, scene.role)
    instrument, inspector = layout.split("clusters")
    with instrument:
        view = choose_view(scene)
        if view == "list":
            cluster_list.show(scene)
        elif view == "groups":
            cluster_treemap.show(scene, tree)
        elif view == "shares":
            cluster_list.shares(scene)
        elif view == "map":
            cluster_map.show(scene)
        else:
            cluster_curve.show(scene)
    with inspector:
        cluster_inspector.show(scene, tree)
    cluster_members.show(scene)
    if len(scene.table):
        cluster_naming.show(scene)


def choose_view(scene: Scene) -> str:
    """Which of the instruments is shown; rows of no cluster are one click away from all of them."""
    with st.container(horizontal=True, vertical_alignment="center"):
        view = st.segmented_control(
            "View",
            list(VIEWS),
            format_func=VIEWS.__getitem__,
            default="list",
            required=True,
            key="clusters.view",
            label_visibility="collapsed",
        )
        if scene.n_noise:
            is_picked = scene.picked == NOISE
            if st.button(
                f"Noise: {words.count(scene.n_noise, 'row')}",
                key="clusters.noise",
                type="primary" if is_picked else "secondary",
            ):
                scene.pick(NOISE)
                st.rerun()
    return str(view)


def numbers(found: ClusterNumbers, method: str) -> None:
    """How many clusters, how many the subset reaches, and the noise where there may be any."""
    cells = st.columns(4)
    figures.beside(cells[0], "Clusters", words.count(found.n_clusters), f"by {method}")
    if found.n_chosen is not None:
        figures.beside(
            cells[1],
            "Clusters reached",
            words.count(found.n_clusters - found.n_empty),
            f"by {found.n_chosen:,} chosen",
            about="Clusters with at least one chosen row. Higher is better.",
        )
    if found.n_noise or found.method == "hdbscan":
        noise(cells[2:], found)


def noise(cells: Sequence[DeltaGenerator], found: ClusterNumbers) -> None:
    """Rows in no cluster, in the pool and in the subset."""
    figures.beside(
        cells[0],
        "Noise",
        words.share(found.n_noise, found.n_rows),
        f"{found.n_noise:,} of {words.count(found.n_rows, 'row')}",
        about="Share of the pool's rows that are in no cluster. k-means has none; HDBSCAN leaves "
        "out rows where the pool is thin.",
    )
    if found.n_chosen is not None:
        figures.beside(
            cells[1],
            "Noise chosen",
            words.share(found.n_chosen_noise, found.n_chosen),
            f"{found.n_chosen_noise:,} of {found.n_chosen:,}",
            about="Share of the chosen rows that are in no cluster.",
        )


def again(workspace: Workspace, role: str) -> None:
    """Settings of the clustering, and the button that runs it anew as a job."""
    with st.expander("Settings"):
        config = CLUSTERINGS.get(METHODS[role]).config
        options = forms.settings(config, key=f"clusters.{role}")
        busy = job_panel.is_busy(workspace)
        if st.button(f"Cluster again by {TITLES[role]}", key="clusters.again", disabled=busy):
            run(workspace, role, options)


def run(workspace: Workspace, role: str, options: dict[str, Any]) -> None:
    """Start the clustering as a job."""
    arguments = ["cluster", f"--method={METHODS[role]}", *assigned(options)]
    job_panel.start(workspace, arguments, title=f"Cluster by {TITLES[role]}")


main()
