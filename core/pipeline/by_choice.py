"""Rows parted by the subset: the chosen ones first, as a table lists them."""

from __future__ import annotations

import numpy as np

from core.records import Rows
from core.select.selection import Selection


def split_by_choice(rows: Rows, chosen: Selection | None) -> tuple[Rows, Rows]:
    """The chosen among `rows` in pick order, and the others in their own order."""
    if chosen is None:
        return rows[:0], rows
    is_chosen = np.isin(rows, chosen.rows)
    picked = chosen.rows[np.isin(chosen.rows, rows[is_chosen])]
    return picked, rows[~is_chosen]
