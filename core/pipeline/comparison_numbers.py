"""Each subset in numbers, beside random and longest of as many rows and of as many tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from core.pipeline.comparison_baselines import BASELINES, baselines, tokens_of
from core.pipeline.comparison_coverage import covered_latents
from core.pipeline.comparison_lengths import lengths_of
from core.pipeline.comparison_members import Member
from core.pipeline.views import in_use, open_labels
from core.records import Rows
from core.select.budget import Budget
from core.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Beside:
    """What a baseline covers with as many rows, and with as many tokens, as a subset."""

    at_rows: int
    at_tokens: int
    rows_at_tokens: int  # rows of the baseline that hold as many tokens


@dataclass(frozen=True, slots=True)
class Numbers:
    """One subset; None where the reading that a number needs is absent."""

    n_rows: int
    words_mean: float
    tokens: int | None
    n_covered: int | None
    n_clusters: int | None  # reached
    beside: dict[str, Beside]  # by baseline; empty without codes


@dataclass(frozen=True, slots=True)
class Pool:
    """What the numbers are out of."""

    n_rows: int
    n_reachable: int | None
    n_clusters: int | None
    tokens: int | None
    words_mean: float


def pool_numbers(workspace: Workspace) -> Pool:
    """Rows, reachable latents, clusters, tokens and words of the pool in use."""
    roles = workspace.current()
    features = in_use(workspace, "features") if "features" in roles else None
    words = lengths_of(workspace, "words")
    return Pool(
        n_rows=int(in_use(workspace, "pool").notes["n_rows"]),
        n_reachable=None if features is None else int(features.notes["n_reachable"]),
        n_clusters=_reached(workspace, np.arange(len(words))),
        tokens=int(tokens_of(workspace).sum()) if "readings" in roles else None,
        words_mean=float(words.mean()) if len(words) else 0.0,
    )


def numbers(workspace: Workspace, members: Sequence[Member]) -> tuple[Numbers, ...]:
    """Numbers of each subset; baselines are counted once for subsets of equal size."""
    roles = workspace.current()
    words = lengths_of(workspace, "words")
    tokens = tokens_of(workspace) if "readings" in roles else None
    spent = [None if tokens is None else int(tokens[one.rows].sum()) for one in members]
    covered, beside = _coverage(workspace, members, spent)
    return tuple(
        Numbers(
            n_rows=len(one.rows),
            words_mean=float(words[one.rows].mean()) if len(one.rows) else 0.0,
            tokens=spent[at],
            n_covered=covered[at],
            n_clusters=_reached(workspace, one.rows),
            beside=beside[at],
        )
        for at, one in enumerate(members)
    )


def _coverage(
    workspace: Workspace, members: Sequence[Member], spent: Sequence[int | None]
) -> tuple[Sequence[int | None], Sequence[dict[str, Beside]]]:
    """Latents that each subset covers, and what its baselines do; features are opened once."""
    if "features" not in workspace.current():
        return [None] * len(members), [{}] * len(members)
    sizes = [(len(one.rows), tokens) for one, tokens in zip(members, spent, strict=True)]
    budgets = [budget for n_rows, tokens in sizes for budget in _budgets(n_rows, tokens)]
    rows = baselines(workspace, list(product(BASELINES, dict.fromkeys(budgets))))
    counts = covered_latents(workspace, [*(one.rows for one in members), *rows.values()]).sum(1)
    of = dict(zip(rows, counts[len(members) :].tolist(), strict=True))
    beside: list[dict[str, Beside]] = []
    for size in sizes:
        found = {}
        for name in BASELINES if _budgets(*size) else ():
            at_rows, at_tokens = ((name, budget) for budget in _budgets(*size))
            found[name] = Beside(of[at_rows], of[at_tokens], len(rows[at_tokens]))
        beside.append(found)
    return counts[: len(members)].tolist(), beside


def _budgets(n_rows: int, tokens: int | None) -> tuple[Budget, ...]:
    """As many rows, and as many tokens; nothing for a subset without either."""
    if not n_rows or not tokens:
        return ()
    return Budget("rows", n_rows), Budget("tokens", tokens)


def _reached(workspace: Workspace, rows: Rows) -> int | None:
    """Clusters with at least one of these rows; noise is none."""
    if "clusters" not in workspace.current():
        return None
    labels = np.asarray(open_labels(workspace))[rows]
    return len(np.unique(labels[labels >= 0]))
