"""UMAP on the shared neighbour graph: seeded, own start, and repeatable on one machine."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from core.options import option
from core.project.graph import NeighbourGraph
from core.project.pca import principal_components
from core.project.projection import Projection, finite, projection
from core.records import Floats, Progress, silent

SPREAD = 10.0  # width of the start along its longest axis; umap's own starts use the same
JITTER = 1e-4  # parts identical rows, which the layout cannot


@dataclass(frozen=True, slots=True)
class UmapConfig:
    """UMAP (McInnes et al. 2018) as measured best for the time at 52,000 rows."""

    n_components: int = option(
        2, "Number of coordinates: 2 for the map, 5 for clusters by density.", minimum=2, maximum=50
    )
    n_epochs: int = option(
        100, "Passes of the layout; its time is proportional to them.", minimum=1, maximum=5000
    )
    min_dist: float = option(
        0.1, "Smallest distance between points of the layout.", minimum=0.0, maximum=0.99
    )
    seed: int = option(0, "Seed of the layout.", minimum=0)


@projection("umap", "UMAP", UmapConfig)
def umap(
    embeddings: Floats, graph: NeighbourGraph, config: UmapConfig, *, progress: Progress = silent
) -> Projection:
    """Lay out the neighbour graph, starting from principal components.

    A pool whose graph joins nearly everything has no neighbourhoods to keep: it gets its
    principal components, and the result says so.
    """
    if len(embeddings) <= graph.k + 1 or graph.k < 2:
        return Projection(principal_components(embeddings, config.n_components), "pca")
    progress(0, 1, "layout")
    start = _start(embeddings, config)
    coordinates = _layout(start, graph, config)
    progress(1, 1, "layout")
    return Projection(finite(coordinates), "umap")


def _start(embeddings: Floats, config: UmapConfig) -> Floats:
    components = principal_components(embeddings, config.n_components)
    widest = float(np.abs(components).max()) or 1.0
    noise = np.random.default_rng(config.seed).normal(scale=JITTER, size=components.shape)
    return np.ascontiguousarray(components * (SPREAD / widest) + noise, dtype=np.float32)


def _layout(start: Floats, graph: NeighbourGraph, config: UmapConfig) -> Floats:
    with warnings.catch_warnings():  # it warns that new rows cannot be transformed: see place.py
        warnings.simplefilter("ignore")
        from umap import UMAP

        layout = UMAP(
            n_neighbors=graph.k,
            n_components=config.n_components,
            n_epochs=config.n_epochs,
            min_dist=config.min_dist,
            init=start,
            random_state=config.seed,
            n_jobs=1,
            precomputed_knn=(graph.indices, graph.distances),
            force_approximation_algorithm=True,  # else a small pool ignores the graph
        )
        return layout.fit_transform(np.zeros((len(start), 1), dtype=np.float32))
