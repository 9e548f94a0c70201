"""The pool: every example that a selector may choose from, as one Arrow table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.data.examples import Turn
from core.data.metadata import OWN_COLUMNS, Kind
from core.data.rows import listed, shown, shown_path
from core.errors import DataError, RequestError
from core.records import Rows

FILE_NAME = "pool.parquet"
ROW_GROUP = 16_384  # rows
_KIND = b"kind"
_TURNS = pa.large_list(pa.struct([("role", pa.string()), ("text", pa.large_string())]))
OWN_FIELDS = pa.schema(
    [
        ("id", pa.string()),
        ("source", pa.string()),
        ("schema", pa.string()),
        ("turns", _TURNS),
        ("raw", pa.large_string()),
        ("n_prompt_words", pa.int32()),
        ("n_response_words", pa.int32()),
        ("n_turns", pa.int32()),
    ]
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a page may filter or colour by."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Pool:
    """Examples in the order in which they were read; every id stands once.

    The table has the columns of OWN_FIELDS, then one for each metadata field. `raw` is the record
    as it came, as JSON on one line.
    """

    table: pa.Table

    @classmethod
    def load(cls, folder: Path) -> Pool:
        """Open a saved pool; DataError when it is missing, damaged or of another make."""
        path = folder / FILE_NAME
        try:
            table = pq.read_table(path, memory_map=True, page_checksum_verification=True)
        except (pa.ArrowException, OSError) as error:
            reason = str(error).splitlines()[0]
            raise DataError(
                f"the pool {shown_path(path)} cannot be read: {reason}; ingest again"
            ) from None
        foreign = [field for field in table.schema if field.name not in OWN_COLUMNS]
        if not set(OWN_COLUMNS) <= set(table.column_names) or not all(map(_kind_of, foreign)):
            raise DataError(f"{shown_path(path)} is no pool of this program; ingest again")
        return cls(table)

    def save(self, folder: Path) -> None:
        """Write the pool into an existing folder, with a checksum on every page."""
        pq.write_table(
            self.table,
            folder / FILE_NAME,
            row_group_size=ROW_GROUP,
            compression="zstd",
            write_page_checksum=True,
        )

    @property
    def n_rows(self) -> int:
        """Number of examples."""
        return int(self.table.num_rows)

    def ids(self) -> list[str]:
        """Example ids, 32 hex digits each, in pool order."""
        return self.table["id"].to_pylist()

    def rows_of(self, ids: Sequence[str], *, called: str = "example") -> Rows:
        """Positions of example ids, in their order; RequestError names those not in the pool.

        `called` says in the message what the ids were given as, such as 'pinned'.
        """
        found = pc.index_in(pa.array(ids, pa.string()), value_set=self.table["id"])
        missing = [name for name, row in zip(ids, found.to_pylist(), strict=True) if row is None]
        if missing:
            raise RequestError(
                f"{len(missing)} of {len(ids)} {called} ids are not in the pool: "
                f"{listed(missing)}; "
                "an id is the 32 hex digits in the pool's id column"
            )
        return found.to_numpy(zero_copy_only=False).astype(np.int64)

    def turns(self, row: int) -> tuple[Turn, ...]:
        """The turns of one example."""
        turns = self.table["turns"][row].as_py()
        return tuple(Turn(turn["role"], turn["text"]) for turn in turns)

    def texts(self, rows: Rows | None = None) -> list[str]:
        """Turn texts joined by a line feed, as an encoder reads them; of all rows, or of these."""
        return [text for chunk in self._turns(rows).chunks for text in _joined(chunk).to_pylist()]

    def raw_rows(self, rows: Rows) -> Iterator[str]:
        """The original records of these rows as JSON, in this order."""
        raw = self.table["raw"]
        for row in rows:
            yield raw[int(row)].as_py()

    def columns(self) -> list[Column]:
        """The metadata columns and our own three counts and `source`, with their kinds."""
        own = [Column("source", "categorical"), Column("schema", "categorical")]
        own += [Column(name, "numeric") for name in OWN_COLUMNS if name.startswith("n_")]
        foreign = [field for field in self.table.schema if field.name not in OWN_COLUMNS]
        return own + [Column(field.name, _kind_of(field)) for field in foreign]

    def column(self, name: str) -> NDArray[np.float64] | NDArray[np.object_]:
        """A column's values, (n_rows,): float64 with NaN for none if numeric, else text or None.

        RequestError names the columns there are.
        """
        kinds = {column.name: column.kind for column in self.columns()}
        if name not in kinds:
            raise RequestError(f"the pool has no column {shown(name)}; it has {listed(kinds)}")
        values = self.table[name]
        if kinds[name] == "numeric":
            return values.cast(pa.float64(), safe=False).to_numpy()
        return np.array(values.to_pylist(), dtype=object)

    def _turns(self, rows: Rows | None) -> pa.ChunkedArray:
        turns = self.table["turns"]
        return turns if rows is None else turns.take(pa.array(rows))


def metadata_field(name: str, values: pa.Array, kind: Kind) -> pa.Field:
    """The field of a metadata column, which remembers its kind."""
    return pa.field(name, values.type, metadata={_KIND: kind.encode()})


def _kind_of(field: pa.Field) -> Any:
    return (field.metadata or {}).get(_KIND, b"").decode()


def _joined(turns: pa.Array) -> pa.Array:
    # flatten and the rebuilt offsets both honour a slice, which `.values` would not
    texts = pc.struct_field(turns.flatten(), "text")
    lengths = turns.value_lengths().to_numpy(zero_copy_only=False)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    line_feed = pa.scalar("\n", pa.large_string())
    return pc.binary_join(pa.LargeListArray.from_arrays(pa.array(offsets), texts), line_feed)
