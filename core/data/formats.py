"""Which reader a local file needs: by its first bytes, then by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from core.data.columnar import read_parquet
from core.data.json_document import read_json_document
from core.data.jsonl import read_jsonl
from core.data.limits import MAX_RECORD_BYTES
from core.data.opening import Opened, opened
from core.data.rows import BadRow, Rejected, Row, shown
from core.data.separated import read_separated
from core.data.strict_json import parse_record
from core.errors import DataError
from core.registry import Registry

Reader = Callable[[Opened], Iterator[Row | Rejected]]

READERS: Registry[Reader] = Registry("file format")
READERS.add("jsonl", read_jsonl)
READERS.add("json", read_json_document)
READERS.add("csv", read_separated)
READERS.add("parquet", read_parquet)

_BY_SUFFIX = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
}


def format_of(path: Path) -> str:
    """Name of the file's reader in READERS; `.gz` in the name counts for nothing.

    A `.json` file may be a list, an object with a list under `data`, or JSON Lines in truth.
    Raises DataError for a file of another kind.
    """
    with opened(path) as file:
        line, is_whole = _first_line(file)
    named = _BY_SUFFIX.get(_suffix(path), "")
    if line.startswith(b"PAR1"):
        return "parquet"
    if named == "parquet":
        raise DataError(f"{shown(path.name)} is named like Parquet but does not begin like it")
    if named:
        return named
    if not line:
        raise DataError(f"{shown(path.name)} holds nothing but white space")
    if line[:1] not in (b"[", b"{"):
        raise DataError(
            f"{shown(path.name)} is neither JSON nor Parquet; name a CSV file .csv, "
            "a tab-separated one .tsv, or convert it"
        )
    return "jsonl" if is_whole and _is_record(line) else "json"


def _suffix(path: Path) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    return suffixes[-1] if suffixes else ""


def _first_line(file: Opened) -> tuple[bytes, bool]:
    """The first line that is not blank, without outer white space; False if cut at 8 MB."""
    while line := file.stream.readline(MAX_RECORD_BYTES):
        if line.strip():
            return line.strip(), len(line) < MAX_RECORD_BYTES or line.endswith(b"\n")
    return b"", True


def _is_record(line: bytes) -> bool:
    """Whether a line is one record of JSON Lines, if perhaps a broken one."""
    if not (line.startswith(b"{") and line.endswith(b"}")):
        return False
    try:
        record, _ = parse_record(line)
    except BadRow:
        return True
    return not isinstance(record.get("data"), list)
