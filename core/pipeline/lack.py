"""The pool as seen from a subset: what it lacks, and how much of that each row would bring."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.pipeline.marks import marks
from core.pipeline.requests import forbidden_rows
from core.pipeline.views import open_features, open_pool
from core.records import Bools, FeatureSets, Rows
from core.select.carriers import gathered
from core.select.ordering import places_of, tie_order
from core.select.selection import Selection
from core.select.view import id_ranks
from core.workspace import Workspace

NONE = -1


@dataclass(frozen=True, slots=True)
class Lack:
    """The pool seen from a subset: what is covered, wanted, and brought by each row."""

    sets: FeatureSets
    covered: Bools  # (n_features,)
    wanted: Bools  # (n_features,): reachable, uncovered and not muted
    n_muted: int
    weights: NDArray[np.float32] | None
    free: Bools  # (n_rows,): neither chosen nor forbidden
    forbidden: Bools  # (n_rows,)
    gains: Rows  # (n_rows,): wanted latents of each row
    id_rank: Rows
    places: Rows  # (n_rows,): rank of each row by gain, then by the tie rule

    @classmethod
    def of(cls, workspace: Workspace, chosen: Selection) -> Lack:
        """Look at the pool in use from a subset, with the marks of now; O(nnz)."""
        sets = open_features(workspace).sets
        covered = np.zeros(sets.n_features, dtype=np.bool_)
        covered[gathered(sets.rows, chosen.rows)[0]] = True
        weights = _weights(workspace, sets.n_features)
        lacking = ~covered & (sets.columns.lengths() > 0)
        wanted = lacking if weights is None else lacking & (weights > 0)
        forbidden = np.zeros(sets.n_rows, dtype=np.bool_)
        forbidden[forbidden_rows(workspace)] = True
        free = ~forbidden
        free[chosen.rows] = False
        gains = _sums(wanted, sets)
        id_rank = id_ranks(open_pool(workspace).ids())
        ties = places_of(tie_order(sets.rows.lengths(), id_rank))
        places = np.empty(sets.n_rows, dtype=np.int64)
        places[np.lexsort((ties, -gains))] = np.arange(sets.n_rows)
        return cls(
            sets=sets,
            covered=covered,
            wanted=wanted,
            n_muted=int((lacking & ~wanted).sum()),
            weights=weights,
            free=free,
            forbidden=forbidden,
            gains=gains,
            id_rank=id_rank,
            places=places,
        )

    def best_rows(self) -> Rows:
        """For each feature the first free row by place that has it, NONE where there is none."""
        n = self.sets.n_rows
        places = np.where(self.free, self.places, n)[self.sets.columns.indices]
        best = np.full(self.sets.n_features, n, dtype=np.int64)
        there = np.flatnonzero(self.sets.columns.lengths() > 0)
        if len(there):
            best[there] = np.minimum.reduceat(places, self.sets.columns.indptr[:-1][there])
        rows = np.append(np.argsort(self.places), NONE)
        return rows[best]


def _weights(workspace: Workspace, n_features: int) -> NDArray[np.float32] | None:
    told = marks(workspace).weights("latent")
    if not told:
        return None
    weights = np.ones(n_features, dtype=np.float32)
    weights[list(told)] = list(told.values())
    return weights


def _sums(wanted: Bools, sets: FeatureSets) -> Rows:
    """How many wanted features each row has, (n_rows,)."""
    ends = np.concatenate([[0], np.cumsum(wanted[sets.rows.indices])])
    return (ends[sets.rows.indptr[1:]] - ends[sets.rows.indptr[:-1]]).astype(np.int64)
