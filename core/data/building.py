"""Builds a pool row by row, with the texts in Arrow memory from early on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from core.data.examples import Turn
from core.data.metadata import MetadataColumns, metadata_of
from core.data.pool import OWN_FIELDS, Pool, metadata_field
from core.data.rows import Row
from core.data.schemas import Schema

CHUNK_ROWS = 4_096


class PoolBuilder:
    """Collects distinct examples; Python objects of at most one chunk are alive."""

    def __init__(self) -> None:
        self.n_rows = 0
        self.metadata = MetadataColumns()
        self._chunk: list[dict[str, Any]] = []
        self._batches: list[pa.RecordBatch] = []

    def add(
        self, name: str, turns: Sequence[Turn], row: Row, *, source: str, schema: Schema
    ) -> None:
        """Take one example under its id `name`."""
        self._chunk.append(
            {
                "id": name,
                "source": source,
                "schema": schema.name,
                "turns": [{"role": turn.role, "text": turn.text} for turn in turns],
                "raw": row.raw,
                "n_turns": len(turns),
                **_word_counts(turns),
            }
        )
        found = metadata_of(row.record, schema.columns)
        self.metadata.add(self.n_rows, found, is_typed=row.is_typed)
        self.n_rows += 1
        if len(self._chunk) >= CHUNK_ROWS:
            self._flush()

    def build(self) -> Pool:
        """The pool of all examples so far."""
        self._flush()
        table = pa.Table.from_batches(self._batches, OWN_FIELDS)
        for name, (values, kind) in self.metadata.arrays(self.n_rows).items():
            table = table.append_column(metadata_field(name, values, kind), values)
        return Pool(table)

    def _flush(self) -> None:
        if self._chunk:
            self._batches.append(pa.RecordBatch.from_pylist(self._chunk, OWN_FIELDS))
            self._chunk = []


def _word_counts(turns: Sequence[Turn]) -> dict[str, int]:
    counts = {"n_prompt_words": 0, "n_response_words": 0}
    for turn in turns:
        name = "n_response_words" if turn.role == "assistant" else "n_prompt_words"
        counts[name] += len(turn.text.split())
    return counts
