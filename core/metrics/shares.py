"""How a subset is spread over clusters or the values of a column, beside its pool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.metrics.registry import metric
from core.metrics.subject import Chosen, Labels
from core.records import Rows

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Shares:
    """Rows with each value, in the pool and in a subset; all three run parallel, (n_values,)."""

    values: NDArray[Any]  # ascending
    pool: Counts
    subset: Counts

    @property
    def pool_shares(self) -> NDArray[np.float64]:
        """Share of the pool that has each value."""
        return self.pool / max(int(self.pool.sum()), 1)

    @property
    def subset_shares(self) -> NDArray[np.float64]:
        """Share of the subset that has each value; 0 for an empty subset."""
        return self.subset / max(int(self.subset.sum()), 1)

    @property
    def coverage(self) -> float:
        """Share of the values that the subset has at all."""
        return float((self.subset > 0).sum()) / max(len(self.values), 1)


@dataclass(frozen=True, slots=True)
class Spread:
    """A column made ready for counting: the values, and which one each row has."""

    values: NDArray[Any]  # (n_values,), ascending
    pool: Counts  # (n_values,), rows of the pool with each
    places: NDArray[np.int32]  # (n_rows,), position in `values`, -1 where left out

    @classmethod
    def of_clusters(cls, labels: Labels) -> Spread:
        """Cluster labels, noise (-1) left out."""
        clustered = labels >= 0
        spread = cls.of_column(labels[clustered])
        places = np.full(len(labels), -1, dtype=np.int32)
        places[clustered] = spread.places
        return cls(spread.values, spread.pool, places)

    @classmethod
    def of_column(cls, column: NDArray[Any]) -> Spread:
        """Any column; in one of Python objects an absent value counts as the empty text."""
        if column.dtype == object:
            column = np.array(["" if one is None else str(one) for one in column], dtype=np.str_)
        values, places = np.unique(column, return_inverse=True)
        pool = np.bincount(places, minlength=len(values))
        return cls(values, pool, places.astype(np.int32))

    def shares(self, rows: Rows) -> Shares:
        """How these rows are spread, O(len(rows))."""
        places = self.places[rows]
        subset = np.bincount(places[places >= 0], minlength=len(self.values))
        return Shares(self.values, self.pool, subset)


def cluster_shares(labels: Labels, rows: Rows) -> Shares:
    """Rows in each cluster; noise (-1) is left out on both sides."""
    return Spread.of_clusters(labels).shares(rows)


def column_shares(column: NDArray[Any], rows: Rows) -> Shares:
    """Rows with each value of a column."""
    return Spread.of_column(column).shares(rows)


@metric(
    "cluster-coverage",
    title="Clusters reached",
    formula="clusters with at least one chosen row / clusters; noise left out",
    source="Coreset Atlas",
    unit="share",
    direction="higher",
    needs=("clusters",),
)
def _cluster_coverage(chosen: Chosen) -> float:
    return cluster_shares(chosen.subject.clusters, chosen.rows).coverage


@metric(
    "column-coverage",
    title="Values of a column reached",
    formula="values of the column with at least one chosen row / its values in the pool",
    source="Coreset Atlas; the tag coverage of #InsTag (arXiv 2308.07074) for a column of tags",
    unit="share",
    direction="higher",
    needs=("columns",),
    note="One value a column; little to say of a column in which every row differs.",
)
def _column_coverage(chosen: Chosen) -> dict[str, float]:
    columns = chosen.subject.columns
    return {name: _spread_of(chosen, name).shares(chosen.rows).coverage for name in columns}


def _spread_of(chosen: Chosen, name: str) -> Spread:
    """A column made ready once for all subsets of the pool."""
    subject = chosen.subject
    return subject.once(f"column {name}", lambda: Spread.of_column(subject.columns[name]))
