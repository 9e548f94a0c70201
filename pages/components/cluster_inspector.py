"""The picked cluster: its numbers in words, how lengths and scores spread, and what may be done."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitAPIException

from core.pipeline.cluster_edits import HAND, WORDS
from core.pipeline.cluster_rows import spreads
from core.pipeline.cluster_trees import ClusterTree
from core.pipeline.filters import Filter
from core.pipeline.representation import in_words
from pages.components import chips, cluster_editing, cluster_spread, figures, shell, words
from pages.components.cluster_scene import NOISE, Scene

STYLE = Path(__file__).parents[2] / "assets" / "clusters.css"


def show(scene: Scene, tree: ClusterTree | None) -> None:
    """Everything about the cluster that is picked."""
    cluster = scene.picked
    if cluster is None:
        st.caption("Pick a cluster to see what it holds.")
        return
    st.html(STYLE)
    with st.container(key="cluster-name"):
        st.text("Noise" if cluster == NOISE else scene.known.names[cluster])
    st.caption(_origin(scene, cluster))
    if tree is not None and cluster != NOISE:
        st.text(f"In the group: {tree.names[tree.groups[cluster]]}")
    _numbers(scene, cluster)
    with st.container(horizontal=True, gap="small"):
        if st.button("Show on the map", icon=":material/scatter_plot:", key="clusters.to_map"):
            _to_map(scene, cluster)
        cluster_editing.undo(scene)
    if cluster != NOISE:
        with st.container(horizontal=True, gap="small"):
            cluster_editing.show(scene, cluster, tree)
    cluster_editing.status(scene)
    for one in spreads(scene.workspace, scene.role):
        if cluster in one.clusters:
            cluster_spread.show(one, cluster, key=f"clusters.spread.{scene.version}.{one.name}")


def _origin(scene: Scene, cluster: int) -> str:
    """Where the name comes from, and whether clusters were merged into this one."""
    if cluster == NOISE:
        return "Rows in no cluster: the pool is thin around them."
    by = scene.known.named_by[cluster]
    said = {WORDS: "Named by its words", HAND: "Named by hand"}.get(
        by, f"Named by {words.plain(by)}"
    )
    n_parts = len(scene.known.parts(cluster))
    return f"{said}; {n_parts} clusters merged by hand." if n_parts > 1 else f"{said}."


def _numbers(scene: Scene, cluster: int) -> None:
    n_pool = len(scene.known.labels)
    n_rows = scene.n_noise if cluster == NOISE else int(scene.known.sizes()[cluster])
    rows, picked = st.columns(2)
    figures.beside(rows, "Rows", words.count(n_rows), f"{words.share(n_rows, n_pool)} of the pool")
    if scene.subset is None:
        return
    n_chosen = int((scene.known.labels[scene.subset.rows] == cluster).sum())
    n_subset = len(scene.subset)
    of = f"{words.share(n_chosen, n_subset)} of the subset"
    figures.beside(picked, "Chosen", words.count(n_chosen), of)
    expected = n_subset * n_rows / n_pool
    ratio = n_chosen / expected if expected else 0.0
    st.text(in_words(ratio, n_chosen, expected))


def _to_map(scene: Scene, cluster: int) -> None:
    """Filter the map by this cluster and go there."""
    labels = [NOISE] if cluster == NOISE else scene.known.parts(cluster)
    chips.add(scene.workspace, Filter("cluster", {"role": scene.role, "labels": labels}))
    try:
        st.switch_page(str(shell.PAGES / "map.py"))
    except StreamlitAPIException:  # a page that runs without the frame
        st.text("The map now shows this cluster alone.")
