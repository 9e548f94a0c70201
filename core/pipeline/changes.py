"""What one subset has that another had not: rows in and out, latents gained and lost, and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.pipeline.views import open_features, open_pool, open_readings
from core.records import Bools, FeatureSets, Rows
from core.select.carriers import gathered, new_features
from core.select.selection import Selection
from core.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Coverage:
    """What two subsets cover, held against each other; all that is counted are latents."""

    before: int
    after: int
    n_reachable: int  # latents that at least one row of the pool has
    gained: Rows  # latents that only the later subset covers, ascending
    lost: Rows  # latents that only the earlier one covers, ascending
    brings: Rows  # (n_in,), new beside the rows that stayed and the new rows before it
    cost: Rows  # (n_out,), that the row alone brought to the earlier subset
    missed: Rows  # (n_out,), of its cost what the later subset lacks
    heirs: Rows  # (n_out,), the new row that brings most of its cost; -1 where none brings any


@dataclass(frozen=True, slots=True)
class Change:
    """Two subsets of the pool in use, the earlier and the later one."""

    n_before: int
    n_after: int
    rows_in: Rows  # in the later subset alone, in its pick order
    rows_out: Rows  # in the earlier subset alone, in its pick order
    coverage: Coverage | None  # None where the pool has no codes
    words_before: int  # of the responses, in all
    words_after: int
    tokens_before: int | None  # None where no model has read the pool
    tokens_after: int | None

    @property
    def is_none(self) -> bool:
        """Whether both hold the same rows, in whatever order."""
        return not len(self.rows_in) and not len(self.rows_out)


@dataclass(frozen=True, slots=True)
class Replacements:
    """What came for the rows that were rejected, and what their going cost.

    The three arrays below `rejected` run parallel to it and are None where the pool has no codes.
    The new rows are `change.rows_in`, in pick order, with `change.coverage.brings`.
    """

    change: Change
    rejected: Rows  # those that the earlier subset held and the later one does not, in pick order
    cost: Rows | None  # latents that the row alone brought
    missed: Rows | None  # of these, what the later subset lacks
    heirs: Rows | None  # the new row that brings most of them; -1 where none brings any
    moved: Rows  # rows that nobody rejected and that left all the same, in pick order


def change(workspace: Workspace, before: Rows, after: Rows) -> Change:
    """Hold two subsets of the pool in use against each other; each has distinct rows."""
    roles, pool = workspace.current(), open_pool(workspace)
    words = pool.column("n_response_words").astype(np.int64)
    rows_in, rows_out = _only(after, before, pool.n_rows), _only(before, after, pool.n_rows)
    tokens = None
    if "readings" in roles:
        tokens = np.asarray(open_readings(workspace).n_tokens, dtype=np.int64)
    return Change(
        n_before=len(before),
        n_after=len(after),
        rows_in=rows_in,
        rows_out=rows_out,
        coverage=covered_by(open_features(workspace).sets, before, after)
        if "features" in roles
        else None,
        words_before=int(words[before].sum()),
        words_after=int(words[after].sum()),
        tokens_before=None if tokens is None else int(tokens[before].sum()),
        tokens_after=None if tokens is None else int(tokens[after].sum()),
    )


def replacements(
    workspace: Workspace, before: Selection, after: Selection, rejected: Rows
) -> Replacements:
    """What replaced the rejected rows when the subset was chosen again around the decisions."""
    found = change(workspace, before.rows, after.rows)
    refused = np.isin(found.rows_out, rejected)
    cover = found.coverage
    return Replacements(
        change=found,
        rejected=found.rows_out[refused],
        cost=None if cover is None else cover.cost[refused],
        missed=None if cover is None else cover.missed[refused],
        heirs=None if cover is None else cover.heirs[refused],
        moved=found.rows_out[~refused],
    )


def covered_by(sets: FeatureSets, before: Rows, after: Rows) -> Coverage:
    """What two subsets of distinct rows cover, and what each row that came or went did to it.

    Costs as much as reading the features of these rows.
    """
    rows_in, rows_out = _only(after, before, sets.n_rows), _only(before, after, sets.n_rows)
    was, now = _carriers(sets, before), _carriers(sets, after)
    stayed = before[~np.isin(before, rows_out)]
    alone, owners = gathered(sets.rows, rows_out)
    owners = owners[was[alone] == 1]
    alone = alone[was[alone] == 1]  # each latent here has one owner
    missed = owners[now[alone] == 0]
    return Coverage(
        before=int((was > 0).sum()),
        after=int((now > 0).sum()),
        n_reachable=sets.n_reachable,
        gained=np.flatnonzero((now > 0) & (was == 0)),
        lost=np.flatnonzero((was > 0) & (now == 0)),
        brings=new_features(sets, np.concatenate([stayed, rows_in]))[len(stayed) :],
        cost=np.bincount(owners, minlength=len(rows_out)),
        missed=np.bincount(missed, minlength=len(rows_out)),
        heirs=_heirs(sets, rows_in, len(rows_out), alone=alone, owners=owners),
    )


def _only(rows: Rows, other: Rows, n_rows: int) -> Rows:
    """Those of `rows` that are not in `other`, in their order."""
    there: Bools = np.zeros(n_rows, dtype=np.bool_)
    there[other] = True
    return np.asarray(rows[~there[rows]], dtype=np.int64)


def _carriers(sets: FeatureSets, rows: Rows) -> Rows:
    """How many of the rows have each latent, (n_features,)."""
    return np.bincount(gathered(sets.rows, rows)[0], minlength=sets.n_features)


def _heirs(sets: FeatureSets, rows_in: Rows, n_out: int, *, alone: Rows, owners: Rows) -> Rows:
    """For each row that left, the new row that has most of what it alone brought.

    Of several the one picked first.
    """
    owner_of = np.full(sets.n_features, -1, dtype=np.int64)
    owner_of[alone] = owners
    held, places = gathered(sets.rows, rows_in)
    inherits = owner_of[held] >= 0
    pairs = owner_of[held[inherits]] * max(len(rows_in), 1) + places[inherits]
    pairs, counts = np.unique(pairs, return_counts=True)
    left, right = np.divmod(pairs, max(len(rows_in), 1))
    best = np.lexsort((right, -counts, left))
    first = best[np.unique(left[best], return_index=True)[1]]
    heirs = np.full(n_out, -1, dtype=np.int64)
    heirs[left[first]] = rows_in[right[first]]
    return heirs
