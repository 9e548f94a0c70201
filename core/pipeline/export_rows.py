"""Rows of a pool as an export takes them, read a few at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from core.data.pool import Pool
from core.data.schemas import SCHEMAS
from core.export.records import Example
from core.records import Rows

AT_ONCE = 1_024
LICENCES = ("license", "licence", "meta.license", "meta.licence")
MOST_LICENCES = 10


@dataclass(frozen=True, slots=True)
class PoolExamples:
    """Chosen rows of a pool in their order; may be walked more than once."""

    pool: Pool
    rows: Rows

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Example]:
        columns = self.pool.table.select(["id", "raw", "turns", "schema"])
        for start in range(0, len(self.rows), AT_ONCE):
            some = self.rows[start : start + AT_ONCE]
            taken = columns.take(pa.array(some)).to_pylist()
            for row, values in zip(some.tolist(), taken, strict=True):
                yield _example(row, values)


def licences_of(pool: Pool, rows: Rows) -> dict[str, int]:
    """What the sources themselves say of the licence of these rows, with how many say it."""
    there = {one.name for one in pool.columns()}
    for name in LICENCES:
        if name in there:
            said = Counter(str(one) for one in pool.column(name)[rows] if one)
            return dict(said.most_common(MOST_LICENCES))
    return {}


def _example(row: int, values: dict[str, Any]) -> Example:
    schema = values["schema"]
    return Example(
        row=row,
        id=values["id"],
        raw=values["raw"],
        turns=tuple((turn["role"], turn["text"]) for turn in values["turns"]),
        schema=schema,
        read=SCHEMAS.get(schema).columns if schema in set(SCHEMAS) else (),
    )
