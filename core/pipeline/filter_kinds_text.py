"""Filters over what is written: a piece of text, a regular expression, a SQL condition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow.compute as pc

from core.pipeline.colouring import CLUSTERS
from core.pipeline.filter_kinds import (
    SHOWN_CODE,
    Answer,
    Scene,
    Value,
    cut,
    filter_kind,
    flag,
    needed,
    optional,
    quoted,
    text,
)
from core.pipeline.row_columns import row_columns
from core.pipeline.views import open_pool
from core.records import Bools
from core.search.conditions import rows_where
from core.search.text import check_pattern, holding, matching


@filter_kind(
    "words",
    {"text": needed(text), "case": optional(flag, False)},
    lambda _, value: f"text holds {quoted(value['text'])}" + (", case too" * value["case"]),
)
def words(scene: Scene, value: Value) -> Answer:
    """Rows one of whose turns holds a piece of text."""
    return Answer(_turns_with(scene, lambda texts: _hold(texts, value)))


@filter_kind(
    "regex",
    {"pattern": needed(text)},
    lambda _, value: f"matches /{cut(value['pattern'], SHOWN_CODE)}/",
)
def regex(scene: Scene, value: Value) -> Answer:
    """Rows one of whose turns a regular expression of RE2 matches."""
    check_pattern(value["pattern"])
    return Answer(_turns_with(scene, lambda texts: matching(texts, value["pattern"])))


@filter_kind(
    "sql",
    {"predicate": needed(text)},
    lambda _, value: f"where {cut(value['predicate'], SHOWN_CODE)}",
    reads=(*CLUSTERS, "features"),
    asks_chosen=True,
)
def sql(scene: Scene, value: Value) -> Answer:
    """Rows for which a condition on the columns is true."""
    columns = {name: one.load for name, one in row_columns(scene.workspace, scene.chosen).items()}
    return Answer(scene.these(rows_where(value["predicate"], columns, scene.n_rows)))


def _hold(texts: Any, value: Value) -> Bools:
    return holding(texts, value["text"], match_case=value["case"])


def _turns_with(scene: Scene, match: Callable[[Any], Bools]) -> Bools:
    """Rows of which at least one turn matches."""
    turns = open_pool(scene.workspace).table["turns"]
    mask = scene.nothing()
    texts = pc.struct_field(_flat(turns), "text")
    mask[_parents(turns)[match(texts)]] = True
    return mask


def _flat(turns: Any) -> Any:
    import pyarrow as pa

    return pa.chunked_array([chunk.flatten() for chunk in turns.chunks])


def _parents(turns: Any) -> Any:
    """The row of every turn."""
    start, found = 0, [np.empty(0, dtype=np.int64)]
    for chunk in turns.chunks:
        rows = pc.list_parent_indices(chunk).to_numpy(zero_copy_only=False)
        found.append(rows.astype(np.int64) + start)
        start += len(chunk)
    return np.concatenate(found)
