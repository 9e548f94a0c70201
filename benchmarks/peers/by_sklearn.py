"""scikit-learn: Lloyd's k-means over all rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray


def kmeans(
    vectors: NDArray[np.float32], budget: int, settings: Mapping[str, Any]
) -> NDArray[np.int64]:
    """Cluster of each row from the best of several starts."""
    from sklearn.cluster import KMeans

    fit = KMeans(
        settings["clusters"],
        n_init=settings["restarts"],
        max_iter=settings["iterations"],
        random_state=settings["seed"],
    )
    labels: NDArray[np.int64] = fit.fit_predict(vectors).astype(np.int64)
    return labels
