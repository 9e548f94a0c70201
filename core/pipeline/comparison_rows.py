"""Rows of a comparison: only in one subset, in both, in an exact intersection, inside a lasso."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from core.errors import RequestError
from core.pipeline.comparison_members import Member
from core.pipeline.comparison_sets import Overlap
from core.pipeline.tables import row_table
from core.project.inside import Stroke, rows_inside_strokes
from core.records import Bools, Floats, Rows
from core.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 200
Which = Literal["only first", "both", "only second"]
WHICH: tuple[Which, ...] = ("only first", "both", "only second")


@dataclass(frozen=True, slots=True)
class Region:
    """Which rows are looked at.

    An exact intersection by its pattern; else what two subsets share or do not; else all rows of
    any subset. `strokes` narrow each of them on the map.
    """

    pattern: int | None = None
    pair: tuple[int, int] | None = None  # positions of two subsets
    which: Which | None = None  # of the pair; None for all rows of either
    strokes: Sequence[Stroke] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of a region, counted, and the first SHOWN as a table.

    `table` has the columns of `core.pipeline.tables.row_table`, then `in` (the subsets that hold
    the row) and `pick` (its first place in one of them); early picks come first.
    """

    n_found: int
    n_outside: int  # rows of the region that the strokes leave out
    table: pd.DataFrame


def region_mask(found: Overlap, region: Region) -> Bools:
    """The rows of a region without its strokes, (n_rows,); RequestError for an unknown pattern."""
    n = len(found.sizes)
    if region.pattern is not None:
        if not 0 < region.pattern < 1 << n:
            raise RequestError(f"{n} subsets have no intersection {region.pattern}; choose again")
        exactly: Bools = found.patterns == region.pattern
        return exactly
    if region.pair is None:
        return found.patterns != 0
    first, second = (found.within(one) for one in region.pair)
    sides: dict[Which | None, Bools] = {
        "only first": first & ~second,
        "both": first & second,
        "only second": second & ~first,
        None: first | second,
    }
    return sides[region.which]


def rows_found(
    workspace: Workspace,
    members: Sequence[Member],
    overlap: Overlap,
    region: Region,
    points: Floats | None,
) -> Found:
    """The rows of a region as a table; `points` (n_rows, 2) are those the strokes were drawn on."""
    mask = region_mask(overlap, region)
    n_all = int(mask.sum())
    if region.strokes and points is not None:
        inside = np.zeros(len(mask), dtype=np.bool_)
        inside[rows_inside_strokes(region.strokes, points)] = True
        mask = mask & inside
    places = first_places(members, len(mask))
    rows = np.flatnonzero(mask)
    shown = rows[np.argsort(places[rows], kind="stable")[:SHOWN]].astype(np.int64)
    table = row_table(workspace, shown)
    patterns = overlap.patterns[shown].tolist()
    table["in"] = [", ".join(names_in(members, pattern)) for pattern in patterns]
    table["pick"] = places[shown] + 1
    return Found(len(rows), n_all - len(rows), table)


def names_in(members: Sequence[Member], pattern: int) -> list[str]:
    """The names of the subsets of a pattern."""
    return [one.name for at, one in enumerate(members) if pattern >> at & 1]


def first_places(members: Sequence[Member], n_pool: int) -> Rows:
    """Each row's earliest place in any subset, from 0; n_pool where none holds it."""
    places = np.full(n_pool, n_pool, dtype=np.int64)
    for one in members:
        places[one.rows] = np.minimum(places[one.rows], np.arange(len(one.rows)))
    return places
