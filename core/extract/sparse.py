"""The few units kept of each row: picked on the device a batch at a time, then packed as CSR."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.extract.largest import as_half, k_largest
from core.records import Bools, Csr, Halves, Ids, Rows

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class Picked:
    """Units kept of the rows of a batch, columns ascending; `used` is False where there is none."""

    ids: Ids  # (n_rows, k)
    values: Halves  # (n_rows, k)
    used: Bools  # (n_rows, k)


def pick_largest(
    pooled: torch.Tensor, k: int, *, used: torch.Tensor | None = None, first_column: int = 0
) -> Picked:
    """The k largest of each row of (rows, n_units); without `used`, those above 0 count.

    `used`, (rows,) bool, says which rows count at all. Columns start at `first_column`.
    """
    halves = as_half(pooled)
    columns = k_largest(halves, k)
    values = halves.gather(1, columns)
    counting = values > 0 if used is None else used.unsqueeze(1).expand_as(values)
    return Picked(
        (columns + first_column).cpu().numpy().astype(np.uint32),
        values.cpu().numpy(),
        counting.cpu().numpy(),
    )


def side_by_side(parts: Sequence[Picked]) -> Picked:
    """Picks of consecutive ranges of columns, joined row by row."""
    return Picked(
        np.hstack([part.ids for part in parts]),
        np.hstack([part.values for part in parts]),
        np.hstack([part.used for part in parts]),
    )


class SparseRows:
    """Rows filled in any order, given back as CSR in order of position."""

    def __init__(self, n_rows: int, k: int) -> None:
        self._ids = np.zeros((n_rows, k), dtype=np.uint32)
        self._values = np.zeros((n_rows, k), dtype=np.float16)
        self._used = np.zeros((n_rows, k), dtype=np.bool_)

    def put(self, rows: Rows, picked: Picked) -> None:
        """Fill the given rows."""
        self._ids[rows], self._values[rows], self._used[rows] = (
            picked.ids,
            picked.values,
            picked.used,
        )

    def csr(self, n_columns: int) -> Csr:
        """The filled rows."""
        indptr = np.zeros(len(self._ids) + 1, dtype=np.int64)
        np.cumsum(self._used.sum(1), out=indptr[1:])
        return Csr(indptr, self._ids[self._used], self._values[self._used], n_columns)
