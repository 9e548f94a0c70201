"""Decisions as a file: CSV or JSONL, by its ending; what is written is read again unchanged.

A spreadsheet-safe CSV marks text that a spreadsheet would run or round as text by a leading
apostrophe, and says so in a column of its own, so that reading takes exactly that away again. A
file of somebody else needs no more than an id and a verdict a line.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.curate.line_events import COLUMNS, TEXTS, Line, event_of
from core.curate.records import Event
from core.errors import DataError, RequestError

FORMS = ("csv", "jsonl")
SAFE = "spreadsheet_safe"
RUNS = re.compile(r"[=+\-@\t\r']|[0-9]+(?:[eE][0-9]+)?$")  # a formula, or a number to be rounded
NOBODY = "imported"  # the curator of lines that name none
MOST_BAD = 0.2  # share of bad lines above which the file is refused
LISTED = 5
LONGEST_LINE = 1_000_000  # characters


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that was passed over, and why."""

    line: int  # from 1, as an editor counts
    reason: str


@dataclass(frozen=True, slots=True)
class FileEvents:
    """What a file of decisions holds."""

    events: tuple[Event, ...]  # by their numbers where all have one, else as the file has them
    bad: tuple[BadLine, ...]
    n_blank: int  # lines that say nothing of their example


def form_of(path: Path) -> str:
    """'csv' or 'jsonl' by a file's ending; RequestError for another."""
    form = path.suffix.removeprefix(".").lower()
    if form not in FORMS:
        raise RequestError(f"decisions are a file .csv or .jsonl; seen {path.name}")
    return form


def written(events: Iterable[Event], form: str, *, spreadsheet_safe: bool = False) -> str:
    """Events as the text of a CSV or JSONL file, everything they hold."""
    if form == "jsonl":
        return "".join(
            json.dumps(_record(one), ensure_ascii=False, allow_nan=False) + "\n" for one in events
        )
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)  # lines end as RFC 4180 has it, and so both ends are quoted
    writer.writerow((*COLUMNS, SAFE) if spreadsheet_safe else COLUMNS)
    for event in events:
        cells = {name: _cell(value) for name, value in _record(event).items()}
        if spreadsheet_safe:
            cells |= {name: _marked(cells[name]) for name in (*TEXTS, "tags")}
        row = [cells[name] for name in COLUMNS]
        writer.writerow([*row, "yes"] if spreadsheet_safe else row)
    return stream.getvalue()


def read_events(path: Path, *, curator: str = NOBODY, strict: bool = False) -> FileEvents:
    """The events of a file, and its bad lines; `curator` decided where a line names nobody.

    Raises DataError where the file cannot be read, has no good line, more than a fifth of bad
    ones, or, when `strict`, any.
    """
    form = form_of(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read as a file of decisions: {error}") from error
    return parsed(text, form, name=path.name, curator=curator, strict=strict)


def parsed(
    text: str, form: str, *, name: str, curator: str = NOBODY, strict: bool = False
) -> FileEvents:
    """The events of a file's text; errors as in `read_events`, which name the file `name`."""
    lines = _csv_lines(text, name) if form == "csv" else _json_lines(text)
    events: list[Event] = []
    bad: list[BadLine] = []
    seen: Counter[str] = Counter()
    n_blank = 0
    for number, values in lines:
        try:
            found = event_of(values, curator, seen)
        except DataError as error:
            bad.append(BadLine(number, str(error)))
            continue
        n_blank += found is None
        events += [] if found is None else [found]
    _check_worth(name, n_good=len(events) + n_blank, bad=bad, strict=strict)
    if all(one.number is not None for one in events):  # somebody may have sorted the file
        events.sort(key=lambda one: one.number or 0)
    return FileEvents(tuple(events), tuple(bad), n_blank)


def _record(event: Event) -> dict[str, Any]:
    values = {name: getattr(event, name) for name in COLUMNS}
    return {**values, "tags": list(event.tags)}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    return repr(value) if isinstance(value, float) else str(value)


def _marked(text: str) -> str:
    return f"'{text}" if RUNS.match(text) else text


def _json_lines(text: str) -> Iterator[tuple[int, Line]]:
    """Each line with its number: its object, or why it is none."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        if len(line) > LONGEST_LINE:
            yield number, f"a line has {LONGEST_LINE:,} characters at most"
            continue
        try:
            value = json.loads(line, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            yield number, f"no JSON: {error}"
            continue
        yield number, value if isinstance(value, dict) else "no JSON object"


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number")


def _csv_lines(text: str, name: str) -> Iterator[tuple[int, Line]]:
    """Each row with the number of its first line: its cells by column, or why it is none."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns = [one.strip() for one in _next(reader, name) or ()]
    if len(set(columns)) < len(columns) or not {"id", "example"} & set(columns):
        raise DataError(
            f"{name} has the columns {', '.join(columns) or 'of no header'}; a file of decisions "
            "begins with a line that names id (or example) and verdict, each once"
        )
    while True:
        line = reader.line_num + 1
        cells = _next(reader, name)
        if cells is None:
            return
        if not any(cells):
            continue
        if len(cells) != len(columns):
            yield line, f"{len(cells)} cells where the header has {len(columns)}"
            continue
        values = dict(zip(columns, cells, strict=True))
        yield line, _unmarked(values) if values.pop(SAFE, "") else values


def _next(reader: Any, name: str) -> list[str] | None:
    """The next row; a row that is cut off or torn hides where the others begin, and ends it all."""
    try:
        return next(reader, None)
    except csv.Error as error:
        raise DataError(f"{name}, line {reader.line_num}: {error}") from error


def _unmarked(values: Mapping[str, str]) -> dict[str, str]:
    return {
        name: text.removeprefix("'") if name in (*TEXTS, "tags") else text
        for name, text in values.items()
    }


def _check_worth(name: str, *, n_good: int, bad: list[BadLine], strict: bool) -> None:
    """Refuse a file that is not worth taking, naming its first bad lines."""
    if not bad or (n_good and not strict and len(bad) <= MOST_BAD * (n_good + len(bad))):
        return
    first = "; ".join(f"line {one.line}: {one.reason}" for one in bad[:LISTED])
    more = "; …" if len(bad) > LISTED else ""
    raise DataError(
        f"{len(bad):,} of {n_good + len(bad):,} lines of {name} are bad, so nothing was taken "
        f"({first}{more})"
    )
