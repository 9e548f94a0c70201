"""faiss: k-means as the kMQ authors call it, and the filter as Deita's code runs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


def kmeans(vectors: Vectors, budget: int, settings: Mapping[str, Any]) -> NDArray[np.int64]:
    """Cluster of each row; fitted on so many rows a centroid (256 by itself), or on all."""
    import faiss

    most = settings["rows_a_cluster"] or len(vectors)

    fit = faiss.Kmeans(
        vectors.shape[1],
        settings["clusters"],
        niter=settings["iterations"],
        nredo=settings["restarts"],
        seed=settings["seed"],
        min_points_per_centroid=1,
        max_points_per_centroid=most,
    )
    fit.train(vectors)
    return fit.index.search(vectors, 1)[1][:, 0].astype(np.int64)


def repr_filter(vectors: Vectors, budget: int, settings: Mapping[str, Any]) -> NDArray[np.int64]:
    """Down the rows: accept one whose nearest accepted row is below the threshold, then add it."""
    import faiss

    index = faiss.IndexFlatIP(vectors.shape[1])
    accepted: list[int] = []
    for row in range(len(vectors)):
        if len(accepted) == budget:
            break
        one = vectors[row : row + 1]
        if not accepted or index.search(one, 1)[0][0, 0] < settings["threshold"]:
            index.add(one)
            accepted.append(row)
    return np.array(accepted, dtype=np.int64)
