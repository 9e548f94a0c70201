"""What would be lost with a row: latents that it alone has, in the subset and in the whole pool."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.pipeline.latent_neighbours import names_of
from core.records import Bools, FeatureSets, Ids, Rows
from core.select.carriers import gathered
from core.workspace import Workspace

NAMED = 3  # latents that a warning names


@dataclass(frozen=True, slots=True)
class Sole:
    """Latents of one row that no other row has; both ascending."""

    in_subset: Ids  # among the chosen; empty for a row that is not chosen
    in_pool: Ids


@dataclass(frozen=True, slots=True)
class Carriers:
    """How many chosen rows have each latent, kept up as rows are rejected."""

    sets: FeatureSets
    chosen: Bools  # (n_rows,)
    counts: Rows  # (n_features,), chosen rows that have the latent

    @classmethod
    def of(cls, sets: FeatureSets, rows: Rows) -> Carriers:
        """Count over the chosen rows; O(their latents)."""
        chosen = np.zeros(sets.n_rows, dtype=np.bool_)
        chosen[rows] = True
        held, _ = gathered(sets.rows, np.asarray(rows, dtype=np.int64))
        return cls(sets, chosen, np.bincount(held, minlength=sets.n_features))

    def without(self, rows: Rows) -> Carriers:
        """The count once these rows are rejected; O(their latents)."""
        gone = np.asarray(rows, dtype=np.int64)
        gone = gone[self.chosen[gone]]
        if not len(gone):
            return self
        chosen = self.chosen.copy()
        chosen[gone] = False
        held, _ = gathered(self.sets.rows, gone)
        left = self.counts - np.bincount(held, minlength=self.sets.n_features)
        return replace(self, chosen=chosen, counts=left)

    def sole(self, row: int) -> Sole:
        """What would be lost with this row."""
        own = self.sets.rows.row(row)
        columns = self.sets.columns.indptr
        alone = columns[own.astype(np.int64) + 1] - columns[own] == 1
        among = self.counts[own] == 1 if self.chosen[row] else np.zeros(len(own), dtype=np.bool_)
        return Sole(own[among], own[alone])


def sole_warning(workspace: Workspace, sole: Sole) -> str | None:
    """What rejecting the row would lose, in a short sentence; None where nothing is lost."""
    subset, pool = sole.in_subset, sole.in_pool
    if not len(subset):
        return (
            f"Sole carrier of {_named(workspace, pool)} in the whole pool." if len(pool) else None
        )
    said = f"Sole carrier of {_named(workspace, subset)} in the subset"
    if not len(pool):
        return f"{said}."
    whole = "and" if len(pool) == len(subset) else f"of {len(pool):,}"
    return f"{said}, {whole} in the whole pool."


def _named(workspace: Workspace, latents: Ids) -> str:
    """'latent 812 (dates)', '5 latents (3, 7 dates, 12 …)'."""
    shown = latents[:NAMED].astype(np.int64)
    labels = names_of(workspace, shown)
    each = [f"{one} {name}".strip() for one, name in zip(shown, labels, strict=True)]
    if len(latents) == 1:
        return f"latent {each[0]}"
    more = " …" if len(latents) > NAMED else ""
    return f"{len(latents):,} latents ({', '.join(each)}{more})"
