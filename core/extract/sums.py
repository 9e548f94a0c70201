"""Running sums of every unit over rows: mean, variance and frequency without keeping the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.records import Floats

if TYPE_CHECKING:
    import torch

Sums = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class UnitStats:
    """Each unit's pooled maximum over the pool; frequency is the share of rows above 0."""

    mean: Floats  # (n_units,)
    variance: Floats  # (n_units,)
    frequency: Floats  # (n_units,)


@dataclass(frozen=True, slots=True)
class UnitSums:
    """Sums of each unit's pooled maximum over rows that have a token, in float64."""

    n_rows: int
    values: Sums  # (3, n_units): total, squares, rows above 0

    @classmethod
    def zero(cls, n_units: int) -> UnitSums:
        """The sums over no row."""
        return cls(0, np.zeros((3, n_units)))

    def __add__(self, other: UnitSums) -> UnitSums:
        """The sums over the rows of both."""
        return UnitSums(self.n_rows + other.n_rows, self.values + other.values)

    def stats(self) -> UnitStats:
        """Mean, population variance and frequency of every unit."""
        mean, squares, frequency = self.values / max(self.n_rows, 1)
        variance = np.maximum(squares - mean**2, 0)
        return UnitStats(*(x.astype(np.float32) for x in (mean, variance, frequency)))


def sums_over(pooled: torch.Tensor, has_tokens: torch.Tensor) -> UnitSums:
    """The sums over one batch, (rows, n_units), of the rows that have a token."""
    import torch

    counted = pooled[has_tokens].double()
    parts = (counted.sum(0), counted.square().sum(0), (counted > 0).sum(0).double())
    return UnitSums(len(counted), torch.stack(parts).cpu().numpy())


def side_by_side_sums(parts: Sequence[UnitSums], n_units: int) -> UnitSums:
    """Sums of consecutive ranges of units over the same rows; units beyond them stay 0."""
    values = np.zeros((3, n_units))
    found = np.hstack([part.values for part in parts])
    values[:, : found.shape[1]] = found
    return UnitSums(parts[0].n_rows, values)
