"""The prompts of a benchmark: user turns of any shape of record, or the lines of a text file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.data.hub import hub_reference
from core.data.ingest import MAX_BAD_SHARE
from core.data.limits import MAX_RECORD_BYTES
from core.data.lines import bounded_lines
from core.data.opening import opened
from core.data.rows import BadRow, Rejected, Row, listed
from core.data.schemas import matching
from core.data.schemas.messages import read_messages
from core.data.sources import local_path, reading
from core.errors import DataError

PROMPT_FIELDS = ("prompt", "question", "instruction", "problem", "query", "turns", "text", "input")
"""Where benchmarks without answers, or with answers of other shapes, keep the prompt."""


@dataclass(frozen=True, slots=True)
class Prompts:
    """What a benchmark asks, in the order of its records."""

    texts: tuple[str, ...]
    n_records: int
    n_bad: int  # records without a prompt


def read_prompts(source: str) -> Prompts:
    """The prompts of a local file or hub dataset; of a `.txt`, one a line.

    A record gives each of its user turns, or else the first of PROMPT_FIELDS that it has.
    Raises DataError for a source that cannot be read, holds no prompt, or is over 20 % without.
    """
    texts: list[str] = []
    n_records, n_bad, first_bad = 0, 0, ""
    for line, found in _records(source):
        n_records += 1
        if isinstance(found, str):
            n_bad += 1
            first_bad = first_bad or f"the first is line {line}: {found}"
        else:
            texts += found
    if not texts or n_bad > MAX_BAD_SHARE * n_records:
        raise DataError(
            f"{Path(source).name!r} is no list of prompts: {n_bad:,} of {n_records:,} records "
            f"have none{'; ' + first_bad if first_bad else ''}"
        )
    return Prompts(tuple(texts), n_records, n_bad)


def prompts_of(record: Mapping[str, Any]) -> list[str]:
    """The user turns of a record of a known schema, else its first field with a prompt.

    BadRow where it has neither.
    """
    schema = matching(record)
    if schema is not None:
        try:
            return [turn.text for turn in schema.turns(record) if turn.role == "user"]
        except BadRow:
            pass  # a benchmark may leave the answer out
    for name in PROMPT_FIELDS:
        found = _texts(record.get(name))
        if found:
            return found
    raise BadRow(f"columns {listed(record)} hold no prompt")


def _records(source: str) -> Iterator[tuple[int, list[str] | str]]:
    """Line and prompts of each record, or why it has none."""
    if _is_text(source):
        yield from _lines(local_path(source))
        return
    with reading(source) as found:
        for row in found.rows:
            yield row.line, _prompts(row)


def _is_text(source: str) -> bool:
    return hub_reference(source) is None and source.lower().removesuffix(".gz").endswith(".txt")


def _lines(path: Path) -> Iterator[tuple[int, list[str] | str]]:
    with opened(path) as file:
        for number, line in bounded_lines(file.stream):
            if line is None:
                yield number, f"longer than {MAX_RECORD_BYTES >> 20} MB"
            elif line.strip():
                yield number, _decoded(line)


def _decoded(line: bytes) -> list[str] | str:
    try:
        return [line.decode("utf-8").strip()]
    except UnicodeDecodeError:
        return "not UTF-8 text"


def _prompts(row: Row | Rejected) -> list[str] | str:
    if isinstance(row, Rejected):
        return row.reason
    try:
        return prompts_of(row.record)
    except BadRow as reason:
        return str(reason)


def _texts(value: Any) -> list[str]:
    """A prompt, a list of prompts, or the user turns of a list of messages."""
    if isinstance(value, str):
        return [value] if value.strip() else []
    if not isinstance(value, list):
        return []
    if all(isinstance(item, str) for item in value):
        return [item for item in value if item.strip()]
    try:
        return [turn.text for turn in read_messages(value, "messages") if turn.role == "user"]
    except BadRow:
        return []
