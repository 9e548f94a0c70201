"""CSV in the schema of the source; inner fields as JSON, and on demand safe for spreadsheets."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.export.columns import check_one_schema, records_of
from core.export.formats.format import FORMATS, At, Format
from core.export.loading import datasets_code, pandas_code
from core.export.records import Examples, Loading, Written
from core.options import option

FILE = "data.csv"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a cell begins with that a spreadsheet takes for a formula, or for a way into one."""
_NUMBER = re.compile(r"-[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class CsvConfig:
    """How cells are written."""

    spreadsheet_safe: bool = option(
        False,
        "Put an apostrophe before text that a spreadsheet would run as a formula. This alters "
        "those values: train on the exact file.",
    )


def settle_csv(examples: Examples, config: CsvConfig) -> CsvConfig:
    """Refuse rows of several schemas."""
    check_one_schema(examples, "CSV")
    return config


def write_csv(examples: Examples, folder: Path, config: CsvConfig) -> Written:
    """A header and a line a record; numbers, lists and objects as in JSON, null as nothing."""
    names = list(dict.fromkeys(name for record in records_of(examples) for name in record))
    ids, n_altered = [], 0
    with (folder / FILE).open("x", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)  # RFC 4180: CRLF, which also has a lone CR quoted
        writer.writerow(_safe(name) if config.spreadsheet_safe else name for name in names)
        for example in examples:
            cells = _cells(example.record, names)
            if config.spreadsheet_safe:
                safe = [_safe(cell) for cell in cells]
                n_altered += sum(one != other for one, other in zip(safe, cells, strict=True))
                cells = safe
            writer.writerow(cells)
            ids.append(example.id)
    notes = [f"{n_altered:,} cells have an apostrophe before them, which is not in the source."]
    return Written(FILE, tuple(ids), notes=tuple(notes if config.spreadsheet_safe else ()))


def _cells(record: Mapping[str, Any], names: list[str]) -> list[str]:
    return [_cell(record.get(name)) for name in names]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _safe(cell: str) -> str:
    """A cell that no spreadsheet runs; a plain negative number is none to begin with."""
    if not cell.startswith(FORMULA) or _NUMBER.fullmatch(cell):
        return cell
    return f"'{cell}"


def _loading(config: CsvConfig, at: At) -> tuple[Loading, ...]:
    path = at(FILE)
    return datasets_code("csv", path), pandas_code("read_csv", path, keep_default_na=False)


FORMATS.add(
    "csv",
    Format(
        name="csv",
        title="CSV",
        brief="A table of text, for a spreadsheet or a quick look.",
        about="The records as a table of text; lists and objects stand in their cells as JSON.",
        group="source",
        write=write_csv,
        loading=_loading,
        config=CsvConfig,
        settle=settle_csv,
    ),
)
