"""Where decided examples stand in the pool in use: their rows, by who decided and how."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.curate.log import CONFLICT
from core.curate.state import State
from core.fingerprint import digest
from core.pipeline.colouring import Groups, own_fingerprint
from core.pipeline.views import in_use, open_pool
from core.records import Rows
from core.workspace import Workspace

VERDICT_TITLE = "verdict"
NO_VERDICT = "not decided"
COLOURS = {"approved": "success", "rejected": "warning", CONFLICT: "ink", "unsure": ""}


@dataclass(frozen=True, slots=True)
class Places:
    """The rows of example ids: an index that a look-up of a few ids does not make anew."""

    names: NDArray[np.bytes_]  # (n_rows,), ids in rising order
    rows: Rows  # (n_rows,), their rows

    def of(self, ids: Collection[str]) -> Rows:
        """The rows of those ids that the pool has, in their order."""
        if not ids or not len(self.names):
            return np.empty(0, dtype=np.int64)
        asked = np.array([one.encode() for one in ids], dtype="S32")
        at = np.minimum(np.searchsorted(self.names, asked), len(self.names) - 1)
        return self.rows[at[self.names[at] == asked]]


def places(workspace: Workspace) -> Places:
    """The index of the pool in use, made once a process."""
    return _places(in_use(workspace, "pool").folder, workspace.root)


def rows_by(workspace: Workspace, state: State, curator: str, verdict: str | None = None) -> Rows:
    """The rows that a curator decided, all or with one verdict, in the order of the decisions."""
    return places(workspace).of(examples_by(state, curator, verdict))


def examples_by(state: State, curator: str, verdict: str | None = None) -> list[str]:
    """The examples on which a verdict of a curator stands, all or with one verdict."""
    said = state.last_verdicts_of(curator)
    return [example for example, own in said.items() if verdict in (None, own)]


def by_verdict(workspace: Workspace, state: State) -> Groups:
    """The verdict on each row as a colouring of the map, conflicts apart."""
    settled = (state.approved, state.rejected, state.conflicts, state.unsure)
    labels = np.full(open_pool(workspace).n_rows, -1, dtype=np.int64)
    for label, examples in enumerate(settled):
        labels[places(workspace).of(examples)] = label
    said = digest(labels.astype(np.int8).tobytes())
    own = own_fingerprint(in_use(workspace, "pool").fingerprint, f"verdicts {said}")
    return Groups(
        VERDICT_TITLE, labels, tuple(COLOURS), NO_VERDICT, own, meanings=tuple(COLOURS.values())
    )


@lru_cache(maxsize=2)
def _places(folder: Path, root: Path) -> Places:
    ids = np.array([one.encode() for one in open_pool(Workspace(root)).ids()], dtype="S32")
    rows = np.argsort(ids, kind="stable").astype(np.int64)
    return Places(ids[rows], rows)
