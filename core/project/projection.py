"""Projections by name: embeddings and their neighbour graph in, coordinates out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from core.options import configure
from core.project.graph import NeighbourGraph
from core.records import Floats, Progress, silent
from core.registry import Registry


@dataclass(frozen=True, slots=True)
class Projection:
    """Coordinates for looking, or for clustering by density; never for selection."""

    coordinates: Floats  # (n, n_components)
    method: str  # what was computed: small pools get 'pca' where 'umap' was asked


class Projector(Protocol):
    """A way of projecting."""

    def __call__(
        self, embeddings: Floats, graph: NeighbourGraph, config: Any, *, progress: Progress = silent
    ) -> Projection:
        """Project (n, d) embeddings."""


@dataclass(frozen=True, slots=True)
class ProjectionMethod:
    """A registered projection."""

    name: str
    title: str
    config: type
    run: Projector


PROJECTIONS: Registry[ProjectionMethod] = Registry("projection")


def projection(name: str, title: str, config: type) -> Callable[[Projector], Projector]:
    """Register a projection under `name`."""

    def register(run: Projector) -> Projector:
        PROJECTIONS.add(name, ProjectionMethod(name, title, config, run))
        return run

    return register


def project(
    name: str,
    embeddings: Floats,
    graph: NeighbourGraph,
    config: Any = None,
    *,
    progress: Progress = silent,
) -> Projection:
    """Project embeddings (n, d) by the named method; RequestError names the choices."""
    method = PROJECTIONS.get(name)
    if len(graph.indices) != len(embeddings):
        raise ValueError(f"a graph of {len(graph.indices)} rows for {len(embeddings)} embeddings")
    settings = configure(method.config, {}) if config is None else config
    return method.run(embeddings, graph, settings, progress=progress)


def finite(coordinates: Any) -> Floats:
    """Coordinates as float32, refusing what cannot be drawn."""
    checked = np.ascontiguousarray(coordinates, dtype=np.float32)
    if not np.isfinite(checked).all():
        raise ValueError("the projection gave coordinates that are not finite")
    return checked
