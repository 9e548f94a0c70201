"""Which rows may have the largest product with a vector: few of them, in a fifth of the time.

One product with every row is bound by memory. Rows are therefore kept in 8 bits as well, each with
the length of its rounding error: by Cauchy and Schwarz its product is known to within that length
times the vector's, and only rows that might still be largest are looked at in full.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numba import njit
from numpy.typing import NDArray

from core.records import Floats, Rows
from core.select.arrays import read_only
from core.select.threads import in_threads
from core.select.vectors import CHUNK, Doubles, product_noise, squared_lengths

Bytes = NDArray[np.int8]
LEVELS = 127
MANY = 100_000  # rows from which on threads pay for being started at every pick


class Screen(Protocol):
    """Rows that are closed one after the other, asked for the largest product of those open."""

    def close(self, rows: Rows) -> None:
        """These rows are out."""

    def rivals(self, vector: Doubles) -> Rows:
        """Rows among which is every one of largest product, ascending; none when all are closed."""


def screen_of(vectors: Floats, *, device: str = "cpu") -> Screen:
    """A screen over vectors, (n_rows, d_in) float32, for the device at hand."""
    return _Rounded(vectors) if device == "cpu" else _OnDevice(vectors, device)


class _Rounded:
    """Rows in 8 bits in main memory: n_rows * d_in bytes."""

    def __init__(self, vectors: Floats) -> None:
        largest = np.abs(vectors).max(axis=1, initial=0).astype(np.float64)
        step = np.where(largest > 0, largest, 1.0) / LEVELS
        self._rounded = np.empty(vectors.shape, dtype=np.int8)
        error = np.empty(len(vectors))
        for start in range(0, len(vectors), CHUNK):
            part = slice(start, start + CHUNK)
            self._rounded[part] = np.rint(vectors[part] / step[part, None])
            apart = vectors[part] - self._rounded[part] * step[part, None]
            error[part] = np.sqrt(squared_lengths(apart))
        self._step, self._error = step.astype(np.float32), error
        self._shut = np.zeros(len(vectors), dtype=np.float32)
        self._found = np.empty(len(vectors), dtype=np.float32)
        longest = float(np.sqrt(squared_lengths(vectors).max(initial=0)))
        self._noise = product_noise(1.0, vectors.shape[1]) * longest

    def close(self, rows: Rows) -> None:
        self._shut[rows] = -np.inf

    def rivals(self, vector: Doubles) -> Rows:
        weights, found = vector.astype(np.float32), self._found
        rows, step, shut = read_only(self._rounded), read_only(self._step), read_only(self._shut)

        def work(part: slice) -> None:
            _products(rows[part], weights, step[part], shut[part], found[part])

        if len(found) < MANY:
            work(slice(0, len(found)))
        else:
            in_threads(work, len(found))
        reach = (self._error + self._noise) * float(np.sqrt(vector @ vector))
        least = (found - reach).max(initial=-np.inf)
        return np.flatnonzero(found + reach >= least) if least > -np.inf else _none()


class _OnDevice:
    """Rows in float32 on a CUDA device, where a product with all of them takes little."""

    def __init__(self, vectors: Floats, device: str) -> None:
        import torch

        self._torch: Any = torch
        self._rows = torch.tensor(vectors, device=device)  # a copy: stored arrays are read-only
        self._shut = torch.zeros(len(vectors), device=device)
        longest = float(np.sqrt(squared_lengths(vectors).max(initial=0)))
        self._noise = product_noise(1.0, vectors.shape[1]) * longest

    def close(self, rows: Rows) -> None:
        self._shut[self._torch.from_numpy(rows.copy()).to(self._shut.device)] = -np.inf

    def rivals(self, vector: Doubles) -> Rows:
        weights = self._torch.from_numpy(vector.astype(np.float32)).to(self._rows.device)
        found = self._rows @ weights + self._shut
        least = found.max() - 2 * self._noise * float(np.sqrt(vector @ vector))
        near = (found >= least) & (found > -np.inf)
        rows: Rows = near.nonzero()[:, 0].cpu().numpy()
        return rows


def _none() -> Rows:
    return np.empty(0, dtype=np.int64)


# sums may be taken in any order: that is within the noise allowed for, and eight times as fast
@njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"})
def _products(rows: Bytes, weights: Floats, step: Floats, shut: Floats, found: Floats) -> None:
    for row in range(len(rows)):
        total = np.float32(0.0)
        for at in range(rows.shape[1]):
            total += np.float32(rows[row, at]) * weights[at]
        found[row] = total * step[row] + shut[row]
