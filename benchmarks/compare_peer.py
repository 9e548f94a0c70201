"""The numbers of the compare page by pandas and scipy, as one would write them without ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.records import FeatureSets, Rows


def intersections(subsets: Sequence[Rows], n_pool: int) -> dict[tuple[int, ...], int]:
    """Rows in exactly which subsets: a table of memberships, grouped."""
    import pandas as pd

    table = pd.DataFrame({at: np.isin(np.arange(n_pool), rows) for at, rows in enumerate(subsets)})
    counts = table.groupby(list(table.columns)).size()
    found = {}
    for key, count in counts.items():
        held = np.atleast_1d(np.asarray(key))
        members = tuple(int(at) for at in np.flatnonzero(held))
        if members:
            found[members] = int(count)
    return found


def jaccard(subsets: Sequence[Rows]) -> list[list[float]]:
    """Every pair, by Python sets."""
    known = [set(rows.tolist()) for rows in subsets]
    return [[len(a & b) / max(len(a | b), 1) for b in known] for a in known]


def covered(sets: FeatureSets, subsets: Sequence[Rows]) -> list[int]:
    """Latents that a row of each subset has, by a sparse matrix."""
    matrix = _matrix(sets)
    return [int((matrix[rows].sum(axis=0) > 0).sum()) for rows in subsets]


def covered_by_part(sets: FeatureSets, subsets: Sequence[Rows], labels: Any) -> list[list[int]]:
    """Latents of each part that rows of the part have, for each subset, by pandas' groups."""
    import pandas as pd

    matrix = _matrix(sets)
    found = []
    for rows in subsets:
        groups = pd.Series(rows).groupby(np.asarray(labels)[rows]).indices
        counts = {
            part: int((matrix[rows[at]].sum(axis=0) > 0).sum()) for part, at in groups.items()
        }
        found.append([counts.get(part, 0) for part in range(int(np.max(labels)) + 1)])
    return found


def _matrix(sets: FeatureSets) -> Any:
    from scipy.sparse import csr_matrix

    rows = sets.rows
    values = np.ones(rows.nnz, dtype=np.int32)
    shape = (rows.n_rows, rows.n_columns)
    return csr_matrix((values, np.asarray(rows.indices), np.asarray(rows.indptr)), shape=shape)
