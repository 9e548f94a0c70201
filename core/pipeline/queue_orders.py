"""The orders in which examples can be decided: by gain, in turn, by disagreement, by nearness.

Every order takes rows that stand by gain already and keeps that order among equals.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.records import Floats, Halves, Rows

ORDERS = {
    "gain": "marginal gain",
    "clusters": "clusters in turn",
    "methods": "where methods disagree",
    "nearest": "nearest to a decision",
    "uncovered": "most that the subset lacks",
}
CHUNK = 1 << 11  # rows compared at once
UNKNOWN = -2.0  # below every cosine


def by_place(rows: Rows, order: Rows | None, n_rows: int) -> Rows:
    """Rows as they stand in a pick order; those beyond it come after, as they were given."""
    if order is None:
        return rows
    place = np.full(n_rows, n_rows, dtype=np.int64)
    place[order] = np.arange(len(order))
    return rows[np.argsort(place[rows], kind="stable")]


def in_turn(rows: Rows, labels: NDArray[np.integer]) -> Rows:
    """One row of each cluster, then a second of each, and so on; large clusters first in a turn.

    `labels` are those of the pool; noise (-1) counts as a cluster.
    """
    if not len(rows):
        return rows
    _, own, sizes = np.unique(labels[rows], return_inverse=True, return_counts=True)
    together = np.argsort(own, kind="stable")
    starts = np.cumsum(sizes) - sizes
    turn = np.empty(len(rows), dtype=np.int64)
    turn[together] = np.arange(len(rows)) - np.repeat(starts, sizes)
    return rows[np.lexsort((own, -sizes[own], turn))]


def by_disagreement(rows: Rows, votes: NDArray[np.integer], n_methods: int) -> Rows:
    """Rows that half the methods choose first; those that all or none choose last.

    `votes` counts the methods that choose each row of the pool.
    """
    ours = votes[rows].astype(np.int64)
    even = np.minimum(ours, n_methods - ours)
    return rows[np.lexsort((-ours, -even))]


def by_number(rows: Rows, numbers: NDArray[np.number]) -> Rows:
    """Rows by a falling number of the pool's rows, (n_rows,)."""
    return rows[np.argsort(-numbers[rows], kind="stable")]


def votes_of(chosen: Sequence[Rows], n_rows: int) -> Rows:
    """How many of these choices hold each row, (n_rows,)."""
    votes = np.zeros(n_rows, dtype=np.int64)
    for rows in chosen:
        votes[rows] += 1
    return votes


@dataclass(slots=True)
class Nearness:
    """Each row's largest cosine to a decided row, kept up as decisions come and are taken back.

    One more decision is one product of the scope with one row; one taken back costs only the rows
    that had it for their nearest. Sessions may share one.
    """

    units: Floats  # (n, d), of length 1 or 0: the rows of the scope
    best: Floats = field(init=False)  # (n,), UNKNOWN where nothing is decided
    owner: Rows = field(init=False)  # (n,), the decided row that is nearest, -1 where none
    decided: dict[int, Floats] = field(init=False)
    guard: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        self.best = np.full(len(self.units), UNKNOWN, dtype=np.float32)
        self.owner = np.full(len(self.units), -1, dtype=np.int64)
        self.decided = {}

    def cosines(self, decided: Rows, embeddings: Floats | Halves) -> Floats:
        """Each row's largest cosine to these decided rows of the pool's embeddings, (n,)."""
        with self.guard:
            self._follow(decided, embeddings)
            return self.best.copy()

    def _follow(self, rows: Rows, embeddings: Floats | Halves) -> None:
        wanted = dict.fromkeys(np.asarray(rows, dtype=np.int64).tolist())
        gone = [row for row in self.decided if row not in wanted]
        fresh = [row for row in wanted if row not in self.decided]
        for row in gone:
            del self.decided[row]
        if gone:
            self._forget(np.array(gone, dtype=np.int64))
        if fresh:
            found = units_of(np.asarray(embeddings[np.array(fresh)]))
            self.decided |= dict(zip(fresh, found, strict=True))
            everywhere = np.arange(len(self.units))
            self._compare(everywhere, np.array(fresh, dtype=np.int64), found)

    def _forget(self, gone: Rows) -> None:
        hit = np.flatnonzero(np.isin(self.owner, gone))
        self.best[hit], self.owner[hit] = UNKNOWN, -1
        if self.decided and len(hit):
            names = np.array(list(self.decided), dtype=np.int64)
            self._compare(hit, names, np.stack(list(self.decided.values())))

    def _compare(self, places: Rows, names: Rows, decided: Floats) -> None:
        """Let places of the scope look at decided rows too, block by block."""
        for start in range(0, len(places), CHUNK):
            at = places[start : start + CHUNK]
            cosines = self.units[at] @ decided.T
            nearest = cosines.argmax(axis=1)
            value = cosines[np.arange(len(at)), nearest]
            closer = value > self.best[at]
            self.best[at[closer]] = value[closer]
            self.owner[at[closer]] = names[nearest[closer]]


def units_of(vectors: NDArray[np.floating]) -> Floats:
    """Vectors (n, d) at length 1, in float32; those of length 0 stay as they are."""
    found = np.asarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    units: Floats = found / np.maximum(lengths, np.finfo(np.float32).tiny)
    return units
