"""Redundancy: how like its nearest chosen neighbour a chosen row is, on average."""

from __future__ import annotations

import numpy as np

from core.metrics.registry import metric
from core.metrics.subject import Chosen
from core.records import Floats, Halves, Rows

BLOCK = 1024  # rows of the similarity matrix held at once


def redundancy(embeddings: Floats | Halves, rows: Rows) -> float:
    """Mean cosine of each chosen row to the nearest other one; NaN below two rows.

    Exact; O(m² d) for m rows of d numbers.
    """
    return float(nearest_cosines(embeddings, rows).mean()) if len(rows) > 1 else float("nan")


def nearest_cosines(embeddings: Floats | Halves, rows: Rows) -> Floats:
    """Each chosen row's cosine to the nearest other chosen row, (len(rows),)."""
    units = np.asarray(embeddings[rows], dtype=np.float32)
    norms = np.linalg.norm(units, axis=1, keepdims=True)
    units = units / np.maximum(norms, np.finfo(np.float32).tiny)
    nearest = np.empty(len(rows), dtype=np.float32)
    for start in range(0, len(rows), BLOCK):
        cosines = units[start : start + BLOCK] @ units.T
        own = np.arange(len(cosines))
        cosines[own, start + own] = -np.inf  # a row is not its own neighbour
        nearest[start : start + BLOCK] = cosines.max(axis=1)
    return nearest


@metric(
    "redundancy",
    title="Redundancy",
    formula="mean over chosen rows of the largest cosine to another chosen row",
    source="Coreset Atlas",
    unit="cosine",
    direction="lower",
    needs=("embeddings",),
    cost="heavy",
    note="Rises as more rows are chosen: compare at equal rows.",
)
def _redundancy(chosen: Chosen) -> float:
    return redundancy(chosen.subject.embeddings, chosen.rows)
