"""Each subset in numbers, beside random and longest of as many rows and of as many tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.pipeline.comparison_baselines import BASELINES, baseline, tokens_of
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
    covered = _covered(workspace, [one.rows for one in members]) if "features" in roles else None
    known: dict[tuple[str, Budget], tuple[int, int]] = {}
    found = []
    for at, one in enumerate(members):
        spent = None if tokens is None else int(tokens[one.rows].sum())
        found.append(
            Numbers(
                n_rows=len(one.rows),
                words_mean=float(words[one.rows].mean()) if len(one.rows) else 0.0,
                tokens=spent,
                n_covered=None if covered is None else covered[at],
                n_clusters=_reached(workspace, one.rows),
                beside=_beside(workspace, len(one.rows), spent, known) if covered else {},
            )
        )
    return tuple(found)


def _beside(
    workspace: Workspace,
    n_rows: int,
    tokens: int | None,
    known: dict[tuple[str, Budget], tuple[int, int]],
) -> dict[str, Beside]:
    if not n_rows or not tokens:
        return {}
    found = {}
    for name in BASELINES:
        at_rows, _ = _counted(workspace, name, Budget("rows", n_rows), known)
        at_tokens, rows = _counted(workspace, name, Budget("tokens", tokens), known)
        found[name] = Beside(at_rows, at_tokens, rows)
    return found


def _counted(
    workspace: Workspace,
    name: str,
    budget: Budget,
    known: dict[tuple[str, Budget], tuple[int, int]],
) -> tuple[int, int]:
    """Latents covered by a baseline at a budget, and its rows."""
    if (name, budget) not in known:
        rows = baseline(workspace, name, budget)
        known[name, budget] = _covered(workspace, [rows])[0], len(rows)
    return known[name, budget]


def _covered(workspace: Workspace, subsets: Sequence[Rows]) -> list[int]:
    return [int(one) for one in covered_latents(workspace, subsets).sum(axis=1)]


def _reached(workspace: Workspace, rows: Rows) -> int | None:
    """Clusters with at least one of these rows; noise is none."""
    if "clusters" not in workspace.current():
        return None
    labels = np.asarray(open_labels(workspace))[rows]
    return len(np.unique(labels[labels >= 0]))
