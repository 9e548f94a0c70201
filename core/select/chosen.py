"""The rows chosen so far, held where the dense work runs, to hold other rows against."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.records import Floats

BLOCK = 512  # rows held against the chosen ones at once: their products fit a core's cache


class Chosen:
    """Vectors in the order they were chosen, with one number each that its products lose.

    They lie in main memory, and on a CUDA device as well where one is asked for. Products there are
    in float32 as here: what decides between rows closer than its noise is computed here.
    """

    def __init__(self, capacity: int, width: int, *, device: str = "cpu") -> None:
        self.vectors = np.empty((capacity, width), dtype=np.float32)
        self.less = np.zeros(capacity, dtype=np.float32)
        self.count = 0
        self._loses = False  # whether any product loses anything
        self._copy = None if device == "cpu" else _DeviceCopy(self.vectors, self.less, device)

    def add(self, vectors: Floats, less: Any = 0.0) -> None:
        """Choose these rows, (n_new, d_in), in their order."""
        stop = self.count + len(vectors)
        self.vectors[self.count : stop] = vectors
        self.less[self.count : stop] = less
        self._loses |= bool(np.any(less))
        self.count = stop

    def largest(self, vectors: Floats, start: int, stop: int) -> Floats:
        """The largest product less its number that each row has with chosen rows start to stop."""
        if self._copy is not None:
            return self._copy.largest(vectors, start, stop)
        held = vectors @ self.vectors[start:stop].T
        if self._loses:
            held -= self.less[start:stop]
        return held.max(axis=1)


class _DeviceCopy:
    """The same rows on a CUDA device; those chosen since the last look are sent when needed."""

    def __init__(self, vectors: Floats, less: Floats, device: str) -> None:
        import torch

        self._torch: Any = torch
        self._device = device
        self._vectors, self._less = vectors, less
        self._held = torch.empty(vectors.shape, dtype=torch.float32, device=device)
        self._held_less = torch.empty(len(less), dtype=torch.float32, device=device)
        self._n_sent = 0

    def largest(self, vectors: Floats, start: int, stop: int) -> Floats:
        self._send(stop)
        rows = self._torch.from_numpy(vectors).to(self._device)
        held = rows @ self._held[start:stop].T
        found: Floats = (held - self._held_less[start:stop]).amax(dim=1).cpu().numpy()
        return found

    def _send(self, stop: int) -> None:
        new = slice(self._n_sent, stop)
        if stop > self._n_sent:
            self._held[new] = self._torch.from_numpy(self._vectors[new]).to(self._device)
            self._held_less[new] = self._torch.from_numpy(self._less[new]).to(self._device)
            self._n_sent = stop
