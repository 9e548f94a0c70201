"""What lies inside a lasso: the count that holds, and a table of the first rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.pipeline.tables import row_table
from core.pipeline.views import open_coordinates
from core.project.inside import rows_inside
from core.records import Rows
from core.select.selection import Selection
from core.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Lassoed:
    """The rows inside a lasso: all of them counted, the first `SHOWN` in the table."""

    n_inside: int
    n_chosen: int
    table: pd.DataFrame


def lassoed(
    workspace: Workspace, polygon: Sequence[Sequence[float]], chosen: Selection | None = None
) -> Lassoed:
    """Rows whose point on the map lies inside the polygon, chosen ones first in pick order.

    Raises RequestError when the polygon is no list of finite x, y pairs.
    """
    inside = rows_inside(polygon, open_coordinates(workspace))
    picked, rest = split_by_choice(inside, chosen)
    shown = np.concatenate([picked, rest])[:SHOWN]
    return Lassoed(len(inside), len(picked), row_table(workspace, shown, chosen=chosen))


def split_by_choice(rows: Rows, chosen: Selection | None) -> tuple[Rows, Rows]:
    """The chosen among `rows` in pick order, and the others in their own order."""
    if chosen is None:
        return rows[:0], rows
    is_chosen = np.isin(rows, chosen.rows)
    picked = chosen.rows[np.isin(chosen.rows, rows[is_chosen])]
    return picked, rows[~is_chosen]
