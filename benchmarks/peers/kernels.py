"""Similarities in the forms that other libraries take them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
BLOCK = 1024


def all_pairs(vectors: Vectors, dtype: type[np.floating[Any]]) -> NDArray[Any]:
    """max(0, cosine) of all pairs, written block by block so that no second matrix is held."""
    found = np.empty((len(vectors), len(vectors)), dtype=dtype)
    for start in range(0, len(vectors), BLOCK):
        part = slice(start, start + BLOCK)
        found[part] = np.maximum(vectors[part] @ vectors.T, 0)
    return found


def nearest(vectors: Vectors, k: int) -> Any:
    """A sparse matrix of float64: entry (a, v) where a is among the k rows nearest to v."""
    import faiss
    from scipy.sparse import csr_matrix

    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    cosines, near = index.search(vectors, k)
    served = np.repeat(np.arange(len(vectors)), k)
    values = np.maximum(cosines, 0).astype(np.float64).ravel()
    shape = (len(vectors), len(vectors))
    return csr_matrix((values, (near.ravel(), served)), shape=shape)
