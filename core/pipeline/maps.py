"""The map and the clusters of a pool, both from one neighbour graph of its embeddings."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from core.cluster import CLUSTERINGS, Clustering
from core.cluster import cluster as run_clusterer
from core.cluster.describe import describe
from core.cluster.names import Vocabulary, own_names, vocabulary
from core.fingerprint import Recipe
from core.options import as_values, configure
from core.pipeline.adopting import adopt
from core.pipeline.arrays import load_array, save_array
from core.pipeline.cluster_trees import make_tree
from core.pipeline.result import StepResult
from core.pipeline.spaces import ROLES, check_space, laid_out
from core.pipeline.views import in_use, open_pool, open_readings
from core.project import PROJECTIONS
from core.project import project as run_projection
from core.project.graph import GraphConfig, NeighbourGraph, neighbour_graph
from core.project.trustworthiness import trustworthiness
from core.records import Floats
from core.reporting import Quiet, Reporter
from core.workspace import Artifact, Workspace

VERSION = 1
CLUSTERING = 2  # 1 was k-means by faiss
CLUSTER_ROLES = {"k-means": "clusters", "hdbscan": "hdbscan"}
STAGES = {"map": "Laying out the map", "layout": "Laying out for HDBSCAN"}
# HDBSCAN reads a layout of its own, never the 2-D map: five dimensions, packed for density.
LAYOUT = {"n_components": 5, "min_dist": 0.0}


def project(
    workspace: Workspace,
    method: str = "umap",
    options: Mapping[str, Any] | None = None,
    *,
    space: str = "embeddings",
    reporter: Reporter | None = None,
) -> StepResult:
    """Lay the pool out in two dimensions by its embeddings, its codes or its neurons.

    The neighbour graph of the embeddings is made first when absent.
    """
    started = time.monotonic()
    reporter = reporter or Quiet()
    if check_space(space) == "embeddings":
        made = projected(workspace, method, options or {}, reporter)
    else:
        made = laid_out(workspace, space, method, options or {}, reporter)
    adopt(workspace, ROLES[space], made.fingerprint)
    return StepResult({ROLES[space]: made.fingerprint}, time.monotonic() - started)


def cluster(
    workspace: Workspace,
    method: str = "k-means",
    options: Mapping[str, Any] | None = None,
    *,
    reporter: Reporter | None = None,
) -> StepResult:
    """Group the pool by a clusterer; HDBSCAN reads a 5-D layout of the neighbour graph."""
    started = time.monotonic()
    reporter = reporter or Quiet()
    entry = CLUSTERINGS.get(method)
    config: Any = configure(entry.config, options or {})
    if entry.reads == "layout":
        parent = projected(workspace, "umap", LAYOUT, reporter, role="layout")
        parents = {"layout": parent.fingerprint}
        points = np.array(load_array(parent.folder, "coordinates"))
    else:
        readings = open_readings(workspace)
        parents = {"readings": workspace.current()["readings"]}
        points = np.asarray(readings.embeddings, dtype=np.float32)
    recipe = Recipe(f"cluster {method}", CLUSTERING, as_values(config), parents)
    counted = None
    if workspace.find("clusters", recipe.fingerprint) is None:
        counted = _publish_clusters(workspace, recipe, method, points, config, reporter)
    adopt(workspace, CLUSTER_ROLES[method], recipe.fingerprint)
    make_tree(workspace, CLUSTER_ROLES[method], reporter, counted)
    return StepResult({"clusters": recipe.fingerprint}, time.monotonic() - started)


def neighbours(workspace: Workspace, reporter: Reporter) -> NeighbourGraph:
    """The pool's neighbour graph, made when absent and shared by everything that needs it."""
    readings = in_use(workspace, "readings").fingerprint
    config = GraphConfig()
    recipe = Recipe("graph", VERSION, as_values(config), {"readings": readings})
    found = workspace.find("graph", recipe.fingerprint)
    if found is None:
        embeddings = np.asarray(open_readings(workspace).embeddings, dtype=np.float32)
        progress = reporter.stage("Finding neighbours", "rows")
        graph = neighbour_graph(embeddings, config, progress=progress)
        with workspace.publish("graph", recipe, title=f"{graph.k} neighbours") as draft:
            save_array(draft.folder, "indices", graph.indices)
            save_array(draft.folder, "distances", graph.distances)
            draft.notes.update(recall=graph.recall)
        found = workspace.get("graph", recipe.fingerprint)
    adopt(workspace, "graph", recipe.fingerprint)
    return NeighbourGraph(
        np.array(load_array(found.folder, "indices")),
        np.array(load_array(found.folder, "distances")),
        found.notes["recall"],
    )


def projected(
    workspace: Workspace,
    method: str,
    options: Mapping[str, Any],
    reporter: Reporter,
    *,
    role: str = "map",
) -> Artifact:
    """A projection of the pool as an artifact, made when absent."""
    config: Any = configure(PROJECTIONS.get(method).config, options)
    graph = neighbours(workspace, reporter)
    parents = {"graph": workspace.current()["graph"]}
    recipe = Recipe(f"project {method}", VERSION, as_values(config), parents)
    found = workspace.find(role, recipe.fingerprint)
    if found is not None:
        return found
    embeddings = np.asarray(open_readings(workspace).embeddings, dtype=np.float32)
    progress = reporter.stage(STAGES[role], "layouts")
    result = run_projection(method, embeddings, graph, config, progress=progress)
    with workspace.publish(role, recipe, title=result.method) as draft:
        save_array(draft.folder, "coordinates", result.coordinates)
        quality = _trust(embeddings, result.coordinates) if role == "map" else None
        draft.notes.update(method=result.method, trustworthiness=quality)
    return workspace.get(role, recipe.fingerprint)


def _trust(embeddings: Floats, coordinates: Floats) -> float | None:
    return trustworthiness(embeddings, coordinates) if len(embeddings) > 3 else None


def _publish_clusters(
    workspace: Workspace,
    recipe: Recipe,
    method: str,
    points: Floats,
    config: Any,
    reporter: Reporter,
) -> Vocabulary:
    result = run_clusterer(
        method, points, config, progress=reporter.stage(f"Clustering by {method}", "steps")
    )
    texts = open_pool(workspace).texts()
    counted = vocabulary(texts, result.labels, progress=reporter.stage("Naming clusters", "rows"))
    cards = describe(result, points)
    with workspace.publish("clusters", recipe, title=_title(result)) as draft:
        save_array(draft.folder, "labels", result.labels)
        if result.distances is not None:
            save_array(draft.folder, "distances", result.distances)
        draft.notes.update(
            method=method,
            n_clusters=result.n_clusters,
            noise_share=result.noise_share,
            names=own_names(counted),
            sizes=[card.size for card in cards],
            typical=[card.typical.tolist() for card in cards],
        )
    return counted


def _title(result: Clustering) -> str:
    return f"{result.method}, {result.n_clusters} clusters"
