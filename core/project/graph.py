"""Each row's nearest neighbours by cosine: one graph for the map, duplicates, density, search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.options import option
from core.records import Floats, Progress, Rows, silent

Neighbours = NDArray[np.int32]
CHUNK = 2048  # queries searched between two reports of progress
RECALL_ROWS = 1000


@dataclass(frozen=True, slots=True)
class GraphConfig:
    """How neighbours are searched; exact while the pool is small."""

    k: int = option(15, "Neighbours for each row, the row itself included.", minimum=1, maximum=256)
    exact_below: int = option(
        100_000, "Pools with fewer rows are searched exactly, larger ones by HNSW.", minimum=0
    )
    links: int = option(16, "HNSW: links for each row.", minimum=2, maximum=128)
    ef_construction: int = option(64, "HNSW: effort while building.", minimum=1)
    ef_search: int = option(64, "HNSW: effort while searching.", minimum=1)
    seed: int = option(0, "Seed of the rows on which recall is measured.", minimum=0)


@dataclass(frozen=True, slots=True)
class NeighbourGraph:
    """Neighbours in order of distance; column 0 is the row itself at distance 0."""

    indices: Neighbours  # (n, k)
    distances: Floats  # (n, k): 1 - cosine, from 0 to 2
    recall: float  # share of true neighbours found on sampled rows; 1 when searched exactly

    @property
    def k(self) -> int:
        """Neighbours for each row, the row itself included."""
        return self.indices.shape[1]


def neighbour_graph(
    embeddings: Floats, config: GraphConfig | None = None, *, progress: Progress = silent
) -> NeighbourGraph:
    """Search the k nearest rows of every row of `embeddings` (n, d); k is at most n.

    HNSW is built with several threads and may differ between runs: keep the graph.
    """
    config = config or GraphConfig()
    if embeddings.ndim != 2 or len(embeddings) == 0:
        raise ValueError(f"embeddings have shape {embeddings.shape}; (rows, dimensions) is needed")
    k = min(config.k, len(embeddings))
    unit = normalised(embeddings)
    exact = len(unit) < config.exact_below
    index = exact_index(unit) if exact else _hnsw(unit, config)
    found = _search(index, unit, k, progress)
    if not exact:
        _complete(unit, *found)
    recall = 1.0 if exact else _recall(unit, found[0], config.seed)
    return NeighbourGraph(*_self_first(*found), recall)


def normalised(embeddings: Floats) -> Floats:
    """Rows scaled to length 1 as contiguous float32; a row of zeros stays."""
    rows = np.ascontiguousarray(embeddings, dtype=np.float32)
    if not np.isfinite(rows).all():
        raise ValueError("embeddings hold values that are not finite")
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.maximum(lengths, np.finfo(np.float32).tiny)


def exact_index(unit: Floats) -> Any:
    """A faiss index that compares with every row, by inner product."""
    import faiss

    index = faiss.IndexFlatIP(unit.shape[1])
    index.add(unit)
    return index


def _hnsw(unit: Floats, config: GraphConfig) -> Any:
    import faiss

    index = faiss.IndexHNSWFlat(unit.shape[1], config.links, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = config.ef_construction
    index.hnsw.efSearch = max(config.ef_search, config.k)
    index.add(unit)
    return index


def _search(index: Any, unit: Floats, k: int, progress: Progress) -> tuple[Neighbours, Floats]:
    indices = np.empty((len(unit), k), dtype=np.int32)
    similarities = np.empty((len(unit), k), dtype=np.float32)
    progress(0, len(unit), "neighbours")
    for start in range(0, len(unit), CHUNK):
        part = slice(start, start + CHUNK)
        similarities[part], indices[part] = index.search(unit[part], k)
        progress(min(start + CHUNK, len(unit)), len(unit), "neighbours")
    return indices, similarities


def _complete(unit: Floats, indices: Neighbours, similarities: Floats) -> None:
    """Search again, exactly, the rows for which HNSW found fewer than k neighbours."""
    short = np.flatnonzero((indices < 0).any(axis=1))
    if len(short):
        found = exact_index(unit).search(unit[short], indices.shape[1])
        similarities[short], indices[short] = found


def _recall(unit: Floats, indices: Neighbours, seed: int) -> float:
    """Share of sampled rows' true neighbours that were found; equal distances count as found."""
    n_sampled = min(RECALL_ROWS, len(unit))
    rows = np.random.default_rng(seed).choice(len(unit), n_sampled, replace=False)
    nearest, _ = exact_index(unit).search(unit[rows], indices.shape[1])
    found = np.einsum("qkd,qd->qk", unit[indices[rows]], unit[rows])
    return float((found >= nearest[:, -1:] - 1e-6).mean())


def _self_first(indices: Neighbours, similarities: Floats) -> tuple[Neighbours, Floats]:
    """Move each row to its own first place, where identical rows may have pushed it back or out."""
    rows: Rows = np.arange(len(indices))
    distances = np.clip(1 - similarities, 0, 2).astype(np.float32)
    is_self = indices == rows[:, None]
    place = np.where(is_self.any(axis=1), is_self.argmax(axis=1), indices.shape[1] - 1)
    for at in np.unique(place[place > 0]):  # at most k rounds, each a whole block of rows
        moved = np.flatnonzero(place == at)
        indices[moved, 1 : at + 1] = indices[moved, :at]
        distances[moved, 1 : at + 1] = distances[moved, :at]
    indices[:, 0], distances[:, 0] = rows, 0
    return indices, distances
