"""Pools that benchmarks make up: seeded, skewed as real ones are, the same on every machine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.records import Csr, Floats

CHUNK = 4096  # rows generated at once
TOPICS = 8


def feature_sets(n_rows: int, n_features: int, per_row: int, *, seed: int = 0) -> Csr:
    """Feature sets of about `per_row` features; half the draws are the topic's, half common.

    Zipf popularity, shuffled by each of eight topics; lognormal set sizes.
    """
    rng = np.random.default_rng(seed)
    popularity = np.cumsum((np.arange(n_features) + 10.0) ** -0.7)
    popularity /= popularity[-1]
    common = rng.permutation(n_features)
    topics = np.stack([rng.permutation(n_features) for _ in range(TOPICS)])
    counts, parts = [np.zeros(1, dtype=np.int64)], []
    for start in range(0, n_rows, CHUNK):
        size = min(CHUNK, n_rows - start)
        draws = rng.lognormal(np.log(per_row) - 0.125, 0.5, size).astype(np.int64) + 1
        owner = np.repeat(np.arange(size), draws)
        rank = np.searchsorted(popularity, rng.random(len(owner)))
        topic = rng.integers(TOPICS, size=size)[owner]
        features = np.where(rng.random(len(owner)) < 0.5, common[rank], topics[topic, rank])
        keys = np.unique(owner * n_features + features)
        counts.append(np.bincount(keys // n_features, minlength=size))
        parts.append((keys % n_features).astype(np.uint32))
    indptr = np.cumsum(np.concatenate(counts), dtype=np.int64)
    return Csr(indptr, np.concatenate(parts), None, n_features)


def embeddings(n_rows: int, width: int, *, seed: int = 0) -> Floats:
    """Unit vectors around a few hundred centres of uneven size, (n_rows, width)."""
    rng = np.random.default_rng(seed)
    n_centres = max(2, n_rows // 40)
    centres = rng.normal(size=(n_centres, width))
    owner = (n_centres * rng.random(n_rows) ** 2).astype(np.int64)
    vectors = centres[owner] + 0.6 * rng.normal(size=(n_rows, width))
    return _units(vectors)


def _units(vectors: NDArray[np.float64]) -> Floats:
    units: Floats = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return units
