"""What an export will hold, before it is written: its first lines, and what it cannot carry."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from core.data.pool import Pool
from core.errors import RequestError
from core.export.formats import FORMATS
from core.export.records import Written
from core.options import as_values, configure
from core.pipeline.export_rows import PoolExamples

FIRST = 3  # rows that are shown
MOST = 20_000  # rows that are tried; of more the first so many
LONGEST = 1_500  # characters of a line that are shown
LONGEST_FILE = 4_000


@dataclass(frozen=True, slots=True)
class Preview:
    """The beginnings of the files, and what the whole comes to."""

    files: tuple[tuple[str, str], ...]  # name, and the text of its beginning
    n_rows: int  # rows that the format carries, of those tried
    n_tried: int
    refused: Mapping[str, int]  # reason -> rows
    omitted: Mapping[str, int]  # field -> rows
    notes: tuple[str, ...]
    options: Mapping[str, Any]  # as they are settled for these rows


def preview(pool: Pool, ids: Sequence[str], form: str, options: Mapping[str, Any]) -> Preview:
    """Write the rows to a folder that is thrown away, and look at it.

    Raises RequestError where the format or an option is unknown, or the format has no way to
    write these rows.
    """
    kind = FORMATS.get(form)
    if not ids:
        raise RequestError("there is no row to export; choose some, or export other rows")
    examples = PoolExamples(pool, pool.rows_of(ids[:MOST]))
    config: Any = kind.settle(examples, configure(kind.config, options))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        written = kind.write(examples, folder, config)
        names = _in_order(folder, written)
        files = tuple((name, _beginning(folder / name)) for name in names)
    return Preview(
        files=files,
        n_rows=len(written.ids),
        n_tried=len(examples),
        refused=dict(Counter(one.reason for one in written.refused)),
        omitted=written.omitted,
        notes=written.notes,
        options=as_values(config),
    )


def _in_order(folder: Path, written: Written) -> list[str]:
    """The files, the data first."""
    found = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    return [written.data_file, *sorted(set(found) - {written.data_file})]


def _beginning(path: Path) -> str:
    if path.suffix == ".parquet":
        return "\n".join(_cut(json.dumps(one, ensure_ascii=False)) for one in _records(path))
    if path.suffix in (".jsonl", ".csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            n_lines = FIRST + (path.suffix == ".csv")
            return "\n".join(_cut(line.rstrip("\r\n")) for line in islice(stream, n_lines))
    with path.open(encoding="utf-8") as stream:
        text = stream.read(LONGEST_FILE + 1)
    return text.rstrip("\n") if len(text) <= LONGEST_FILE else f"{text[:LONGEST_FILE]}…"


def _records(path: Path) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    for batch in pq.ParquetFile(path).iter_batches(batch_size=FIRST):
        records: list[dict[str, Any]] = batch.to_pylist()
        return records
    return []


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"
