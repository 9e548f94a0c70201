"""Several constraints at once: a plan of rows by combination of values, or which one is in the way.

Picking by gain can run into a dead end that another choice would have avoided, once quotas bind
more than one column. The plan, a small integer program over combinations of values (HiGHS through
scipy), is a way round that is known to end.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.records import Bools, Rows
from core.select.constraints import Side
from core.select.quotas import NO_BOUND

Counts = NDArray[np.int64]


def plan(sides: Sequence[Side], *, free: Bools, pinned: Rows, n: int) -> Side | None:
    """Rows to choose of every combination of parts, `n` in all, near the pool's own shares.

    As a side whose caps are those numbers; None when no such choice exists. `free` includes the
    pinned rows.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array, hstack, vstack

    labels, cells = _cells(sides, free)
    n_cells = len(cells)
    available = np.bincount(labels[free], minlength=n_cells)
    held = np.bincount(labels[pinned], minlength=n_cells)
    wanted = n * available / max(int(available.sum()), 1)
    rows, lowest, highest = _part_rows(sides, cells, n)
    counts = coo_array(rows)
    slackless = coo_array(counts.shape)
    same, off = coo_array(np.eye(n_cells)), coo_array(-np.eye(n_cells))
    matrix = vstack([hstack([counts, slackless]), hstack([same, off]), hstack([same, -off])])
    unbounded = np.full(n_cells, np.inf)
    found = milp(
        np.concatenate([np.zeros(n_cells), np.ones(n_cells)]),  # distance from the wanted numbers
        integrality=np.concatenate([np.ones(n_cells), np.zeros(n_cells)]),
        bounds=Bounds(
            np.concatenate([held, np.zeros(n_cells)]), np.concatenate([available, unbounded])
        ),
        constraints=LinearConstraint(
            matrix,
            np.concatenate([lowest, -unbounded, wanted]),
            np.concatenate([highest, wanted, unbounded]),
        ),
    )
    if found.x is None:
        return None
    most = np.rint(found.x[:n_cells]).astype(np.int64)
    return Side("the plan", labels, np.zeros(n_cells, dtype=np.int64), most)


def in_the_way(sides: Sequence[Side], *, free: Bools, pinned: Rows, n: int) -> list[str]:
    """Names of the sides without which `n` rows could be chosen."""
    names = []
    for left_out in range(len(sides)):
        others = [side for at, side in enumerate(sides) if at != left_out]
        if plan(others, free=free, pinned=pinned, n=n) is not None:
            names.append(sides[left_out].name)
    return names


def _cells(sides: Sequence[Side], free: Bools) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Each row's combination of parts, and the parts of each combination, (n_cells, n_sides)."""
    if not sides:
        return np.zeros(len(free), dtype=np.int32), np.zeros((1, 0), dtype=np.int32)
    parts = np.stack([side.labels for side in sides], axis=1)
    cells, labels = np.unique(parts, axis=0, return_inverse=True)
    return labels.astype(np.int32).ravel(), cells.astype(np.int32)


def _part_rows(
    sides: Sequence[Side], cells: NDArray[np.int32], n: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """One row of sums over cells for each part of each side, and the total, with its bounds."""
    rows, lowest, highest = [np.ones(len(cells))], [float(n)], [float(n)]
    for at, side in enumerate(sides):
        for part in range(len(side.least)):
            rows.append((cells[:, at] == part).astype(np.float64))
            lowest.append(float(side.least[part]))
            most = int(side.most[part])
            highest.append(np.inf if most >= NO_BOUND else float(most))
    return np.stack(rows), np.array(lowest), np.array(highest)
