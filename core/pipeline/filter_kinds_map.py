"""Filters drawn or named by hand: a lasso, clusters, the chosen, a list of example ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import RequestError
from core.pipeline.arrays import load_array
from core.pipeline.cluster_edits import edited
from core.pipeline.colouring import CLUSTERS
from core.pipeline.filter_kinds import (
    MOST_IDS,
    Answer,
    Scene,
    Value,
    filter_kind,
    flag,
    listing,
    needed,
    quoted,
    text,
    whole,
)
from core.pipeline.layouts import layouts
from core.pipeline.views import open_pool
from core.project.inside import MAX_STROKES, rows_inside_strokes
from core.records import Floats
from core.workspace import Workspace

MOST_LABELS = 100_000
NAMED = 2  # clusters named on a chip


def _stroke(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping) or set(value) != {"mode", "points"}:
        raise ValueError("a list of strokes, each with mode and points")
    try:
        points = np.asarray(value["points"], dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError("a list of strokes whose points are x, y pairs") from None
    if not np.isfinite(points).all():
        raise ValueError("a list of strokes whose points are finite")
    return dict(value)


def _role(value: Any) -> str:
    if not isinstance(value, str) or value not in CLUSTERS:
        raise ValueError(f"one of {', '.join(CLUSTERS)}")
    return str(value)


def _lasso_title(_: Workspace, value: Value) -> str:
    n = len(value["strokes"])
    return "inside the lasso" if n == 1 else f"inside {n} lasso strokes"


@filter_kind(
    "lasso",
    {"map": needed(text), "strokes": needed(listing(_stroke, MAX_STROKES))},
    _lasso_title,
    reads=("readings", "map", "map-codes", "map-neurons"),
)
def lasso(scene: Scene, value: Value) -> Answer:
    """Rows whose point lies inside the strokes, taken one after the other."""
    points = _points(scene.workspace, value["map"])
    return Answer(scene.these(rows_inside_strokes(value["strokes"], points)))


def _points(workspace: Workspace, fingerprint: str) -> Floats:
    """The coordinates of a map of the pool in use."""
    if fingerprint not in {layout.fingerprint for layout in layouts(workspace)}:
        raise RequestError("this lasso was drawn on a map that is no longer in use; draw it again")
    return load_array(workspace.get("map", fingerprint).folder, "coordinates")


def _cluster_title(workspace: Workspace, value: Value) -> str:
    names = [*edited(workspace, value["role"]).names, "noise"]
    labels = value["labels"]
    named = ", ".join(quoted(names[label]) for label in labels[:NAMED] if label < len(names))
    more = f" and {len(labels) - NAMED:,} more" if len(labels) > NAMED else ""
    return f"{'cluster' if len(labels) == 1 else 'clusters'} {named or 'none'}{more}"


@filter_kind(
    "cluster",
    {"role": needed(_role), "labels": needed(listing(whole(-1, 10**9), MOST_LABELS))},
    _cluster_title,
    reads=tuple(CLUSTERS),
)
def cluster(scene: Scene, value: Value) -> Answer:
    """Rows of some clusters, as they are after merging by hand; -1 is noise."""
    known = edited(scene.workspace, value["role"])
    beyond = [label for label in value["labels"] if label >= len(known.groups)]
    if beyond:
        raise RequestError(
            f"there is no cluster {beyond[0]:,}; there are {len(known.groups):,}: choose again"
        )
    wanted = [-1 if label < 0 else int(known.groups[label]) for label in value["labels"]]
    return Answer(np.isin(known.labels, wanted))


@filter_kind(
    "chosen",
    {"is": needed(flag)},
    lambda _, value: "chosen" if value["is"] else "not chosen",
    asks_chosen=True,
)
def chosen(scene: Scene, value: Value) -> Answer:
    """Rows of the subset in view, or the others."""
    if scene.chosen is None:
        raise RequestError("nothing is chosen yet; select a subset first")
    mask = scene.these(scene.chosen.rows)
    return Answer(mask if value["is"] else ~mask)


@filter_kind(
    "only",
    {"ids": needed(listing(text, MOST_IDS))},
    lambda _, value: f"{len(value['ids']):,} named example" + ("s" * (len(value["ids"]) != 1)),
)
def only(scene: Scene, value: Value) -> Answer:
    """Examples by their ids; ids that the pool lacks are told, not refused."""
    ids = value["ids"]
    places = pc.index_in(
        pa.array(ids, pa.string()), value_set=open_pool(scene.workspace).table["id"]
    )
    found = places.drop_null().to_numpy(zero_copy_only=False).astype(np.int64)
    missing = [name for name, at in zip(ids, places.to_pylist(), strict=True) if at is None]
    return Answer(scene.these(found), missing=tuple(missing))
