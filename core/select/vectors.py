"""Embeddings as vectors: checked, in float32, on the unit sphere where angles are meant."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import RequestError
from core.records import Floats, Halves
from core.select.memory import memory_free

Doubles = NDArray[np.float64]

CHUNK = 512  # rows worked on at once in float64: they stay in cache


def vectors_of(embeddings: Floats | Halves) -> Floats:
    """Embeddings as contiguous float32, (n_rows, d_in).

    Raises RequestError when a value is not finite, or when they do not fit in memory.
    """
    _check_room(embeddings)
    vectors: Floats = np.ascontiguousarray(embeddings, dtype=np.float32)
    for start in range(0, len(vectors), CHUNK):
        _check_finite(vectors[start : start + CHUNK])
    return vectors


def unit_vectors_of(embeddings: Floats | Halves) -> Floats:
    """Embeddings at length 1 in float32, (n_rows, d_in), so that products are cosines.

    A row of zeros stays as it is: its cosine with every row is 0. Raises RequestError as
    `vectors_of` does.
    """
    _check_room(embeddings)
    unit = np.empty(embeddings.shape, dtype=np.float32)
    for start in range(0, len(unit), CHUNK):
        part = embeddings[start : start + CHUNK].astype(np.float64)
        _check_finite(part)
        lengths = np.sqrt(squared_lengths(part))[:, None]
        unit[start : start + CHUNK] = part / np.where(lengths > 0, lengths, 1.0)
    return unit


def squared_lengths(vectors: NDArray[Any]) -> Doubles:
    """Squared length of each row in float64, (n_rows,).

    Each row is summed by itself in one order, so a row's number does not depend on its neighbours.
    """
    lengths = np.empty(len(vectors))
    for start in range(0, len(vectors), CHUNK):
        part = vectors[start : start + CHUNK].astype(np.float64)
        lengths[start : start + CHUNK] = (part * part).sum(axis=1)
    return lengths


def squared_distances(vectors: NDArray[Any], others: NDArray[Any]) -> Doubles:
    """Squared distance of each pair of rows in float64, (n_pairs,); 0 exactly for equal rows.

    Differences first, products never: no cancellation, and the same number on every machine part
    whatever block a pair came in.
    """
    apart = vectors.astype(np.float64) - others
    return (apart * apart).sum(axis=1)


def products(vectors: NDArray[Any], others: NDArray[Any]) -> Doubles:
    """Product of each pair of rows in float64, (n_pairs,), the same in whatever block."""
    return (vectors.astype(np.float64) * others).sum(axis=1)


def product_noise(longest: float, width: int) -> float:
    """How far a float32 product of two rows no longer than `longest` may be from the true one.

    Twice sqrt(d) u |a| |b| with u = 2**-24: rounding errors add up as a random walk (Higham and
    Mary 2019). On 15 million pairs of MiniLM rows the largest error was 0.8 of sqrt(d) u.
    """
    return 2.0 * float(np.sqrt(width)) * 2.0**-24 * longest * longest


def _check_room(embeddings: Floats | Halves) -> None:
    wanted, free = embeddings.size * 4, memory_free()
    if wanted > free:
        raise RequestError(
            f"{len(embeddings)} embeddings of {embeddings.shape[1]} numbers take "
            f"{wanted / 1e9:.1f} GB and {free / 1e9:.1f} GB of memory are free; "
            "choose from a part of the pool, or use a larger machine"
        )


def _check_finite(vectors: NDArray[Any]) -> None:
    if not np.isfinite(vectors).all():
        raise RequestError("some embeddings are not finite; extract them again")
