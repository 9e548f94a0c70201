"""Clusters renamed and merged by hand, with undo, and what was not carried over."""

from __future__ import annotations

import streamlit as st

from core.pipeline import cluster_edits
from core.pipeline.cluster_trees import ClusterTree
from pages.components import state, words
from pages.components.cluster_scene import Scene

MERGED = (
    "{n} merged by hand {count} as part of another cluster here: in the list, the groups, the map "
    "and the figures. Selection methods read the clusters as they were made."
)


def show(scene: Scene, cluster: int, tree: ClusterTree | None) -> None:
    """The buttons that rename and merge the picked cluster."""
    key, able = f"{scene.version}.{cluster}", state.may_write(scene.workspace)
    name = f"clusters.rename_in.{key}"
    with st.popover("Rename", icon=":material/edit:", key=name, disabled=not able):
        _rename(scene, cluster, key)
    if len(scene.table) > 1:
        name = f"clusters.merge_in.{key}"
        with st.popover("Merge", icon=":material/merge:", key=name, disabled=not able):
            _merge(scene, cluster, tree, key)


def _rename(scene: Scene, cluster: int, key: str) -> None:
    with st.form(f"clusters.rename.{key}", border=False, enter_to_submit=False):
        name = st.text_input(
            "Name of the cluster",
            scene.known.names[cluster],
            key=f"clusters.name.{key}",
        )
        if st.form_submit_button("Rename the cluster", type="primary"):
            with state.shown_errors():
                cluster_edits.rename(scene.workspace, {cluster: name}, role=scene.role)
            st.rerun()


def _merge(scene: Scene, cluster: int, tree: ClusterTree | None, key: str) -> None:
    names = scene.known.names
    with st.form(f"clusters.merge.{key}", border=False, enter_to_submit=False):
        others = st.multiselect(
            "Merge with",
            _nearest_first(scene, cluster, tree),
            format_func=lambda one: names[one],
            key=f"clusters.others.{key}",
            help="Clusters of the same group come first.",
        )
        name = st.text_input(
            "Name of the merged cluster",
            names[cluster],
            key=f"clusters.merged.{key}",
        )
        if st.form_submit_button("Merge the clusters", type="primary"):
            with state.shown_errors():
                cluster_edits.merge(scene.workspace, [cluster, *others], name, role=scene.role)
            st.rerun()


def _nearest_first(scene: Scene, cluster: int, tree: ClusterTree | None) -> list[int]:
    others = [int(one) for one in scene.table["cluster"] if one != cluster]
    if tree is None:
        return others
    own = tree.groups[cluster]
    return sorted(others, key=lambda one: bool(tree.groups[one] != own))


def undo(scene: Scene) -> None:
    """The way back from the last edit, if there is one."""
    last = scene.known.last
    if last is None:
        return
    about = f"Undo: {words.plain(last)}"
    able, icon = state.may_write(scene.workspace), ":material/undo:"
    if st.button("Undo", icon=icon, key="clusters.undo", help=about, disabled=not able):
        with state.shown_errors():
            cluster_edits.undo(scene.workspace, scene.role)
        st.rerun()


def status(scene: Scene) -> None:
    """What was merged, and what did not carry over to this clustering."""
    known = scene.known
    if known.n_merged:
        said = words.count(known.n_merged, "cluster")
        st.caption(MERGED.format(n=said, count="counts" if known.n_merged == 1 else "count"))
    if known.not_carried:
        with st.popover(f"{words.count(len(known.not_carried), 'edit')} not carried over"):
            _lost(scene)


def _lost(scene: Scene) -> None:
    import pandas as pd

    st.text(
        "These were made on earlier clusters. No cluster now shares half of all rows with theirs. "
        "They are kept, and come back when one does."
    )
    lines = [
        {"edit": one.what, "name": one.name, "rows": one.n_rows, "best overlap": one.nearest}
        for one in scene.known.not_carried
    ]
    st.dataframe(
        pd.DataFrame(lines),
        hide_index=True,
        column_config={
            "best overlap": st.column_config.NumberColumn(
                format="percent", help="Rows in both by rows in either (Jaccard index)."
            )
        },
    )
