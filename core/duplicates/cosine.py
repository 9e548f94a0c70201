"""Groups of rows whose embeddings point the same way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.duplicates.dense import NOISE, alike_pairs, unit_rows
from core.duplicates.groups import Groups, Material, Neighbours, grouping
from core.duplicates.union import forest, join_pairs, roots
from core.options import option
from core.records import Progress, Rows, silent


@dataclass(frozen=True, slots=True)
class CosineConfig:
    """Near-duplicates by the cosine of their embeddings."""

    threshold: float = option(
        0.95, "Cosine of two embeddings that makes them one.", minimum=0.1, maximum=1
    )


@grouping("cosine", "Cosine of embeddings", CosineConfig, reads="embeddings")
def cosine(material: Material, config: CosineConfig, *, progress: Progress = silent) -> Groups:
    """Join rows whose embeddings (n, d) have a cosine of the threshold or more.

    Every pair is compared, O(n²·d). With neighbours only the rows whose last neighbour is still
    above the threshold are: of the others the graph knows every pair, if it was searched exactly.
    """
    if material.embeddings is None:
        raise ValueError("cosine groups need embeddings")
    unit = unit_rows(material.embeddings)
    least = config.threshold - NOISE
    parents = forest(len(unit))
    rows = None
    if material.neighbours is not None:
        lefts, rights, rows = _known_pairs(material.neighbours, len(unit), least)
        join_pairs(parents, lefts, rights)
        rows = None if 2 * len(rows) > len(unit) else rows  # then each pair once is less work
    for lefts, rights in alike_pairs(unit, least, rows, device=material.device, progress=progress):
        join_pairs(parents, lefts, rights)
    return Groups.of("cosine", roots(parents))


def _known_pairs(graph: Neighbours, n_rows: int, least: float) -> tuple[Rows, Rows, Rows]:
    """The pairs above the threshold in a graph, and the rows that may have more than it holds."""
    if graph.indices.shape != graph.distances.shape or len(graph.indices) != n_rows:
        raise ValueError(f"neighbours of shape {graph.indices.shape} for {n_rows} rows")
    is_near = 1 - graph.distances >= least
    lefts, places = np.nonzero(is_near)
    rights = graph.indices[lefts, places].astype(np.int64)
    is_full = is_near[:, -1] & (graph.indices.shape[1] < n_rows)
    return lefts.astype(np.int64), rights, np.flatnonzero(is_full)
