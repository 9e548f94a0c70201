"""Exact nearest neighbours by Euclidean distance, in blocks on a device."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from core.metrics.blocks import blocks, device_of, slices, vectors_of
from core.records import Floats, Halves, Progress, Rows, silent

if TYPE_CHECKING:
    import torch

QUERIES = 8192  # rows that look for their neighbours at once
DIFFERENCES = 1 << 22  # numbers held at once where distances are taken


def nearest_distances(
    embeddings: Floats | Halves,
    queries: Rows,
    among: Rows,
    k: int,
    *,
    device: str = "cpu",
    progress: Progress = silent,
) -> Floats:
    """Distances of each query row to its k nearest of `among`, ascending, (len(queries), k).

    Fewer columns where `among` has fewer rows. A query that is itself among them finds itself at 0.
    A matrix product finds the k rows; their distances are then taken from the differences, so that
    equal rows are at 0 and not at the rounding error of the product. O(q a d).
    """
    where = device_of(device)
    k = min(k, len(among))
    found = np.empty((len(queries), k), dtype=np.float32)
    for part in slices(len(queries) if k else 0, QUERIES):
        tell = partial(_tell, progress, part, (len(queries), len(among)))
        at = _candidates(vectors_of(embeddings, queries[part], where), embeddings, among, k, tell)
        found[part] = _distances(embeddings, queries[part], among[at])
    return found


def _candidates(
    points: torch.Tensor,
    embeddings: Floats | Halves,
    among: Rows,
    k: int,
    tell: partial[None],
) -> Rows:
    """Positions in `among` of each point's k nearest, (len(points), k), in no order."""
    import torch

    centre = points.mean(dim=0)  # small numbers lose less in the product; distances stay the same
    points = points - centre
    gaps = torch.empty((len(points), 0), device=points.device)
    places = torch.empty((len(points), 0), dtype=torch.int64, device=points.device)
    for part in blocks(len(among), len(points), points.shape[1]):
        keys = vectors_of(embeddings, among[part], points.device).sub_(centre)
        fresh = torch.addmm(keys.square().sum(dim=1), points, keys.T, alpha=-2)
        near, at = fresh.topk(min(k, len(keys)), dim=1, largest=False, sorted=False)
        gaps, places = torch.cat([gaps, near], dim=1), torch.cat([places, at + part.start], dim=1)
        gaps, kept = gaps.topk(min(k, gaps.shape[1]), dim=1, largest=False, sorted=False)
        places = places.gather(1, kept)
        tell(part.stop)
    return places.cpu().numpy()


def _distances(embeddings: Floats | Halves, rows: Rows, found: Rows) -> Floats:
    """Distance of each row to each of the rows found for it, ascending, (len(rows), k)."""
    distances = np.empty(found.shape, dtype=np.float32)
    most = max(DIFFERENCES // (found.shape[1] * embeddings.shape[1]), 1)
    for part in slices(len(rows), most):
        own = embeddings[rows[part]].astype(np.float32)[:, None]
        gaps = embeddings[found[part]].astype(np.float32) - own
        distances[part] = np.sqrt(np.einsum("rkd,rkd->rk", gaps, gaps))
    distances.sort(axis=1)
    return distances


def _tell(progress: Progress, part: slice, sizes: tuple[int, int], n_seen: int) -> None:
    """Report pairs of rows: all queries of the part have met the first `n_seen` rows."""
    n_queries, n_rows = sizes
    done = part.start * n_rows + (part.stop - part.start) * n_seen
    progress(done, n_queries * n_rows, "nearest neighbours")
