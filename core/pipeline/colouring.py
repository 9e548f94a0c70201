"""What the map may be coloured by: clusters, source, length and the pool's own columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.metadata import OWN_COLUMNS
from core.errors import RequestError
from core.fingerprint import digest
from core.pipeline.cluster_edits import edited
from core.pipeline.views import in_use, open_pool
from core.records import Bools, Floats, Rows
from core.reporting import figure
from core.workspace import Workspace

CLUSTERS = {"clusters": "cluster, k-means", "hdbscan": "cluster, HDBSCAN"}
LENGTH = "n_response_words"
COLUMN = "column:"
ABSENT = "no value"
MOST_VALUES = 4_000  # values of one column that are told apart; the map colours the largest 24


@dataclass(frozen=True, slots=True)
class Groups:
    """A label a row, -1 for none, with the names that the labels count."""

    title: str
    labels: Rows  # (n_rows,)
    names: tuple[str, ...]
    absent: str  # what a row without a label is called
    fingerprint: str  # of the artifact it comes from and of its key
    meanings: tuple[str, ...] = ()  # a token of the theme for each name, '' for a hue of its own


@dataclass(frozen=True, slots=True)
class Scale:
    """A number a row, spread over 0 to 1; `low` and `high` are what the two ends stand for."""

    title: str
    values: Floats  # (n_rows,); 0 where there is none
    there: Bools  # (n_rows,): rows that have a number
    low: str
    high: str
    fingerprint: str
    palette: str = "viridis"


def colourings(workspace: Workspace) -> dict[str, str]:
    """The ways to colour that this workspace offers, by key, with their titles."""
    roles = workspace.current()
    found = {role: title for role, title in CLUSTERS.items() if role in roles}
    if "pool" not in roles:
        return found
    columns = [column for column in open_pool(workspace).columns() if column.kind != "text"]
    found[f"{COLUMN}source"] = "source"
    found[f"{COLUMN}{LENGTH}"] = "length of the response"
    for column in columns:
        if column.name not in OWN_COLUMNS:
            found[f"{COLUMN}{column.name}"] = column.name
    return found


def colouring(workspace: Workspace, key: str) -> Groups | Scale:
    """Labels or numbers of every row; RequestError when the key is not on offer."""
    if key in CLUSTERS:
        known = edited(workspace, key)
        own = own_fingerprint(known.fingerprint, key)
        return Groups(CLUSTERS[key], known.labels.astype(np.int64), known.names, "noise", own)
    title = colourings(workspace).get(key)
    if title is None:
        raise RequestError(f"there is no column {key.removeprefix(COLUMN)!r} to colour by")
    own = own_fingerprint(in_use(workspace, "pool").fingerprint, key)
    values = open_pool(workspace).column(key.removeprefix(COLUMN))
    if values.dtype == object:
        return _groups(title, values.astype(np.object_), own)
    return _scale(title, values.astype(np.float64), own, words=key == f"{COLUMN}{LENGTH}")


def own_fingerprint(parent: str, key: str) -> str:
    """Names the colouring itself, so that a browser may keep what it fetched."""
    return digest(f"{parent} {key}".encode())[:32]


def _groups(title: str, values: NDArray[np.object_], own: str) -> Groups:
    there = np.array([value is not None and value != "" for value in values], dtype=np.bool_)
    names, places = np.unique(values[there].astype(np.str_), return_inverse=True)
    labels = np.full(len(values), -1, dtype=np.int64)
    labels[there] = np.where(places < MOST_VALUES, places, -1)
    return Groups(title, labels, tuple(names[:MOST_VALUES].tolist()), ABSENT, own)


def _scale(title: str, values: NDArray[np.float64], own: str, *, words: bool) -> Scale:
    """Lengths go by their logarithm: a few long answers would leave all others one colour."""
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    spread = np.log1p(np.maximum(values, 0)) if words else values
    ends = (np.log1p(low), np.log1p(high)) if words else (low, high)
    share = (spread - ends[0]) / ((ends[1] - ends[0]) or 1.0)
    unit = " words" if words else ""
    return Scale(
        title,
        np.nan_to_num(np.clip(share, 0, 1)).astype(np.float32),
        np.isfinite(values),
        f"{figure(low, 4)}{unit}",
        f"{figure(high, 4)}{unit}" + (", log scale" if words else ""),
        own,
    )
