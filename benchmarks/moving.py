"""How long the budget takes to move, and a changed constraint to be solved, on a real workspace.

    python -m benchmarks.moving WORKSPACE [--repeats 5] [--out NAME]

The workspace holds a pool with features and clusters. Nothing in it is changed: the order is
solved in memory, with 500 rows pinned and 500 forbidden, drawn with a seed.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import circumstances, seconds, write_result
from core.pipeline.moving import facts_at, tables_in_use
from core.pipeline.selection import REACH, stored_order
from core.pipeline.views import in_use, selection_view
from core.select import Budget, Constraints, select
from core.workspace import Workspace

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("numpy", "numba")
N_MARKED = 500
N_MOVES = 20


def moving(workspace: Workspace, repeats: int) -> dict[str, Any]:
    """Seconds of one move of the budget, tables made; the mean of 20 moves a repeat."""
    order = stored_order(in_use(workspace, "selection"))
    budgets = np.unique(np.geomspace(10, len(order), N_MOVES).astype(int)).tolist()
    tables = seconds(lambda: tables_in_use(workspace), 1)

    def move() -> None:
        for budget in budgets:
            order.prefix(budget)
            facts_at(workspace, budget)

    found = seconds(move, repeats)
    return {
        "budgets": budgets,
        "tables_once_s": tables["median_s"],
        "a_move_ms": round(1000 * found["median_s"] / len(budgets), 3),
        "all_moves": found,
    }


def again(workspace: Workspace, repeats: int) -> dict[str, Any]:
    """Seconds to solve sae-greedy anew under 500 pins and 500 forbidden rows."""
    n_rows = in_use(workspace, "pool").notes["n_rows"]
    marked = np.random.default_rng(0).permutation(n_rows)[: 2 * N_MARKED]
    limits = Constraints(marked[:N_MARKED], marked[N_MARKED:])
    view = selection_view(workspace, device="cpu")
    rows = min(REACH, n_rows - N_MARKED)

    def solve() -> None:
        select("sae-greedy", view, Budget("rows", rows), constraints=limits)

    solve()  # readings are loaded and loops compiled by now, as they are while a person works
    return {"rows": rows, "seconds": seconds(solve, repeats)}


def main(argv: list[str] | None = None) -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--out", help="name under benchmarks/results to write the figures to")
    arguments = parser.parse_args(argv)
    workspace = Workspace.open(arguments.workspace)
    result = {
        "what": "moving the budget, and solving again under changed constraints",
        "circumstances": circumstances(PACKAGES),
        "rows": in_use(workspace, "pool").notes["n_rows"],
        "moving": moving(workspace, arguments.repeats),
        "solving_again": again(workspace, arguments.repeats),
    }
    print(json.dumps(result, indent=2))
    if arguments.out:
        write_result(RESULTS / f"{arguments.out}.json", result)


if __name__ == "__main__":
    main()
