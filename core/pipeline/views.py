"""What is in use in a workspace, opened for reading; every opening is a memory map or one table."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.data.pool import Pool
from core.errors import WorkspaceError
from core.extract.readings import Readings
from core.pipeline.arrays import load_array, load_csr
from core.records import FeatureSets, Floats, NeuronStates, Rows
from core.sae.statistics import LatentStatistics, TopExamples
from core.select.view import Labels, View
from core.workspace import Artifact, Workspace

STEPS = {
    "pool": "ingest",
    "readings": "extract",
    "features": "extract",
    "map": "project",
    "map-codes": "project --space codes",
    "map-neurons": "project --space neurons",
    "latent-map": "project --space latents",
    "clusters": "cluster",
    "hdbscan": "cluster --method hdbscan",
    "selection": "select",
    "duplicates": "duplicates",
    "overlap": "overlap",
}
KINDS = {"hdbscan": "clusters", "map-codes": "map", "map-neurons": "map"}
"""Roles that share a kind of artifact with another one."""


@dataclass(frozen=True, slots=True)
class Features:
    """The pool's feature sets with what is known of each latent."""

    sets: FeatureSets
    statistics: LatentStatistics
    top: TopExamples


def in_use(workspace: Workspace, role: str) -> Artifact:
    """The artifact in use for a role; WorkspaceError names the step that makes it."""
    found = workspace.in_use(role, KINDS.get(role, role))
    if found is None:
        raise WorkspaceError(
            f"{workspace.root} has no {role} in use yet; run `{STEPS.get(role, role)}` first"
        )
    return found


def open_pool(workspace: Workspace) -> Pool:
    """The pool in use, read once a process: its folder never changes."""
    return _pool(in_use(workspace, "pool").folder)


def open_readings(workspace: Workspace) -> Readings:
    """The readings in use."""
    return Readings.load(in_use(workspace, "readings").folder)


def open_features(workspace: Workspace) -> Features:
    """The features in use."""
    return read_features(in_use(workspace, "features"))


def read_features(artifact: Artifact) -> Features:
    """A features artifact as arrays."""
    folder, n_latents = artifact.folder, artifact.notes["n_latents"]
    n_rows = artifact.notes["n_rows"]
    return Features(
        FeatureSets(load_csr(folder, "rows", n_latents), load_csr(folder, "columns", n_rows)),
        LatentStatistics(*(load_array(folder, name) for name in ("density", "maximum", "mean"))),
        TopExamples(
            *(
                load_array(folder, name)
                for name in ("top_rows", "top_values", "band_rows", "band_values")
            )
        ),
    )


def open_coordinates(workspace: Workspace) -> Floats:
    """The map's coordinates, (n_rows, 2)."""
    return load_array(in_use(workspace, "map").folder, "coordinates")


def open_labels(workspace: Workspace, role: str = "clusters") -> Labels:
    """Cluster of each row, (n_rows,); -1 is noise."""
    return load_array(in_use(workspace, role).folder, "labels")


def neuron_states(workspace: Workspace) -> NeuronStates:
    """The neurons of the readings in use; WorkspaceError where they were read without."""
    readings, width = open_readings(workspace), in_use(workspace, "readings").notes["d_ff"]
    rows, stats = readings.neurons, readings.neuron_stats
    if rows is None or stats is None:
        raise WorkspaceError("the readings in use hold no neurons; extract again with some layers")
    return NeuronStates(rows, width, stats.mean, stats.variance, stats.frequency)


def selection_view(
    workspace: Workspace, extra: Mapping[str, Callable[[], Any]] | None = None, *, device: str
) -> View:
    """The pool as selectors see it: whatever has been read so far, loaded on demand.

    `extra` are loaders of what a request brings along.
    """
    pool = open_pool(workspace)
    roles = workspace.current()
    loaders: dict[str, Callable[[], Any]] = {
        "ids": pool.ids,
        "lengths": lambda: _response_words(pool),
        "columns": lambda: {one.name: pool.column(one.name) for one in pool.columns()},
        **(extra or {}),
    }
    scores = [one.name for one in pool.columns() if one.name.startswith("scores.")]
    if len(scores) == 1:
        loaders["scores"] = lambda: pool.column(scores[0]).astype(np.float32)
    if "readings" in roles:
        readings = open_readings(workspace)
        loaders["embeddings"] = lambda: readings.embeddings
        loaders["tokens"] = lambda: np.asarray(readings.n_tokens, dtype=np.int64)
        if readings.neurons is not None:
            loaders["neurons"] = lambda: neuron_states(workspace)
    if "features" in roles:
        loaders["codes"] = lambda: open_features(workspace).sets
    if "clusters" in roles:
        loaders["clusters"] = lambda: open_labels(workspace)
    return View(pool.n_rows, loaders, device=device)


@functools.lru_cache(maxsize=2)
def _pool(folder: Path) -> Pool:
    return Pool.load(folder)


def _response_words(pool: Pool) -> Rows:
    return pool.column("n_response_words").astype(np.int64)
