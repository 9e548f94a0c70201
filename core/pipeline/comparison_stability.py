"""How much of a subset stays under other seeds, as far as those orders are stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.fingerprint import canonical_json
from core.metrics import stability
from core.pipeline.comparison_members import Member
from core.pipeline.random_rows import random_orders
from core.pipeline.selection import stored_order
from core.pipeline.views import in_use
from core.records import Rows
from core.workspace import Artifact, Workspace

NOT_ASKED = ("seed", "reach")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A subset over several seeds: mean pairwise Jaccard, its interval, and what chance gives."""

    n_seeds: int
    mean: float
    low: float | None  # None below three seeds
    high: float | None
    level: float
    chance: float

    @property
    def is_fixed(self) -> bool:
        """Whether every seed gave the very same rows."""
        return self.mean == 1.0


def stored_draws(workspace: Workspace, one: Member) -> Drawn | None:
    """The stability of a subset from what was solved with other seeds; None where nothing was.

    Random rows are drawn here: five orders of them are always known.
    """
    n_rows = len(one.rows)
    if one.key == "baseline:random":
        return of_seeds([order[:n_rows] for order in random_orders(workspace)], workspace)
    if one.kind != "order":
        return None
    own = workspace.get("selection", one.key.partition(":")[2])
    found: dict[int, Rows] = {}
    for artifact in workspace.artifacts("selection"):
        if _asked(artifact) == _asked(own):
            rows = _at(artifact, n_rows)
            if rows is not None:
                found[int(artifact.config["seed"])] = rows
    return of_seeds(list(found.values()), workspace) if len(found) > 1 else None


def of_seeds(subsets: Sequence[Rows], workspace: Workspace) -> Drawn:
    """Stability of at least two subsets of the pool in use."""
    found = stability(subsets, n_rows=int(in_use(workspace, "pool").notes["n_rows"]))
    low, high = (None if np.isnan(one) else float(one) for one in (found.low, found.high))
    return Drawn(len(subsets), found.mean, low, high, found.level, found.chance)


def _asked(artifact: Artifact) -> str:
    """What was asked but the seed, and how far to solve."""
    config = {name: value for name, value in artifact.config.items() if name not in NOT_ASKED}
    version = artifact.meta["recipe"]["version"]
    return canonical_json([config, dict(artifact.parents), version])


def _at(artifact: Artifact, n_rows: int) -> Rows | None:
    """An order's answer of so many rows, where it has one."""
    order = stored_order(artifact)
    if len(order) == n_rows:
        return order.rows
    return order.rows[:n_rows] if order.nested and len(order) > n_rows else None
