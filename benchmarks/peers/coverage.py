"""Greedy coverage as it is done elsewhere: a sparse product a pick, and submodlib's LazyGreedy."""

from __future__ import annotations

import importlib.util
import time
from typing import Any

import numpy as np

from core.records import Csr, Rows


def naive(rows: Csr, picks: int, id_rank: Rows, expected: Rows) -> dict[str, Any]:
    """One sparse product over all rows at each pick; says whether the picks are the engine's."""
    from scipy.sparse import csr_array

    ones = np.ones(rows.nnz, dtype=np.int32)
    matrix = csr_array((ones, rows.indices, rows.indptr), shape=(rows.n_rows, rows.n_columns))
    sizes, lacking = rows.lengths(), np.ones(rows.n_columns, dtype=np.int32)
    taken, found = np.zeros(rows.n_rows, dtype=np.bool_), []
    start = time.perf_counter()
    for _ in range(picks):
        gains = np.where(taken, -1, matrix @ lacking)
        best = np.flatnonzero(gains == gains.max())
        row = int(best[np.lexsort((id_rank[best], -sizes[best]))[0]])
        found.append(row)
        taken[row] = True
        lacking[rows.row(row)] = 0
    per_pick = (time.perf_counter() - start) / picks
    return {
        "picks_run": picks,
        "per_pick_s": round(per_pick, 6),
        "equal_to_engine": found == expected[:picks].tolist(),
    }


def submodlib(rows: Csr, budget: int) -> dict[str, Any] | None:
    """LazyGreedy of submodlib with its set-up, once; None where it is not installed."""
    if importlib.util.find_spec("submodlib") is None:
        return None
    from submodlib.functions.setCover import SetCoverFunction

    start = time.perf_counter()
    sets = [set(rows.row(row).tolist()) for row in range(rows.n_rows)]
    function = SetCoverFunction(n=rows.n_rows, cover_set=sets, num_concepts=rows.n_columns)
    ready = time.perf_counter()
    found = function.maximize(budget=budget, optimizer="LazyGreedy", show_progress=False)
    return {
        "rows": len(found),
        "set_up_s": round(ready - start, 3),
        "picking_s": round(time.perf_counter() - ready, 3),
    }
