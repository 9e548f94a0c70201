"""Running sums along an order, so that moving the budget is a look-up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.metrics.coverage import Counts, coverage_curve
from core.metrics.shares import Shares, Spread
from core.metrics.subject import Labels
from core.records import FeatureSets, Rows


@dataclass(frozen=True, slots=True)
class PrefixFacts:
    """What the first `budget` rows of an order amount to; None where the reading is absent."""

    budget: int
    covered: int | None  # features
    coverage: float | None  # share of the reachable features
    gain: int | None  # new features of the last row
    tokens: int | None
    clusters: Shares | None
    columns: Mapping[str, Shares]


@dataclass(frozen=True, slots=True)
class OrderTables:
    """An order with its running sums.

    Coverage, gain and tokens of a prefix are O(1); shares count the prefix, well below a
    millisecond at 52,000 rows.
    """

    rows: Rows
    n_reachable: int
    curve: Counts | None  # (n,), features covered
    tokens: Counts | None  # (n,), tokens so far
    clusters: Spread | None
    columns: Mapping[str, Spread]

    @classmethod
    def of(
        cls,
        rows: Rows,
        *,
        features: FeatureSets | None = None,
        tokens: Rows | None = None,
        clusters: Labels | None = None,
        columns: Mapping[str, NDArray[Any]] | None = None,
    ) -> OrderTables:
        """Build the tables of an order from whichever readings of the pool there are."""
        return cls(
            rows=rows,
            n_reachable=0 if features is None else features.n_reachable,
            curve=None if features is None else coverage_curve(features, rows),
            tokens=None if tokens is None else np.cumsum(tokens[rows], dtype=np.int64),
            clusters=None if clusters is None else Spread.of_clusters(clusters),
            columns={name: Spread.of_column(one) for name, one in (columns or {}).items()},
        )

    def at(self, budget: int) -> PrefixFacts:
        """The facts of the first `budget` rows; ValueError outside 1 to the order's length."""
        if not 1 <= budget <= len(self.rows):
            raise ValueError(f"this order has {len(self.rows)} rows; seen budget {budget}")
        prefix = self.rows[:budget]
        covered, gain = self._coverage(budget)
        return PrefixFacts(
            budget=budget,
            covered=covered,
            coverage=None if covered is None else covered / max(self.n_reachable, 1),
            gain=gain,
            tokens=None if self.tokens is None else int(self.tokens[budget - 1]),
            clusters=None if self.clusters is None else self.clusters.shares(prefix),
            columns={name: one.shares(prefix) for name, one in self.columns.items()},
        )

    def _coverage(self, budget: int) -> tuple[int | None, int | None]:
        if self.curve is None:
            return None, None
        covered = int(self.curve[budget - 1])
        return covered, covered - (int(self.curve[budget - 2]) if budget > 1 else 0)
