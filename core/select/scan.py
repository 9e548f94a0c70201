"""Scans in rounds: go down an order and accept each row that brings enough that is new.

The complexity-first diverse sampling of #InsTag (arXiv 2308.07074, algorithm 1) with features in
place of tags; with a ceiling on similarity it is the accept rule of SAE-SimScale.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.records import FeatureSets, Floats, Progress, Rows, silent
from core.select.constraints import NO_CONSTRAINTS, Constraints
from core.select.judge import Accepted, Judge
from core.select.limits import Limits
from core.select.ordering import RoundOrder, by_id, tie_order
from core.select.scan_pairs import PairJudge
from core.select.scan_union import UnionJudge

Scope = Literal["union", "pairwise"]


@dataclass(frozen=True, slots=True)
class ScanOrder(RoundOrder):
    """Rows in the order they were accepted, with the similarity that each was accepted at."""

    likeness: Floats  # to what its round had accepted, 0 to 1
    n_filled: int  # rows at the end that no round accepted


def scan_order(
    features: FeatureSets,
    budget: int,
    *,
    id_rank: Rows,
    constraints: Constraints = NO_CONSTRAINTS,
    order: Rows | None = None,
    min_new: int = 1,
    ceiling: float = 1.0,
    scope: Scope = "union",
    progress: Progress = silent,
) -> ScanOrder:
    """`budget` rows by repeated scans of `order` (default: larger sets first, ties by example id).

    Scope `union` accepts a row that brings at least `min_new` features and whose covered share is
    below `ceiling`; `pairwise` one whose Jaccard index with each row accepted in the same scan is
    below it. After each scan everything starts again; when a scan accepts nothing the rest follows
    in order. Pinned rows come first and are part of the first scan. Fewer rows come back when the
    constraints leave no more. O(nnz) a scan; pairwise also a step for each feature that a row
    shares with one accepted.
    """
    order = tie_order(features.rows.lengths(), id_rank) if order is None else order
    limits = Limits.of(constraints, n_rows=features.n_rows, budget=budget)
    judge = _judge(features, scope, min_new=min_new, ceiling=ceiling)
    accepted = Accepted.room(budget)
    pinned = by_id(constraints.pinned, id_rank)
    judge.take(pinned, accepted)
    limits.take(pinned)
    count, starts = _scans(judge, order, limits, accepted, n_pinned=len(pinned), progress=progress)
    rest = limits.walk(order, budget - count)
    accepted.rows[count : count + len(rest)] = rest
    done = slice(count + len(rest))
    return ScanOrder(
        accepted.rows[done], accepted.gains[done], starts, accepted.likeness[done], len(rest)
    )


def _scans(
    judge: Judge,
    order: Rows,
    limits: Limits,
    accepted: Accepted,
    *,
    n_pinned: int,
    progress: Progress,
) -> tuple[int, Rows]:
    """Scan until all is accepted or a whole scan accepts nothing; how many, and round starts."""
    budget = len(accepted.rows)
    count, starts, is_fresh = n_pinned, [0], not n_pinned
    while count < budget:
        order, before = order[limits.free[order]], count
        for first in range(0, len(order), judge.step):
            candidates = order[first : first + judge.step]
            count += judge.look(candidates, limits.bounds, accepted.after(count))
            progress(count, budget, f"scan {len(starts) + (is_fresh and before > 0)}")
            if count == budget:
                break
        if is_fresh and count == before:
            break
        if is_fresh and before:
            starts.append(before)
        judge.begin()
        is_fresh = True
    return count, np.array(starts, dtype=np.int64)


def _judge(features: FeatureSets, scope: Scope, *, min_new: int, ceiling: float) -> Judge:
    if scope == "union":
        return UnionJudge(features, min_new=min_new, ceiling=ceiling)
    return PairJudge(features, ceiling=ceiling)
