"""An order of the whole pool turned into picks: pinned rows first, forbidden rows never."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.records import Rows
from core.select.constraints import Constraints
from core.select.limits import Limits


@dataclass(frozen=True, slots=True)
class RoundOrder:
    """Rows in the order they were picked, with the gain of each within its round."""

    rows: Rows
    gains: NDArray[np.int64]
    round_starts: Rows


def in_order(order: Rows, budget: int, *, id_rank: Rows, constraints: Constraints) -> Rows:
    """The pinned rows by example id, then the rows of `order` that limits allow.

    `budget` rows in all, or fewer when nothing is left that may be chosen.
    """
    limits = Limits.of(constraints, n_rows=len(id_rank), budget=budget)
    pinned = by_id(constraints.pinned, id_rank)
    limits.take(pinned)
    return np.concatenate([pinned, limits.walk(order, budget - len(pinned))])


def by_id(rows: Rows, id_rank: Rows) -> Rows:
    """Rows by ascending example id, so that equal sets have one order."""
    return rows[np.argsort(id_rank[rows])]


def tie_order(sizes: Rows, id_rank: Rows) -> Rows:
    """All rows, larger feature sets first, equal sizes by example id, (n_rows,)."""
    return np.argsort(((sizes.max(initial=0) - sizes) << 32) | id_rank, kind="stable")


def places_of(order: Rows) -> NDArray[np.int32]:
    """Where each row stands in an order of all rows, (n_rows,)."""
    places = np.empty(len(order), dtype=np.int32)
    places[order] = np.arange(len(order), dtype=np.int32)
    return places
