"""Coverage inside each cluster and each value of a column, beside random rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.pipeline.cuts import Cut, cut_by, sizes
from core.pipeline.latents_of_rows import latents_by_part
from core.pipeline.random_rows import random_orders
from core.pipeline.views import in_use, open_features
from core.records import Rows
from core.workspace import Workspace

KEPT = 24  # counts of the pool's latents by part that a process remembers
_COUNTED: dict[tuple[str, str, str, str], Rows] = {}


@dataclass(frozen=True, slots=True)
class Part:
    """One cluster, or one value or stretch of a column: rows, and the latents of its rows.

    A latent counts as covered here when a chosen row of this very part has it.
    """

    name: str
    filter: tuple[str, Mapping[str, Any]]  # kind and value of the map's filter for these rows
    n_rows: int
    n_chosen: int
    n_random: float  # mean over seeds, of as many random rows of the pool
    n_latents: int  # that rows of this part have
    n_covered: int
    n_covered_at_random: float


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the pool by one way of cutting it, largest first."""

    title: str
    parts: tuple[Part, ...]
    n_left_out: int  # parts beyond the largest MOST_PARTS

    @property
    def missed(self) -> tuple[Part, ...]:
        """Parts of which no row is chosen."""
        return tuple(part for part in self.parts if not part.n_chosen)

    @property
    def behind(self) -> tuple[Part, ...]:
        """Parts of which the subset covers less than random rows do."""
        return tuple(part for part in self.parts if part.n_covered < part.n_covered_at_random)


def parts(workspace: Workspace, key: str, rows: Rows) -> Parts:
    """Rows and latents of each part, for these rows and for as many random ones.

    Counts rows and latents of every part once: O(non-zeros of the rows), milliseconds at 52,000.
    """
    cut = cut_by(workspace, key)
    sets, n_parts = open_features(workspace).sets, len(cut.names)
    counted = _pool_latents(workspace, key, cut)
    draws = [order[: len(rows)] for order in random_orders(workspace)]
    own = latents_by_part(sets.rows, rows, cut.labels, n_parts)
    by_draw = [latents_by_part(sets.rows, one, cut.labels, n_parts) for one in draws]
    at_random = np.mean(by_draw, axis=0)
    n_rows = sizes(cut.labels, n_parts)
    drawn = np.mean([sizes(cut.labels[one], n_parts) for one in draws], axis=0)
    chosen = sizes(cut.labels[rows], n_parts)
    found = [
        Part(name, cut.filters[at], int(n_rows[at]), int(chosen[at]), float(drawn[at]),
             int(counted[at]), int(own[at]), float(at_random[at]))
        for at, name in enumerate(cut.names)
    ]  # fmt: skip
    found.sort(key=lambda part: -part.n_rows)
    return Parts(cut.title, tuple(found), cut.n_left_out)


def _pool_latents(workspace: Workspace, key: str, cut: Cut) -> Rows:
    """Distinct latents of every row of each part, counted once for all budgets."""
    features = in_use(workspace, "features").fingerprint
    name = (str(workspace.root), features, key, cut.version)
    if name not in _COUNTED:
        sets = open_features(workspace).sets
        rows = np.arange(sets.n_rows)
        _COUNTED[name] = latents_by_part(sets.rows, rows, cut.labels, len(cut.names))
        while len(_COUNTED) > KEPT:
            _COUNTED.pop(next(iter(_COUNTED)), None)
    return _COUNTED[name]
