"""The greedy engine in torch, for a device: the same picks as the compiled one, row for row.

Gains are whole numbers here too, and sums of whole numbers do not depend on their order, so the
two forms agree exactly. What differs is the cost: a pick launches about a dozen small kernels
whatever its size, so this form pays only where a pick touches many entries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.records import Csr, FeatureSets, Rows
from core.select.limits import Limits
from core.select.ordering import places_of, tie_order

if TYPE_CHECKING:
    import torch


class TorchEngine:
    """Coverage gains of all rows on a device: `take`, `pick`, `restart`, `rest` of GreedyEngine."""

    def __init__(
        self, features: FeatureSets, limits: Limits, *, id_rank: Rows, device: str
    ) -> None:
        import torch

        self._limits, self._device = limits, device
        self._rows = _on(features.rows, device)
        self._columns = _on(features.columns, device)
        sizes = features.rows.lengths()
        self._order = tie_order(sizes, id_rank)
        self._place = torch.as_tensor(places_of(self._order).astype(np.int64), device=device)
        self._full = torch.as_tensor(sizes, device=device)
        self._covered = torch.zeros(features.n_features, dtype=torch.bool, device=device)
        self.restart()

    def take(self, rows: Rows) -> NDArray[np.int64]:
        """Choose these rows whatever they gain; the gain of each, (len(rows),)."""
        gained = np.zeros(len(rows), dtype=np.int64)
        for at, row in enumerate(rows.tolist()):
            gained[at] = max(0, int(self._gains[row]))
            self._choose(row)
        return gained

    def pick(self, count: int) -> tuple[Rows, NDArray[np.int64]]:
        """The next best rows with their gains; fewer than `count` when no row gains any more."""
        rows: list[int] = []
        gained: list[int] = []
        while len(rows) < count:
            key = (self._gains << 32) + (len(self._order) - 1 - self._place)
            row = int(key.argmax())
            gain = int(self._gains[row])
            if gain <= 0:
                break
            rows.append(row)
            gained.append(gain)
            self._choose(row)
        return np.array(rows, dtype=np.int64), np.array(gained, dtype=np.int64)

    def restart(self) -> None:
        """Begin a round: nothing is covered, and rows already chosen stay out."""
        import torch

        self._covered.zero_()
        free = torch.as_tensor(self._limits.free, device=self._device)
        self._gains = torch.where(free, self._full, 0)

    def rest(self) -> Rows:
        """All rows by the tie rule; those that are not free are to be passed over."""
        return self._order

    def _choose(self, row: int) -> None:
        import torch

        closed = torch.as_tensor(self._limits.take(np.array([row])), device=self._device)
        self._gains[closed] = 0
        self._gains[row] = 0
        starts, indices = self._rows
        own = indices[starts[row] : starts[row + 1]]
        new = own[~self._covered[own]]
        self._covered[new] = True
        losing = _gathered(self._columns, new)
        self._gains.index_add_(0, losing, self._gains.new_full((), -1).expand(len(losing)))


def _on(csr: Csr, device: str) -> tuple[Any, torch.Tensor]:
    """Offsets and entries of sparse rows on a device, as the 64-bit numbers that indexing takes."""
    import torch

    starts = torch.as_tensor(np.ascontiguousarray(csr.indptr), device=device)
    entries = torch.as_tensor(np.asarray(csr.indices).astype(np.int32), device=device)
    return starts, entries


def _gathered(columns: tuple[Any, torch.Tensor], features: torch.Tensor) -> torch.Tensor:
    """Rows that have each of these features, one after the other."""
    import torch

    starts, rows = columns
    first = starts[features]
    sizes = starts[features + 1] - first
    ends = sizes.cumsum(0)
    offsets = torch.repeat_interleave(first - (ends - sizes), sizes)
    return rows[offsets + torch.arange(len(offsets), device=rows.device)]
