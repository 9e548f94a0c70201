"""Ways to cut the pool into parts: clusters, values of a column, stretches of a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.fingerprint import digest
from core.pipeline.colouring import CLUSTERS, COLUMN, LENGTH, Groups, colouring, colourings
from core.pipeline.views import in_use, open_pool
from core.records import Rows
from core.reporting import figure
from core.workspace import Workspace

MOST_PARTS = 200  # the largest ones; the rest is counted in words
N_STRETCHES = 6  # of equally many rows, that a numeric column is cut into


@dataclass(frozen=True, slots=True)
class Cut:
    """Each row's part, -1 for none, with what leads to it on the map."""

    title: str
    labels: NDArray[np.int32]
    names: tuple[str, ...]
    filters: tuple[tuple[str, Mapping[str, Any]], ...]
    n_left_out: int
    version: str  # of the labels


def cuts(workspace: Workspace) -> dict[str, str]:
    """The ways to cut the pool into at least two parts, by key, with their titles."""
    found = {}
    for key, title in colourings(workspace).items():
        if key in CLUSTERS or _n_values(workspace, key) > 1:
            found[key] = title
    return found


def _n_values(workspace: Workspace, key: str) -> int:
    return len(cut_by(workspace, key).names)


def cut_by(workspace: Workspace, key: str) -> Cut:
    """Clusters are read anew each time, since people rename and merge them."""
    if key in CLUSTERS:
        return _grouped(workspace, key)
    return _of_column(str(workspace.root), in_use(workspace, "pool").fingerprint, key)


@lru_cache(maxsize=24)
def _of_column(root: str, pool: str, key: str) -> Cut:
    workspace, name = Workspace(Path(root)), key.removeprefix(COLUMN)
    values = open_pool(workspace).column(name)
    if values.dtype == object:
        return _grouped(workspace, key)
    return _stretches(name, values.astype(np.float64), f"{pool} {key}")


def _grouped(workspace: Workspace, key: str) -> Cut:
    found = colouring(workspace, key)
    if not isinstance(found, Groups):
        raise TypeError(f"{key} has no groups")
    return _largest(found, key)


def _largest(found: Groups, key: str) -> Cut:
    """The groups with most rows; those of one row each in a column of ids are no parts."""
    counts = sizes(found.labels, len(found.names))
    there = np.flatnonzero(counts > 0)
    kept = np.sort(there[np.argsort(-counts[there], kind="stable")[:MOST_PARTS]])
    if key not in CLUSTERS and (len(there) > MOST_PARTS and counts.max() * 100 < counts.sum()):
        kept = kept[:0]
    places = np.full(len(found.names) + 1, -1, dtype=np.int32)
    places[kept] = np.arange(len(kept), dtype=np.int32)
    names = tuple(found.names[at] for at in kept)
    filters = tuple(_filter(key, int(at), found.names[at]) for at in kept)
    version = digest("\n".join([found.fingerprint, *names]).encode())
    labels = places[np.asarray(found.labels)]
    return Cut(found.title, labels, names, filters, len(there) - len(kept), version)


def _filter(key: str, label: int, name: str) -> tuple[str, Mapping[str, Any]]:
    if key in CLUSTERS:
        return "cluster", {"role": key, "labels": [label]}
    return "column", {"name": key.removeprefix(COLUMN), "values": [name]}


def _stretches(name: str, values: NDArray[np.float64], version: str) -> Cut:
    """A numeric column in stretches of about equally many rows, ascending."""
    finite = values[np.isfinite(values)]
    at = np.linspace(0, 1, N_STRETCHES + 1)
    edges = np.unique(np.quantile(finite, at, method="nearest")) if len(finite) else np.empty(0)
    if len(edges) == 2 and edges[0] < edges[1]:
        edges = np.insert(edges, 1, edges[1])  # two values: each is a part
    inner = edges[1:-1]
    labels = np.where(np.isfinite(values), np.searchsorted(inner, values, side="right"), -1)
    used = np.unique(labels[labels >= 0])
    names, filters = [], []
    for label in used:
        inside = values[labels == label]
        low, high = float(inside.min()), float(inside.max())
        names.append(figure(low, 4) if low == high else f"{figure(low, 4)} to {figure(high, 4)}")
        filters.append(("range", {"name": name, "low": low, "high": high}))
    places = np.full(int(used.max(initial=-1)) + 2, -1, dtype=np.int32)
    places[used] = np.arange(len(used), dtype=np.int32)
    title = "length of the response, words" if name == LENGTH else name
    return Cut(title, places[labels], tuple(names), tuple(filters), 0, version)


def sizes(labels: NDArray[Any], n_parts: int) -> Rows:
    """Rows of each part, (n_parts,)."""
    return np.bincount(labels[labels >= 0], minlength=n_parts).astype(np.int64)
