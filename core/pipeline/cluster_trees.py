"""The tree over the clusters in use: groups of clusters alike, named by their own words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.cluster.hierarchy import Linkage, cluster_tree, groups_of, n_groups_for
from core.cluster.means import cluster_means
from core.cluster.names import Vocabulary, group_names, vocabulary
from core.fingerprint import Recipe
from core.pipeline.arrays import load_array, save_array
from core.pipeline.cluster_edits import EditedClusters
from core.pipeline.views import in_use, open_labels, open_pool, open_readings
from core.records import Rows
from core.reporting import Reporter
from core.workspace import Artifact, Workspace

KIND = "cluster-tree"
VERSION = 1


@dataclass(frozen=True, slots=True)
class ClusterTree:
    """Clusters in groups, as a cut through their tree leaves them."""

    linkage: Linkage  # of the clusters as they were made, before any merge by hand
    groups: Rows  # (n_clusters,), the group of each cluster
    names: tuple[str, ...]  # of the groups


@dataclass(frozen=True, slots=True)
class Branch:
    """One group of clusters, largest cluster first."""

    name: str
    clusters: tuple[int, ...]  # their numbers after merging
    n_rows: int


def open_tree(workspace: Workspace, role: str = "clusters") -> ClusterTree | None:
    """The tree of the clustering in use, or None where it was made without one."""
    found = workspace.find(KIND, _recipe(workspace, role).fingerprint)
    if found is None:
        return None
    return ClusterTree(
        np.asarray(load_array(found.folder, "linkage")),
        np.array(found.notes["groups"], dtype=np.int64),
        tuple(found.notes["names"]),
    )


def branches(tree: ClusterTree, known: EditedClusters) -> list[Branch]:
    """The groups with their clusters, largest first; a merged one stands with its largest."""
    sizes = known.sizes()
    found = []
    for group, name in enumerate(tree.names):
        inside = [int(one) for one in known.numbers if tree.groups[one] == group]
        inside.sort(key=lambda one: (-sizes[one], one))
        if inside:
            found.append(Branch(name, tuple(inside), int(sizes[inside].sum())))
    return sorted(found, key=lambda branch: -branch.n_rows)


def make_tree(
    workspace: Workspace, role: str, reporter: Reporter, counted: Vocabulary | None = None
) -> Artifact:
    """The tree of the clustering in use, made when absent; `counted` saves reading the texts."""
    recipe = _recipe(workspace, role)
    found = workspace.find(KIND, recipe.fingerprint)
    if found is not None:
        return found
    labels = np.asarray(open_labels(workspace, role))
    n_clusters = int(in_use(workspace, role).notes["n_clusters"])
    if counted is None:
        progress = reporter.stage("Naming groups of clusters", "rows")
        counted = vocabulary(open_pool(workspace).texts(), labels, progress=progress)
    sizes = np.bincount(labels[labels >= 0], minlength=n_clusters).astype(np.int64)
    means = cluster_means(open_readings(workspace).embeddings, labels, n_clusters)
    linkage = cluster_tree(means, sizes)
    groups = groups_of(linkage, n_groups_for(n_clusters))[:n_clusters]
    members = [np.flatnonzero(groups == one).tolist() for one in np.unique(groups)]
    with workspace.publish(KIND, recipe, title=f"{len(members)} groups") as draft:
        save_array(draft.folder, "linkage", linkage)
        draft.notes.update(groups=groups.tolist(), names=group_names(counted, members))
    return workspace.get(KIND, recipe.fingerprint)


def _recipe(workspace: Workspace, role: str) -> Recipe:
    parents = {
        "clusters": in_use(workspace, role).fingerprint,
        "readings": in_use(workspace, "readings").fingerprint,
    }
    return Recipe("cluster tree", VERSION, {}, parents)
