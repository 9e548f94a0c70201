"""How sparse the pool is around a row: the mean squared distance to its nearest neighbours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.metrics.blocks import slices
from core.metrics.nearest import nearest_distances
from core.records import Floats, Halves, Progress, Rows, silent

BYTES = 1 << 26  # of records compared at once


def sparsity(
    embeddings: Floats | Halves,
    rows: Rows,
    reference: Rows,
    *,
    n_neighbours: int = 10,
    device: str = "cpu",
    progress: Progress = silent,
) -> NDArray[np.float64]:
    """Mean squared Euclidean distance of rows to their nearest reference rows, (len(rows),).

    As NovelSum's code has it: of the n_neighbours + 1 nearest, the first is dropped as the row
    itself. It is, where `reference` holds the distinct rows of the pool that the rows are from;
    else a true neighbour is lost. All neighbours where there are fewer; 0 where there are none.
    """
    near = nearest_distances(
        embeddings, rows, reference, n_neighbours + 1, device=device, progress=progress
    )
    others = np.square(near[:, 1:], dtype=np.float64)
    return others.mean(axis=1) if others.shape[1] else np.zeros(len(rows))


def distinct_rows(embeddings: Floats | Halves) -> Rows:
    """The first row with each embedding, ascending; embeddings are equal bit for bit."""
    contiguous = np.ascontiguousarray(embeddings)
    size = contiguous.itemsize * contiguous.shape[1]
    records = contiguous.view(np.dtype((np.void, size)))[:, 0]
    order = records.argsort(kind="stable")
    fresh = np.ones(len(order), dtype=np.bool_)
    for part in slices(len(order) - 1, max(BYTES // size, 1)):
        before, after = order[part], order[part.start + 1 : part.stop + 1]
        fresh[part.start + 1 : part.stop + 1] = records[after] != records[before]
    return np.sort(order[fresh])
