"""Filters by a column: some of its values, or a range of its numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.data.rows import listed, shown
from core.errors import RequestError
from core.pipeline.colouring import CLUSTERS
from core.pipeline.filter_kinds import (
    Answer,
    Scene,
    Value,
    cut,
    end,
    filter_kind,
    listing,
    needed,
    optional,
    quoted,
    scalar,
    text,
)
from core.pipeline.row_columns import row_columns
from core.pipeline.views import open_pool
from core.records import Bools
from core.workspace import Workspace

MOST_VALUES = 10_000
NAMED = 2  # values named on a chip
READS = (*CLUSTERS, "features")


def _column_title(_: Workspace, value: Value) -> str:
    values = value["values"]
    named = " or ".join(_shown(one) for one in values[:NAMED]) or "nothing"
    more = f" or {len(values) - NAMED:,} more" if len(values) > NAMED else ""
    return f"{_plain(value['name'])} is {named}{more}"


def _range_title(_: Workspace, value: Value) -> str:
    name, low, high = _plain(value["name"]), value["low"], value["high"]
    if low is None and high is None:
        return f"{name} has a number"
    if low is None or high is None:
        return f"{name} up to {high:,g}" if low is None else f"{name} from {low:,g}"
    return f"{name} from {low:,g} to {high:,g}"


@filter_kind(
    "column",
    {"name": needed(text), "values": needed(listing(scalar, MOST_VALUES))},
    _column_title,
    reads=READS,
    asks_chosen=True,
)
def column(scene: Scene, value: Value) -> Answer:
    """Rows whose column has one of some values; null stands for no value, and for an empty one."""
    array = _array(scene, value["name"])
    wants_none = None in value["values"]
    if _is_number(array):
        mask = _numbers_in(array, value["values"])
        nothing = pc.is_null(array, nan_is_null=True)
    else:
        texts = pc.cast(array, pa.large_string())
        wanted = [one for one in value["values"] if isinstance(one, str) and one]
        mask = pc.is_in(texts, value_set=pa.array(wanted, pa.large_string()))
        nothing = pc.fill_null(pc.equal(texts, ""), True)
    return Answer(_bools(pc.or_(mask, nothing) if wants_none else mask))


@filter_kind(
    "range",
    {"name": needed(text), "low": optional(end, None), "high": optional(end, None)},
    _range_title,
    reads=READS,
    asks_chosen=True,
)
def between(scene: Scene, value: Value) -> Answer:
    """Rows whose number lies between two, both included; rows without a number are left out."""
    array = _array(scene, value["name"])
    if not _is_number(array):
        raise RequestError(f"{shown(value['name'])} holds text; a range is of a column of numbers")
    mask = pc.is_valid(pc.if_else(pc.is_nan(array), None, array))
    if value["low"] is not None:
        mask = pc.and_(mask, pc.greater_equal(array, value["low"]))
    if value["high"] is not None:
        mask = pc.and_(mask, pc.less_equal(array, value["high"]))
    return Answer(_bools(pc.fill_null(mask, False)))


def _array(scene: Scene, name: str) -> Any:
    """A column by its name in the pool, or by the one that a condition uses."""
    pool = open_pool(scene.workspace)
    known = {one.name for one in pool.columns()}
    if name in known:
        array = pool.table[name]
    else:
        own = row_columns(scene.workspace, scene.chosen)
        if name not in own:
            raise RequestError(
                f"the pool has no column {shown(name)}; it has {listed(sorted(known | set(own)))}"
            )
        array = own[name].load()
    return array.cast(pa.float64(), safe=False) if pa.types.is_integer(array.type) else array


def _is_number(array: Any) -> bool:
    return bool(pa.types.is_floating(array.type))


def _numbers_in(array: Any, values: list[Any]) -> Any:
    wanted = [float(one) for one in values if isinstance(one, float)]
    return pc.is_in(array, value_set=pa.array(wanted, array.type))


def _bools(mask: Any) -> Bools:
    whole = mask.combine_chunks() if isinstance(mask, pa.ChunkedArray) else mask
    return np.array(whole.to_numpy(zero_copy_only=False), dtype=np.bool_)


def _plain(name: str) -> str:
    """A column as a person reads it."""
    return cut(name.removeprefix("n_").replace("_", " "))


def _shown(one: Any) -> str:
    if one is None:
        return "no value"
    return f"{one:,g}" if isinstance(one, float) else quoted(one)
