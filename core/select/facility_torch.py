"""Facility location on a device through torch: the same whole numbers, many rows at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.records import Floats, Rows
from core.select.facility_dense import Tell
from core.select.facility_kernels import NOBODY, SCALE, UNSETTLED, Leaders, Wide, leader

KEPT_SHARE = 0.6  # of the device's free memory for similarities; the rest is for what a sweep needs
CELLS = 1 << 26  # similarities worked on at once


class OnDevice:
    """All similarities in 16 bits on the device, or rows compared anew where they do not fit.

    Cosines are computed in float64, since how a device rounds float32 products may depend on where
    they stand, and equal rows have to tie. Rows differ from those of the other forms only where
    float32 moved a cosine to the next step, and two gains were as close as that.
    """

    passes, early = 2.0, 1 << 30

    def __init__(self, vectors: Floats, device: str, *, keep: bool | None = None) -> None:
        import torch

        self._torch = torch
        self._vectors: Any = torch.from_numpy(vectors).to(device).double()
        self._cover: Any = torch.zeros(len(vectors), dtype=torch.int16, device=device)
        self._matrix: Any = None
        self._keep = _fits(device, len(vectors)) if keep is None else keep
        self._batch = max(1, CELLS // max(len(vectors), 1))
        self.form = "all pairs kept" if self._keep else "pairs compared anew"
        self.narrowest = min(512, self._batch)
        self.widest = self._batch

    def build(self, tell: Tell) -> Wide:
        """Compute all similarities; the gain of each row as the first one, (n_rows,)."""
        n_rows = len(self._vectors)
        if self._keep:
            self._matrix = self._torch.empty(
                (n_rows, n_rows), dtype=self._torch.int16, device=self._vectors.device
            )
        sums = np.empty(n_rows, dtype=np.int64)
        for start in range(0, n_rows, self._batch):
            part = slice(start, min(start + self._batch, n_rows))
            similar = self._compared(self._vectors[part])
            if self._keep:
                self._matrix[part] = similar
            sums[part] = similar.sum(dim=1, dtype=self._torch.int64).cpu().numpy()
            tell(part.stop / n_rows)
        return sums

    def gains(self, rows: Rows) -> Wide:
        """The gain of each of these rows given what is chosen, (len(rows),)."""
        gains = np.empty(len(rows), dtype=np.int64)
        for start in range(0, len(rows), self._batch):
            part = slice(start, start + self._batch)
            more = (self._similar(rows[part]) - self._cover).clamp_(min=0)
            gains[part] = more.sum(dim=1, dtype=self._torch.int64).cpu().numpy()
        return gains

    def settle(self, leaders: Leaders, chosen: int) -> int:
        """The best row where its bound is up to date, else UNSETTLED; NOBODY if none is left."""
        row = leader(leaders)
        return row if row == NOBODY or leaders.seen[row] == chosen else UNSETTLED

    def take(self, row: int) -> int:
        """Choose a row; its gain."""
        similar = self._similar(np.array([row]))[0]
        gain = int((similar - self._cover).clamp_(min=0).sum(dtype=self._torch.int64))
        self._cover = self._torch.maximum(self._cover, similar)
        return gain

    def _similar(self, rows: Rows) -> Any:
        at = self._torch.from_numpy(rows).to(self._vectors.device)
        return self._compared(self._vectors[at]) if self._matrix is None else self._matrix[at]

    def _compared(self, vectors: Any) -> Any:
        products = vectors @ self._vectors.T
        steps = products.mul_(SCALE).add_(0.5).to(self._torch.int32)  # towards 0, as compiled
        return steps.clamp_(0, SCALE).to(self._torch.int16)


def _fits(device: str, n_rows: int) -> bool:
    import torch

    if not device.startswith("cuda"):
        return True
    free, _ = torch.cuda.mem_get_info(device)
    return 2 * n_rows * n_rows <= KEPT_SHARE * free
