"""The rows nearest to one row by embedding: from the stored graph where it reaches that far."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.errors import RequestError
from core.pipeline.arrays import load_array
from core.pipeline.views import in_use, open_readings
from core.records import Floats, Rows
from core.search.nearest import DECIMALS, largest, similarities
from core.workspace import Artifact, Workspace

EXACT = 1.0 - 1e-9  # recall of a graph from which nothing is missing


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Rows by falling cosine; the row itself is none of them."""

    rows: Rows  # (n,)
    similarities: Floats  # (n,), cosine


def neighbours_of(workspace: Workspace, row: int, count: int = 10) -> Neighbours:
    """The `count` rows nearest to a row; RequestError for a row or count that cannot be.

    The neighbour graph answers where it was searched exactly and holds enough of them; of rows at
    the same distance it then decides which is kept.
    """
    n_rows = in_use(workspace, "readings").notes["n_rows"]
    if not 0 <= row < n_rows:
        raise RequestError(f"there is no row {row}; the pool has 0 to {n_rows - 1:,}")
    if count < 1:
        raise RequestError(f"at least one neighbour is asked for; seen {count}")
    graph = _graph(workspace)
    if graph is not None:
        stored = load_array(graph.folder, "indices")
        if count < stored.shape[1]:
            found = np.array(stored[row, 1 : count + 1], dtype=np.int64)
            distances = np.array(load_array(graph.folder, "distances")[row, 1 : count + 1])
            return Neighbours(found, np.round(1 - distances, DECIMALS).astype(np.float32))
    scores = row_similarities(workspace, row)
    found = largest(scores, min(count, n_rows - 1) + 1)
    found = found[found != row][:count]
    return Neighbours(found, scores[found])


def row_similarities(workspace: Workspace, row: int) -> Floats:
    """Cosine of every row with one row, (n_rows,); 0 for all where it has an empty embedding."""
    embeddings = open_readings(workspace).embeddings
    own = np.asarray(embeddings[row], dtype=np.float32)
    if not own.any():
        return np.zeros(len(embeddings), dtype=np.float32)
    scores = similarities(embeddings, own)
    scores[row] = 1.0
    return scores


def _graph(workspace: Workspace) -> Artifact | None:
    """The stored graph of the readings in use, where it misses nothing."""
    if "graph" not in workspace.current():
        return None
    graph = in_use(workspace, "graph")
    fits = graph.parents.get("readings") == in_use(workspace, "readings").fingerprint
    return graph if fits and graph.notes["recall"] >= EXACT else None
