"""The silhouette of the pool against the number of clusters, as an artifact of its own."""

from __future__ import annotations

import functools
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from core.cluster.curve import CurveConfig, SilhouetteCurve, counts_for, silhouette_curve
from core.cluster.matching import hashes_of
from core.fingerprint import Recipe
from core.options import as_values, configure
from core.pipeline.result import StepResult
from core.pipeline.views import in_use, open_pool, open_readings
from core.reporting import Quiet, Reporter
from core.select.hashing import hash_order
from core.select.view import id_ranks
from core.workspace import Artifact, Workspace

KIND = "cluster-curve"
VERSION = 1
PROBE = (512, 4_096)  # rows and centroids of the product by which this machine's speed is known
FIT_SHARE = 0.55  # of all products that k-means computes; bounds spare it the others
SCORE_COST = 3.0  # of a distance to each point, in products of one number


def curve(
    workspace: Workspace,
    options: Mapping[str, Any] | None = None,
    *,
    device: str = "cpu",
    reporter: Reporter | None = None,
) -> StepResult:
    """Score k-means at several numbers of clusters, made when absent.

    RequestError when a number asked for does not fit the pool.
    """
    started = time.monotonic()
    config = configure(CurveConfig, options or {})
    readings = open_readings(workspace)
    n_rows = len(readings.embeddings)
    counts = counts_for(n_rows, config.counts, in_use_count(workspace))
    values = {**as_values(config), "counts": list(counts)}
    parents = {"readings": in_use(workspace, "readings").fingerprint}
    recipe = Recipe("cluster curve", VERSION, values, parents)
    if workspace.find(KIND, recipe.fingerprint) is None:
        ids = open_pool(workspace).ids()
        order = hash_order(config.seed, hashes_of(ids), id_ranks(ids))
        progress = (reporter or Quiet()).stage("Scoring numbers of clusters", "parts")
        found = silhouette_curve(
            readings.embeddings, counts, order, config, device=device, progress=progress
        )
        with workspace.publish(KIND, recipe, title=f"{len(counts)} numbers of clusters") as draft:
            draft.notes.update(_as_notes(found))
    return StepResult({KIND: recipe.fingerprint}, time.monotonic() - started)


def stored_curve(workspace: Workspace) -> SilhouetteCurve | None:
    """The newest curve of the readings in use, or None."""
    found = _newest(workspace, in_use(workspace, "readings").fingerprint)
    if found is None:
        return None
    notes = found.notes
    return SilhouetteCurve(
        tuple(notes["counts"]),
        tuple(notes["silhouettes"]),
        tuple(notes["inertia"]),
        notes["n_rows"],
        notes["n_scored"],
    )


def has_stale(workspace: Workspace) -> bool:
    """Whether there is a curve, of other readings only."""
    return bool(workspace.artifacts(KIND)) and stored_curve(workspace) is None


def in_use_count(workspace: Workspace) -> int | None:
    """The number of clusters that k-means made last, or None."""
    if "clusters" not in workspace.current():
        return None
    return int(in_use(workspace, "clusters").notes["n_clusters"])


def about_seconds(workspace: Workspace, options: Mapping[str, Any] | None = None) -> float:
    """How long the curve will take on this machine, by the speed of one product; within a factor 2.

    RequestError as `curve` raises it.
    """
    config = configure(CurveConfig, options or {})
    n_pool, width = open_readings(workspace).embeddings.shape
    counts = counts_for(n_pool, config.counts, in_use_count(workspace))
    n_rows = min(config.rows, n_pool)
    products = FIT_SHARE * n_rows * sum(counts) * config.iterations * width
    scored = min(config.scored_rows, n_rows)
    products += scored * n_rows * (width + SCORE_COST * len(counts) * width / 8)
    return products / _products_a_second(int(width))


@functools.lru_cache(maxsize=4)
def _products_a_second(width: int) -> float:
    rows = np.ones((PROBE[0], width), np.float32)
    centroids = np.ones((width, PROBE[1]), np.float32)
    rows @ centroids  # the first one also starts threads
    started = time.perf_counter()
    rows @ centroids
    return PROBE[0] * PROBE[1] * width / max(time.perf_counter() - started, 1e-9)


def _newest(workspace: Workspace, readings: str) -> Artifact | None:
    made = [one for one in workspace.artifacts(KIND) if one.parents.get("readings") == readings]
    return made[-1] if made else None


def _as_notes(found: SilhouetteCurve) -> dict[str, Any]:
    return {
        "counts": list(found.counts),
        "silhouettes": list(np.round(found.silhouettes, 6)),
        "inertia": list(np.round(found.inertia, 6)),
        "n_rows": found.n_rows,
        "n_scored": found.n_scored,
    }
