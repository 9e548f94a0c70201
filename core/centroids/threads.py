"""Compiled loops spread over threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

CHUNK = 1_024  # rows a thread works on at once


class Threads:
    """Threads for compiled loops that let go of the interpreter, as many as torch uses."""

    def __init__(self) -> None:
        import torch

        self.count = torch.get_num_threads()
        self._pool = ThreadPoolExecutor(self.count)

    def __enter__(self) -> Threads:
        return self

    def __exit__(self, *exc: object) -> None:
        self._pool.shutdown()

    def over(
        self, stop: int, work: Callable[[int, int], None], *, start: int = 0, chunk: int = CHUNK
    ) -> None:
        """Call work(start, stop) on consecutive stretches; each is done when this returns."""
        starts = range(start, stop, chunk)
        if self.count == 1:
            for one in starts:
                work(one, min(one + chunk, stop))
            return
        list(self._pool.map(lambda one: work(one, min(one + chunk, stop)), starts))
