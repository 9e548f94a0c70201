"""Random orders of the pool in use over a few seeds: what chance does, and how much it varies."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from core.pipeline.views import in_use, selection_view
from core.records import Rows
from core.select.hashing import hash_order
from core.workspace import Workspace

N_SEEDS = 5


def random_orders(workspace: Workspace) -> tuple[Rows, ...]:
    """The order of the method `random` for each of the first seeds, over the whole pool."""
    return _orders(str(workspace.root), in_use(workspace, "pool").fingerprint)


@lru_cache(maxsize=2)
def _orders(root: str, pool: str) -> tuple[Rows, ...]:
    view = selection_view(Workspace(Path(root)), device="cpu")
    ids, ranks = view.id_hash, view.id_rank
    return tuple(hash_order(seed, ids, ranks) for seed in range(N_SEEDS))
