"""Where rows that came later belong on a finished map."""

from __future__ import annotations

import numpy as np

from core.project.graph import exact_index, normalised
from core.records import Floats

N_NEAREST = 15


def place(
    new: Floats, fitted: Floats, coordinates: Floats, *, n_nearest: int = N_NEAREST
) -> Floats:
    """Similarity-weighted mean of the coordinates of each new row's nearest fitted rows.

    `new` is (m, d), `fitted` (n, d), `coordinates` (n, c) of the fitted rows; gives (m, c).
    Rows similar to none get the plain mean of their nearest.
    """
    if len(fitted) != len(coordinates) or len(fitted) == 0:
        raise ValueError(f"{len(coordinates)} coordinates for {len(fitted)} fitted rows")
    k = min(n_nearest, len(fitted))
    similarities, nearest = exact_index(normalised(fitted)).search(normalised(new), k)
    weights = np.clip(similarities, 0, None)
    weights[weights.sum(axis=1) == 0] = 1
    weights /= weights.sum(axis=1, keepdims=True)
    return np.einsum("mk,mkc->mc", weights, coordinates[nearest]).astype(np.float32)
