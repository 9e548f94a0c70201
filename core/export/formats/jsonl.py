"""JSON Lines in the schema of the source: each row's own record on one line."""

from __future__ import annotations

from pathlib import Path

from core.export.formats.format import FORMATS, At, Format
from core.export.lines import DATA, write_lines
from core.export.loading import datasets_code, pandas_code
from core.export.records import Examples, Loading, Written
from core.options import NoConfig


def write_jsonl(examples: Examples, folder: Path, config: NoConfig) -> Written:
    """Every record as it came, key order and numbers included."""
    return write_lines(examples, folder, lambda example: (example.raw, ()))


def _loading(config: NoConfig, at: At) -> tuple[Loading, ...]:
    path = at(DATA)
    return datasets_code("json", path), pandas_code("read_json", path, lines=True)


FORMATS.add(
    "jsonl",
    Format(
        name="jsonl",
        title="JSON Lines, as they came",
        brief="Each record on a line, in the schema it came in.",
        about="The records as they came, byte for byte; whatever read the source reads them.",
        group="source",
        write=write_jsonl,
        loading=_loading,
    ),
)
