"""Filters by nearness: rows nearest to a question in meaning, or to an example."""

from __future__ import annotations

import numpy as np

from core.pipeline.filter_kinds import (
    Answer,
    Scene,
    Value,
    filter_kind,
    needed,
    quoted,
    text,
    whole,
)
from core.pipeline.meaning import question_similarities
from core.pipeline.neighbours_of import neighbours_of
from core.pipeline.views import open_pool
from core.search.nearest import largest
from core.workspace import Workspace

MOST = 1_000_000


def _alike_title(workspace: Workspace, value: Value) -> str:
    row = int(open_pool(workspace).rows_of([value["id"]])[0])
    return f"{value['count']:,} nearest to row {row:,}"


@filter_kind(
    "meaning",
    {"text": needed(text), "count": needed(whole(1, MOST))},
    lambda _, value: f"{value['count']:,} nearest in meaning to {quoted(value['text'])}",
    reads=("readings",),
)
def meaning(scene: Scene, value: Value) -> Answer:
    """The rows nearest to a question, of the whole pool."""
    scores = question_similarities(scene.workspace, value["text"])
    return Answer(scene.these(largest(scores, value["count"])), scores)


@filter_kind(
    "alike",
    {"id": needed(text), "count": needed(whole(1, MOST))},
    _alike_title,
    reads=("readings", "graph"),
)
def alike(scene: Scene, value: Value) -> Answer:
    """The rows nearest to an example, which itself is left out."""
    row = int(open_pool(scene.workspace).rows_of([value["id"]])[0])
    near = neighbours_of(scene.workspace, row, value["count"])
    scores = np.zeros(scene.n_rows, dtype=np.float32)
    scores[near.rows] = near.similarities
    return Answer(scene.these(near.rows), scores)
