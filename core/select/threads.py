"""Compiled loops over many rows, shared among threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numba

FEWEST = 64  # rows a thread is worth starting for


def in_threads(work: Callable[[slice], None], count: int) -> None:
    """Call `work` on slices that together are 0 to `count`; it has to let go of the interpreter.

    Threads of our own: numba's parallel loops may not be entered from two threads at once, which
    a server with several people does.
    """
    n_threads = max(1, min(numba.get_num_threads(), count // FEWEST))
    if n_threads == 1:
        work(slice(0, count))
        return
    edges = [count * at // n_threads for at in range(n_threads + 1)]
    parts = [slice(*edges[at : at + 2]) for at in range(n_threads)]
    with ThreadPoolExecutor(n_threads) as pool:
        list(pool.map(work, parts))
