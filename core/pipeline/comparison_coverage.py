"""What each of several subsets covers: latents in all, by density, by part of the pool, alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numba
import numpy as np

from core.pipeline.coverage_bands import edges
from core.pipeline.cuts import cut_by, sizes
from core.pipeline.latent_neighbours import names_of
from core.pipeline.latents_of_rows import latents_by_part, latents_of
from core.pipeline.views import open_features
from core.records import Bools, Csr, Ids, Pointers, Rows
from core.select.arrays import read_only
from core.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 500  # latents that are listed


@dataclass(frozen=True, slots=True)
class BandCover:
    """Latents that `low` to `high` rows of the pool have, and how many each subset covers."""

    name: str
    low: int
    high: int
    n_latents: int
    covered: tuple[int, ...]  # a subset each


@dataclass(frozen=True, slots=True)
class PartCover:
    """One cluster, or one value or stretch of a column.

    A latent counts as covered here when a chosen row of this very part has it.
    """

    name: str
    filter: tuple[str, Mapping[str, Any]]  # kind and value of the map's filter for these rows
    n_rows: int
    n_latents: int  # that rows of this part have
    chosen: tuple[int, ...]  # a subset each
    covered: tuple[int, ...]

    @property
    def spread(self) -> float:
        """How far apart the subsets are here, in shares of the part's latents."""
        return (max(self.covered) - min(self.covered)) / max(self.n_latents, 1)


@dataclass(frozen=True, slots=True)
class PartCovers:
    """The pool cut in one way, its parts largest first."""

    title: str
    parts: tuple[PartCover, ...]
    n_left_out: int


def covered_latents(workspace: Workspace, subsets: Sequence[Rows]) -> Bools:
    """Which latents each subset covers, (s, n_latents); O(non-zeros of their rows)."""
    sets = open_features(workspace).sets
    none = np.zeros((0, sets.n_features), dtype=np.bool_)
    return np.vstack([none, *(latents_of(sets.rows, rows) for rows in subsets)])


def by_band(workspace: Workspace, covered: Bools) -> tuple[BandCover, ...]:
    """Coverage of rare, medium and common latents; a band without latents is left out."""
    sets = open_features(workspace).sets
    carriers = sets.columns.lengths()
    found = []
    for name, low, high in edges(sets.n_rows):
        inside = (carriers >= low) & (carriers <= high)
        counts = tuple(int(one) for one in (covered & inside).sum(axis=1))
        found.append(BandCover(name, low, high, int(inside.sum()), counts))
    return tuple(one for one in found if one.n_latents)


def by_part(workspace: Workspace, key: str, subsets: Sequence[Rows]) -> PartCovers:
    """Rows and latents of each part, of the pool and of each subset."""
    cut = cut_by(workspace, key)
    sets, n_parts = open_features(workspace).sets, len(cut.names)
    pool = np.arange(sets.n_rows, dtype=np.int64)
    latents = [latents_by_part(sets.rows, rows, cut.labels, n_parts) for rows in (pool, *subsets)]
    chosen = [sizes(cut.labels[rows], n_parts) for rows in (pool, *subsets)]
    found = [
        PartCover(
            name,
            cut.filters[at],
            int(chosen[0][at]),
            int(latents[0][at]),
            tuple(int(one[at]) for one in chosen[1:]),
            tuple(int(one[at]) for one in latents[1:]),
        )
        for at, name in enumerate(cut.names)
    ]
    found.sort(key=lambda part: -part.n_rows)
    return PartCovers(cut.title, tuple(found), cut.n_left_out)


def covered_alone(workspace: Workspace, here: Bools, other: Bools, rows: Rows) -> pd.DataFrame:
    """The latents that one subset covers and another does not, those of most rows first.

    Columns: latent, label, rows (of the pool), density, chosen rows (of `rows`, the first subset).
    """
    import pandas as pd

    sets = open_features(workspace).sets
    carriers = sets.columns.lengths()
    latents = np.flatnonzero(here & ~other)
    latents = latents[np.argsort(-carriers[latents], kind="stable")][:SHOWN]
    counts = _counts(*_arrays(sets.rows), read_only(rows), sets.n_features)
    return pd.DataFrame(
        {
            "latent": latents,
            "label": names_of(workspace, latents),
            "rows": carriers[latents],
            "density": carriers[latents] / max(sets.n_rows, 1),
            "chosen rows": counts[latents],
        }
    )


def _arrays(sets: Csr) -> tuple[Pointers, Ids]:
    return read_only(sets.indptr), read_only(sets.indices)


@numba.njit(cache=True, nogil=True)
def _counts(starts: Pointers, latents: Ids, rows: Rows, n_latents: int) -> Rows:
    """Rows that have each latent, (n_latents,)."""
    found = np.zeros(n_latents, dtype=np.int64)
    for row in rows:
        for at in range(starts[row], starts[row + 1]):
            found[latents[at]] += 1
    return found
