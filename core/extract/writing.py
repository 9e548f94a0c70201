"""Writes readings from one part or many, array after array, a part in memory at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.errors import WorkspaceError
from core.extract.facts import UNIT_KINDS, Facts
from core.extract.npy import NpyWriter
from core.extract.sums import UnitSums
from core.records import Progress, silent

if TYPE_CHECKING:
    from core.extract.readings import ShardReadings, UnitReadings

    Part = Callable[[], ShardReadings]

ROW_ARRAYS = {"embeddings": np.float16, "n_tokens": np.int32, "truncated": np.bool_}


def save_shard(shard: ShardReadings, folder: Path) -> None:
    """Write the readings of one shard into an existing folder; WorkspaceError when that fails."""
    write_parts([lambda: shard], folder)


def write_parts(parts: Sequence[Part], out: Path, *, progress: Progress = silent) -> None:
    """Write parts, each opened when needed, as one folder; the facts last.

    Raises WorkspaceError for parts that do not belong together, or a folder that is full.
    """
    first, facts = parts[0](), _facts(parts)
    total = len(ROW_ARRAYS) + len(facts.columns)
    for done, (name, dtype) in enumerate(ROW_ARRAYS.items()):
        progress(done, total, name)
        shape = (facts.n_rows, *getattr(first, name).shape[1:])
        with NpyWriter(out / f"{name}.npy", dtype, shape) as writer:
            for part in parts:
                writer.append(getattr(part(), name))
    for done, kind in enumerate(facts.columns, start=len(ROW_ARRAYS)):
        progress(done, total, kind)
        _write_units(kind, parts, out, facts)
    facts.save(out)
    progress(total, total)


def _write_units(kind: str, parts: Sequence[Part], out: Path, facts: Facts) -> None:
    nnz, base = facts.nnz[kind], 0
    sums = UnitSums.zero(facts.columns[kind])
    with (
        NpyWriter(out / f"{kind}.indptr.npy", np.int64, (facts.n_rows + 1,)) as indptr,
        NpyWriter(out / f"{kind}.indices.npy", np.uint32, (nnz,)) as indices,
        NpyWriter(out / f"{kind}.values.npy", np.float16, (nnz,)) as values,
    ):
        indptr.append(np.zeros(1, dtype=np.int64))
        for part in parts:
            units = _units(part(), kind)
            indptr.append(units.rows.indptr[1:] + base)
            indices.append(units.rows.indices)
            if units.rows.values is not None:
                values.append(units.rows.values)
            base += units.rows.nnz
            sums += units.sums
    with NpyWriter(out / f"{kind}.sums.npy", np.float64, sums.values.shape) as writer:
        writer.append(sums.values)


def _facts(parts: Sequence[Part]) -> Facts:
    """Sizes of the whole, from a first look at every part."""
    shapes: set[tuple[object, ...]] = set()
    columns: dict[str, int] = {}
    splits: list[int] = []
    nnz, counted = dict.fromkeys(UNIT_KINDS, 0), dict.fromkeys(UNIT_KINDS, 0)
    n_rows = 0
    for open_part in parts:
        part = open_part()
        there = {kind: units for kind in UNIT_KINDS if (units := part.units(kind)) is not None}
        columns = {kind: units.rows.n_columns for kind, units in there.items()}
        shapes.add((part.embeddings.shape[1], *columns.items()))
        n_rows += part.n_rows
        splits += part.splits
        for kind, units in there.items():
            nnz[kind] += units.rows.nnz
            counted[kind] += units.sums.n_rows
    if len(shapes) > 1:
        raise WorkspaceError(
            f"these {len(parts)} shards do not belong together: {len(shapes)} different shapes; "
            "make them again with one model and one SAE"
        )
    return Facts(
        n_rows,
        columns,
        {kind: nnz[kind] for kind in columns},
        {kind: counted[kind] for kind in columns},
        tuple(splits),
    )


def _units(part: ShardReadings, kind: str) -> UnitReadings:
    units = part.units(kind)
    if units is None:
        raise WorkspaceError(f"a shard of these readings lost its {kind}; make it again")
    return units
