"""Parquet, and any other Arrow batches: rows as JSON values, a few hundred in memory at a time."""

from __future__ import annotations

import datetime
import decimal
import io
import json
import math
import shutil
import tempfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from core.data.limits import MAX_DEPTH
from core.data.opening import BLOCK, Opened
from core.data.rows import BadRow, Rejected, Row, listed, repeated, shown
from core.data.strict_json import check_size
from core.errors import DataError

BATCH_ROWS = 512
_THRIFT_LIMIT = 64 << 20  # bytes and entries of a footer; an honest one is far smaller


def read_parquet(file: Opened) -> Iterator[Row | Rejected]:
    """A row or a refusal for each record; a missing number (NaN) becomes null.

    Raises DataError for what is not Parquet or is damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with _seekable(file.stream) as stream:
            table = pq.ParquetFile(
                stream,
                thrift_string_size_limit=_THRIFT_LIMIT,
                thrift_container_size_limit=_THRIFT_LIMIT,
                page_checksum_verification=True,
            )
            check_columns(table.schema_arrow.names, file.name)
            file.n_rows = table.metadata.num_rows
            first = 1
            for batch in table.iter_batches(batch_size=BATCH_ROWS):
                yield from batch_rows(batch, first)
                first += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(f"{shown(file.name)} is not Parquet or is damaged: {reason}") from None


def check_columns(names: list[str], source: str) -> None:
    """Refuse a table that names a column twice."""
    if twice := repeated(names):
        raise DataError(f"{shown(source)} names a column twice: {listed(twice)}")


def batch_rows(batch: Any, first: int) -> Iterator[Row | Rejected]:
    """Rows of an Arrow batch or table; `first` is the number of its first row."""
    import pyarrow as pa

    try:
        batch.validate(full=True)
        records = batch.to_pylist()
    except (pa.ArrowInvalid, ValueError):  # one bad cell: find it, keep the others
        if batch.num_rows <= 1:
            yield Rejected(first, "a value that does not fit its column, such as text not in UTF-8")
            return
        for i in range(batch.num_rows):
            yield from batch_rows(batch.slice(i, 1), first + i)
        return
    for number, record in enumerate(records, start=first):
        yield _row(number, record)


def _row(number: int, record: dict[str, Any]) -> Row | Rejected:
    try:
        plain = {name: _plain(value, 1) for name, value in record.items()}
        raw = json.dumps(plain, ensure_ascii=False)
        check_size(len(raw))
    except BadRow as reason:
        return Rejected(number, str(reason))
    return Row(number, plain, raw)


def _plain(value: Any, depth: int) -> Any:
    """The value in JSON's own types."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return _number(value)
    if depth >= MAX_DEPTH:
        raise BadRow(f"nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, dict):
        return {str(name): _plain(item, depth + 1) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (decimal.Decimal, datetime.timedelta)):
        return str(value)
    raise BadRow(f"a value of type {type(value).__name__}, which JSON cannot carry")


def _number(value: float) -> float | None:
    if math.isinf(value):
        raise BadRow("an infinite number, which JSON cannot carry")
    return None if math.isnan(value) else value


def _seekable(stream: io.BufferedReader) -> BinaryIO:
    """Parquet is read from its end, so a gzipped one is unpacked to a nameless file first."""
    if stream.seekable():
        return stream
    unpacked = tempfile.TemporaryFile()  # noqa: SIM115 (the caller closes it)
    shutil.copyfileobj(stream, unpacked, BLOCK)
    unpacked.seek(0)
    return unpacked
