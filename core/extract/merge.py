"""Joins the readings of shards into those of the pool, in order and in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from core.extract.readings import ShardReadings
from core.extract.writing import write_parts
from core.records import Progress, silent


def merge_shards(folders: Sequence[Path], out: Path, *, progress: Progress = silent) -> None:
    """Join saved shards, in the order given, into one folder of the same form.

    One array of one shard is in memory at a time. Sums are added in this order too, so the same
    shards always give the same bits. Raises WorkspaceError for a damaged shard, shards that do
    not belong together, or a full disk.
    """
    if not folders:
        raise ValueError("there is no shard to merge")
    write_parts([_opener(folder) for folder in folders], out, progress=progress)


def _opener(folder: Path) -> Callable[[], ShardReadings]:
    return lambda: ShardReadings.load(folder)
