"""The diversity filter: go down an order and accept each row that is like no accepted one.

Cosines on unit vectors, compared with the rows accepted so far and no others. (The code of arXiv
2409.11378 compares squared L2 distances of raw embeddings with 0.9: a far stricter filter on unit
vectors, and none on long ones.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import le, lt
from typing import Any

import numpy as np

from core.records import Bools, Floats, Halves, Progress, Rows, silent
from core.select.chosen import BLOCK, Chosen
from core.select.limits import Limits
from core.select.vectors import Doubles, product_noise, products, unit_vectors_of

DIGITS = 6  # of a cosine: float32 vectors hold no more


@dataclass(frozen=True, slots=True)
class Ceiling:
    """How like an accepted row a new one may be."""

    cosine: float
    inclusive: bool  # whether the ceiling itself is still accepted

    def accepts(self, cosine: Any) -> Any:
        """Whether cosines, rounded to DIGITS, stay within."""
        within: Callable[[Any, float], Any] = le if self.inclusive else lt
        return within(cosine, self.cosine)


@dataclass(frozen=True, slots=True)
class Filtered:
    """Rows in pick order: those given, those accepted, and those that only fill the budget."""

    rows: Rows
    is_fill: Bools  # (n_chosen,)

    def note(self) -> str:
        """What the filter left, in a sentence."""
        fill = int(self.is_fill.sum())
        if not fill:
            return "every row passed the filter"
        passed = len(self.rows) - fill
        return f"{passed} rows passed the filter; {fill} more that did not fill the budget in order"


def filter_order(
    order: Rows,
    embeddings: Floats | Halves,
    budget: int,
    *,
    ceiling: Ceiling,
    first: Rows,
    limits: Limits,
    device: str = "cpu",
    progress: Progress = silent,
) -> Filtered:
    """`budget` rows by a scan of `order` over the directions of embeddings, (n_rows, d_in).

    Only rows that the scan reaches are looked at. The rows `first` are in and count for the others.
    When the scan is over and rows are lacking, those passed over follow in order; fewer come back
    when limits leave none. O(n budget d).
    """
    scan = _Scan(embeddings, budget, ceiling=ceiling, limits=limits, device=device)
    scan.accept(first, unit_vectors_of(embeddings[first]))
    limits.take(first)
    for start in range(0, len(order), BLOCK):
        if scan.chosen.count == budget:
            break
        scan.go_through(order[start : start + BLOCK])
        progress(scan.chosen.count, budget, "rows accepted")
    accepted = scan.rows[: scan.chosen.count]
    fill = limits.walk(order, budget - len(accepted))
    rows = np.concatenate([accepted, fill])
    return Filtered(rows, np.arange(len(rows)) >= len(accepted))


class _Scan:
    """The rows accepted so far, and the test that the next ones have to pass."""

    def __init__(
        self,
        embeddings: Floats | Halves,
        budget: int,
        *,
        ceiling: Ceiling,
        limits: Limits,
        device: str,
    ) -> None:
        self.embeddings, self.ceiling, self.limits = embeddings, ceiling, limits
        self.noise = product_noise(1.0, embeddings.shape[1])
        self.chosen = Chosen(budget, embeddings.shape[1], device=device)
        self.rows = np.empty(budget, dtype=np.int64)

    def accept(self, rows: Rows, vectors: Floats) -> None:
        """These rows are in."""
        count = self.chosen.count
        self.rows[count : count + len(rows)] = rows
        self.chosen.add(vectors)

    def go_through(self, rows: Rows) -> None:
        """Accept what passes of a block: first against all before it, then within it.

        A row unlike every earlier one of its block is in without being asked one by one.
        """
        rows = rows[self.limits.free[rows]]
        vectors = unit_vectors_of(self.embeddings[rows])
        if self.chosen.count:
            unlike = self._unlike_chosen(vectors)
            rows, vectors = rows[unlike], vectors[unlike]
        cosines = vectors @ vectors.T
        earlier = np.tril(cosines, -1).max(axis=1, initial=-np.inf)
        doubtful = np.flatnonzero(earlier > self.ceiling.cosine - self.noise - 10.0**-DIGITS)
        taken = np.zeros(len(rows), dtype=np.bool_)
        start = 0
        for place in [*doubtful.tolist(), len(rows)]:
            self._walk(rows, slice(start, place), taken)
            if place < len(rows) and self._unlike(place, cosines, taken, vectors):
                self._walk(rows, slice(place, place + 1), taken)
            start = place + 1
        self.accept(rows[taken], vectors[taken])

    def _walk(self, rows: Rows, part: slice, taken: Bools) -> None:
        """Take what is free of some rows of a block, in order, while the budget lasts."""
        left = len(self.rows) - self.chosen.count - int(taken.sum())
        if part.start < part.stop and left:
            taken[part] = np.isin(rows[part], self.limits.walk(rows[part], left))

    def _unlike_chosen(self, vectors: Floats) -> Bools:
        """Which vectors may join the rows of the blocks before."""
        largest = self.chosen.largest(vectors, 0, self.chosen.count).astype(np.float64)
        close = np.flatnonzero(self._is_close(largest))
        if len(close):
            held = vectors[close] @ self.chosen.vectors[: self.chosen.count].T
            which, other = np.nonzero(held >= held.max(axis=1, keepdims=True) - 2 * self.noise)
            largest[close] = -np.inf
            cosines = products(vectors[close[which]], self.chosen.vectors[other])
            np.maximum.at(largest, close[which], cosines)
        unlike: Bools = self.ceiling.accepts(largest.round(DIGITS))
        return unlike

    def _unlike(self, place: int, cosines: Floats, taken: Bools, vectors: Floats) -> bool:
        """Whether a row may join those accepted of its own block."""
        held = cosines[place, taken]
        cosine = float(held.max(initial=-np.inf))
        if self._is_close(cosine):
            cosine = float(products(vectors[place], vectors[taken]).max())
        return bool(self.ceiling.accepts(round(cosine, DIGITS)))

    def _is_close(self, cosine: Any) -> Any:
        """Whether float32 noise or rounding might decide."""
        return np.abs(cosine - self.ceiling.cosine) <= self.noise + 10.0**-DIGITS


def highest_first(values: Doubles, id_rank: Rows) -> Rows:
    """All rows by value, descending; equal ones by example id, (n_rows,)."""
    return np.lexsort((id_rank, -values))
