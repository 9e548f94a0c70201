"""What is to be decided next: examples in an order, near-duplicates as one, what is done left out.

A queue is arranged once for what it is made of; leaving out what was decided since is one look at
a mask, so that a decision among 50,000 rows costs microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.duplicates.groups import Labels
from core.records import Bools, Rows


@dataclass(frozen=True, slots=True)
class Queue:
    """Rows to decide, first ones first. Where `groups` are given, each group stands here once.

    `groups` are labels of near-duplicates, (n_rows of the pool,), no two singles share one.
    """

    rows: Rows  # (n_cards,), distinct
    groups: Labels | None = None
    n_folded: int = 0  # rows of the scope that stand behind another one of their group

    @classmethod
    def of(cls, rows: Rows, groups: Labels | None = None) -> Queue:
        """A queue of rows in this order; of a group the first row stands for all."""
        rows = np.ascontiguousarray(rows, dtype=np.int64)
        if groups is None:
            return cls(rows)
        _, first = np.unique(np.asarray(groups)[rows], return_index=True)
        heads = rows[np.sort(first)]
        return cls(heads, np.asarray(groups), len(rows) - len(heads))

    def __len__(self) -> int:
        return len(self.rows)

    def left(self, done: Rows) -> Rows:
        """The rows still to be decided, in order; a group with a row in `done` is done."""
        return self.rows[~self.is_done(done)]

    def is_done(self, done: Rows) -> Bools:
        """Which of the rows need no decision any more, (n_cards,)."""
        done = np.asarray(done, dtype=np.int64)
        if not len(done) or not len(self.rows):
            return np.zeros(len(self.rows), dtype=np.bool_)
        keys, names = self._keys(self.rows), self._keys(done)
        marked = np.zeros(int(max(keys.max(), names.max())) + 1, dtype=np.bool_)
        marked[names] = True
        return marked[keys]

    def _keys(self, rows: Rows) -> NDArray[np.signedinteger]:
        return rows if self.groups is None else self.groups[rows]

    def onwards(self, left: Rows, row: int) -> Rows:
        """What is left from a row on, then what stands before it; as it is where it is no head."""
        at = np.flatnonzero(self.rows == row)
        if not len(at):
            return left
        before = np.zeros(int(self.rows.max()) + 1, dtype=np.bool_)
        before[self.rows[: at[0]]] = True
        return np.concatenate([left[~before[left]], left[before[left]]])

    def alike(self, row: int) -> Rows:
        """The near-duplicates of a row in the whole pool, ascending, itself left out."""
        if self.groups is None:
            return np.empty(0, dtype=np.int64)
        found = np.flatnonzero(self.groups == self.groups[row])
        return found[found != row].astype(np.int64)
