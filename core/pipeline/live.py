"""An order with its running sums, so that a budget may move along it without being solved."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.pipeline.curves import BASELINES, baseline
from core.pipeline.knee import Knee, knee
from core.pipeline.selection import stored_order
from core.pipeline.solutions import solutions
from core.pipeline.tables import previews
from core.pipeline.views import in_use, open_labels, open_pool, open_readings
from core.records import Floats, Rows
from core.select.selection import Selection
from core.workspace import Artifact, Workspace

MOST_TEXTS = 100_000  # rows of a pool whose beginnings are kept; of a larger one the first picks
TEXT = 72  # characters


@dataclass(frozen=True, slots=True)
class LiveOrder:
    """What the first 0, 1, 2, … rows of an order amount to; None where the reading is absent."""

    rows: Rows  # (n,), in pick order
    covered: Rows | None  # (n + 1,), latents
    own: Floats | None  # (n,), what the method itself maximised at each pick
    words: Rows  # (n + 1,), of responses
    tokens: Rows | None  # (n + 1,)
    clusters: Rows | None  # (n + 1,), reached
    knee: Knee | None

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Point:
    """What a subset of one size amounts to, of a method whose prefixes are no answers."""

    rows: int
    covered: int | None
    words: int
    tokens: int | None
    clusters: int | None
    fingerprint: str  # of the order


def live_order(workspace: Workspace, order: Selection) -> LiveOrder:
    """The running sums of an order on what is in use; a few milliseconds for 20,000 rows."""
    words, tokens, labels = _columns(workspace)
    covered = None if order.gains is None else _running(order.gains)
    own = order.own_gains
    return LiveOrder(
        rows=order.rows,
        covered=covered,
        own=None if own is None else np.asarray(own, dtype=np.float32),
        words=_running(words[order.rows]),
        tokens=None if tokens is None else _running(tokens[order.rows]),
        clusters=None if labels is None else reached(labels[order.rows]),
        knee=None if covered is None or not order.nested else knee(covered),
    )


def points(workspace: Workspace, artifact: Artifact) -> tuple[Point, ...]:
    """The budgets at which what an order answers was solved, by rising number of rows."""
    found = [one for one in solutions(workspace) if artifact.fingerprint in one.members]
    orders = found[0].orders if found else (artifact,)
    return tuple(_point(workspace, one) for one in orders)


def baseline_curves(workspace: Workspace, n_rows: int) -> dict[str, Rows]:
    """Latents covered by the first 0, 1, … rows of each baseline, as far as so many rows."""
    return {
        name: _running(_gains(baseline(workspace, name, n_rows)))[: n_rows + 1]
        for name in BASELINES
    }


def n_clusters(workspace: Workspace) -> int | None:
    """Clusters that hold at least one row of the pool, or None without clusters."""
    if "clusters" not in workspace.current():
        return None
    labels = np.asarray(open_labels(workspace))
    return len(np.unique(labels[labels >= 0]))


def reached(labels: NDArray[Any]) -> Rows:
    """Distinct labels among the first 0, 1, … entries; -1 is none."""
    seen, first = np.unique(labels, return_index=True)
    new = np.zeros(len(labels), dtype=np.int64)
    new[first[seen >= 0]] = 1
    return _running(new)


def beginnings(workspace: Workspace, rows: Rows | None = None) -> tuple[Rows, bytes]:
    """The first words of rows (of all, when None): offsets into UTF-8 bytes (n + 1,), and these."""
    pool = open_pool(workspace)
    among = np.arange(pool.n_rows) if rows is None else rows
    texts = [text[:TEXT].encode() for text in previews(pool, among)]
    return _running(np.array([len(one) for one in texts], dtype=np.int64)), b"".join(texts)


def _point(workspace: Workspace, artifact: Artifact) -> Point:
    words, tokens, labels = _columns(workspace)
    order = stored_order(artifact)
    held = None if labels is None else labels[order.rows]
    return Point(
        rows=len(order),
        covered=None if order.gains is None else int(order.gains.sum()),
        words=int(words[order.rows].sum()),
        tokens=None if tokens is None else int(tokens[order.rows].sum()),
        clusters=None if held is None else len(np.unique(held[held >= 0])),
        fingerprint=artifact.fingerprint,
    )


def _columns(workspace: Workspace) -> tuple[Rows, Rows | None, NDArray[Any] | None]:
    """Words, tokens and cluster of each row of the pool in use."""
    roles = workspace.current()
    tokens = labels = None
    if "readings" in roles:
        tokens = np.asarray(open_readings(workspace).n_tokens, dtype=np.int64)
    if "clusters" in roles:
        labels = np.asarray(open_labels(workspace))
    return _words(str(workspace.root), in_use(workspace, "pool").fingerprint), tokens, labels


@lru_cache(maxsize=2)
def _words(root: str, pool: str) -> Rows:
    return open_pool(Workspace(Path(root))).column("n_response_words").astype(np.int64)


def _gains(order: Selection) -> Rows:
    return np.zeros(len(order), dtype=np.int64) if order.gains is None else order.gains


def _running(steps: NDArray[Any]) -> Rows:
    return np.concatenate([[0], np.cumsum(steps, dtype=np.int64)]).astype(np.int64)
