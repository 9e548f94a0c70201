"""CSV and its relatives: a header line, then a record a line, every value as text."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator

from core.data.limits import MAX_RECORD_BYTES
from core.data.lines import bounded_lines
from core.data.opening import Opened
from core.data.rows import BadRow, Rejected, Row, listed, repeated, shown
from core.data.strict_json import check_size
from core.errors import DataError

DELIMITERS = (",", ";", "\t")


def read_separated(file: Opened) -> Iterator[Row | Rejected]:
    """A row or a refusal for each record; quoted fields may span lines.

    The delimiter is the one of comma, semicolon and tab that the header holds most often. Raises
    DataError for a header that cannot be read or names a column twice.
    """
    csv.field_size_limit(MAX_RECORD_BYTES)
    lines = _Lines(file)
    reader, names = _header(lines, file.name)
    while True:
        line = lines.begin_record()
        try:
            cells = next(reader)
            if cells:
                yield _row(line, names, cells)
        except StopIteration:
            return
        except (csv.Error, BadRow) as reason:
            yield Rejected(line, str(reason))


def _header(lines: _Lines, name: str) -> tuple[Iterator[list[str]], list[str]]:
    try:
        delimiter = max(DELIMITERS, key=lines.peek().count)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        names = next(reader)
        json.dumps(names, ensure_ascii=False).encode()
    except StopIteration:
        raise DataError(f"{shown(name)} has no header line") from None
    except (csv.Error, UnicodeEncodeError) as error:
        raise DataError(f"the header of {shown(name)} cannot be read: {error}") from None
    if twice := repeated(names):
        raise DataError(f"{shown(name)} names a column twice: {listed(twice)}")
    return reader, names


def _row(line: int, names: list[str], cells: list[str]) -> Row:
    if len(cells) != len(names):
        raise BadRow(f"{len(cells)} cells where the header names {len(names)}")
    record = dict(zip(names, cells, strict=True))
    raw = json.dumps(record, ensure_ascii=False)
    try:
        check_size(len(raw.encode()))
    except UnicodeEncodeError:
        raise BadRow("not UTF-8") from None
    return Row(line, record, raw, is_typed=False)


class _Lines:
    """Feeds the csv reader; outlives an error in one record, as a generator would not.

    Bytes that are not UTF-8 pass as lone surrogates, so that the reader keeps its place and only
    the record that holds them is refused.
    """

    def __init__(self, file: Opened) -> None:
        self._lines = bounded_lines(file.stream)
        self._first: str | None = None
        self._line = 0
        self._n_bytes = 0

    def peek(self) -> str:
        """The first line, which stays to be read."""
        self._first = next(self, "")
        return self._first

    def begin_record(self) -> int:
        """Start counting a record's bytes; the line on which it begins."""
        self._n_bytes = 0
        return self._line + 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._first is not None:
            first, self._first = self._first, None
            return first or next(self)
        self._line, line = next(self._lines)
        self._n_bytes += MAX_RECORD_BYTES + 1 if line is None else len(line)
        if line is None or self._n_bytes > MAX_RECORD_BYTES:
            raise csv.Error(f"longer than {MAX_RECORD_BYTES >> 20} MB; is a quote left open?")
        return line.decode("utf-8", errors="surrogateescape")
