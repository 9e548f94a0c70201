"""Principal components: the projection that keeps most variance, and the start of UMAP."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.options import option
from core.project.graph import NeighbourGraph
from core.project.projection import Projection, finite, projection
from core.records import Floats, Progress, silent

BLOCK = 16_384  # rows centred at once, so that no second copy of the pool is held


@dataclass(frozen=True, slots=True)
class PcaConfig:
    """Principal component analysis."""

    n_components: int = option(2, "Number of coordinates.", minimum=1, maximum=50)


@projection("pca", "Principal components", PcaConfig)
def pca(
    embeddings: Floats, graph: NeighbourGraph, config: PcaConfig, *, progress: Progress = silent
) -> Projection:
    """Project on the directions of largest variance; the graph is not read."""
    progress(0, 1, "principal components")
    coordinates = principal_components(embeddings, config.n_components)
    progress(1, 1, "principal components")
    return Projection(coordinates, "pca")


def principal_components(embeddings: Floats, n_components: int) -> Floats:
    """Coordinates (n, n_components) by falling variance, each axis signed by its largest weight.

    Axes beyond the width of the data are zero.
    """
    mean = embeddings.mean(axis=0, dtype=np.float64)
    covariance = np.zeros((embeddings.shape[1],) * 2)
    for start in range(0, len(embeddings), BLOCK):
        centred = embeddings[start : start + BLOCK] - mean
        covariance += centred.T @ centred
    _, vectors = np.linalg.eigh(covariance)
    axes = vectors[:, ::-1][:, :n_components]
    largest = np.abs(axes).argmax(axis=0)
    axes = axes * np.sign(axes[largest, np.arange(axes.shape[1])])
    coordinates = np.zeros((len(embeddings), n_components), dtype=np.float32)
    for start in range(0, len(embeddings), BLOCK):
        part = slice(start, start + BLOCK)
        coordinates[part, : axes.shape[1]] = (embeddings[part] - mean) @ axes
    return finite(coordinates)
