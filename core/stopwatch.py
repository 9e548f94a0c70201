"""Seconds that a method worked, without those in which its loops were compiled."""

from __future__ import annotations

import time
from types import TracebackType

from numba.core import event

COMPILING = "numba:compiler_lock"  # held while a loop is compiled, read from or put into the cache


class Stopwatch:
    """Times a `with` block, less what numba compiled meanwhile.

    The first run of a method on a machine compiles for 5 to 7 s, every later one for none: what it
    costs is the rest. Loops that another thread compiles at the same time count as compiling too.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._compiling = event.TimingListener()

    def __enter__(self) -> Stopwatch:
        event.register(COMPILING, self._compiling)
        self._began = time.monotonic()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        elapsed = time.monotonic() - self._began
        event.unregister(COMPILING, self._compiling)
        compiling = self._compiling.duration if self._compiling.done else 0.0
        self.seconds = max(elapsed - compiling, 0.0)
