"""What steps exchange: array aliases, sparse features, progress. Imports nothing of ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]  # positions in the pool
Floats = NDArray[np.float32]
Halves = NDArray[np.float16]
Bools = NDArray[np.bool_]
Pointers = NDArray[np.int64]  # CSR offsets; int64 since the non-zeros of 22M rows pass 2**31
Ids = NDArray[np.uint32]  # CSR column numbers


class Progress(Protocol):
    """Told how far a step is; raises `Cancelled` when somebody asked to stop."""

    def __call__(self, done: int, total: int, note: str = "") -> None:
        """Report that `done` of `total` units are finished."""


def silent(done: int, total: int, note: str = "") -> None:
    """The progress of a step that nobody watches."""


@dataclass(frozen=True, slots=True)
class Csr:
    """Sparse rows: the columns of row i are `indices[indptr[i]:indptr[i + 1]]`, ascending.

    `values` runs parallel to `indices`, or is None where only membership counts.
    """

    indptr: Pointers  # (n_rows + 1,)
    indices: Ids  # (nnz,)
    values: Halves | None  # (nnz,)
    n_columns: int

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.indptr) - 1

    @property
    def nnz(self) -> int:
        """Number of stored entries."""
        return int(self.indptr[-1])

    def row(self, i: int) -> Ids:
        """The columns of one row, ascending."""
        return self.indices[self.indptr[i] : self.indptr[i + 1]]

    def lengths(self) -> Rows:
        """Entries a row, (n_rows,)."""
        return np.diff(self.indptr).astype(np.int64)


@dataclass(frozen=True, slots=True)
class FeatureSets:
    """Each row's set of features with its transpose: what coverage selection reads."""

    rows: Csr  # row -> features
    columns: Csr  # feature -> rows

    @property
    def n_rows(self) -> int:
        """Number of examples."""
        return self.rows.n_rows

    @property
    def n_features(self) -> int:
        """Number of features, fired or not."""
        return self.rows.n_columns

    def density(self) -> Floats:
        """Share of rows that have each feature, (n_features,)."""
        return (self.columns.lengths() / max(self.n_rows, 1)).astype(np.float32)

    @property
    def n_reachable(self) -> int:
        """Features that at least one row has."""
        return int((self.columns.lengths() > 0).sum())


@dataclass(frozen=True, slots=True)
class NeuronStates:
    """Each row's strongest neurons of every layer, with what each neuron does over the pool."""

    rows: Csr  # with values; column layer * layer_size + unit
    layer_size: int  # neurons of a layer
    mean: Floats  # (n_neurons,), of the pooled value
    variance: Floats  # (n_neurons,)
    frequency: Floats  # (n_neurons,), share of rows in which it is above 0

    @property
    def n_rows(self) -> int:
        """Number of examples."""
        return self.rows.n_rows

    @property
    def n_layers(self) -> int:
        """Number of layers read."""
        return self.rows.n_columns // self.layer_size
