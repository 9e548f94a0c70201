"""What filters leave of the pool as a table: all of it counted, the first rows listed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.pipeline.filters import Filtered
from core.pipeline.tables import row_table
from core.records import Rows
from core.select.selection import Selection
from core.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """The rows that pass, counted, and the first `SHOWN` as a table.

    `is_ranked` says that they stand by falling similarity; else chosen ones come first, in pick
    order, and the others as they stand in the pool.
    """

    n_found: int
    n_chosen: int | None  # None where nothing is chosen
    is_ranked: bool
    table: pd.DataFrame


def listed(workspace: Workspace, found: Filtered, chosen: Selection | None) -> Listed:
    """The table of what filters leave, with the similarity where one of them ranks."""
    picked = _picked(found, chosen)
    n_chosen = None if chosen is None else len(picked)
    if found.scores is None:
        shown = np.concatenate([picked[:SHOWN], _others(found, chosen, SHOWN - len(picked))])
        table = row_table(workspace, shown, chosen=chosen)
        return Listed(len(found.rows), n_chosen, False, table)
    order = np.argsort(-found.scores, kind="stable")[:SHOWN]
    table = row_table(workspace, found.rows[order], chosen=chosen)
    table.insert(2, "similarity", found.scores[order])
    return Listed(len(found.rows), n_chosen, True, table)


def _picked(found: Filtered, chosen: Selection | None) -> Rows:
    """The chosen among the rows found, in pick order."""
    if chosen is None:
        return np.empty(0, dtype=np.int64)
    picked: Rows = chosen.rows[found.mask[chosen.rows]]
    return picked


def _others(found: Filtered, chosen: Selection | None, most: int) -> Rows:
    """The first rows found that are not chosen, ascending."""
    if most <= 0:
        return np.empty(0, dtype=np.int64)
    if chosen is None:
        return found.rows[:most]
    left = found.mask.copy()
    left[chosen.rows] = False
    return np.flatnonzero(left)[:most].astype(np.int64)
