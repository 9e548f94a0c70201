"""Names of latents and neurons brought from a file and written to one: JSON or CSV."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass

from core.errors import DataError, RequestError
from core.pipeline.marks import LONGEST, Kind, how_many, mark_all, marks
from core.workspace import Workspace

FORMS = ("json", "csv")
DIGITS = 12
LARGEST = 64 << 20  # bytes of a file of labels


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file of labels."""

    n_new: int
    n_changed: int
    n_same: int
    n_shortened: int  # labels cut to LONGEST characters
    outside: tuple[int, ...]  # numbers that do not exist here


def export_labels(workspace: Workspace, kind: Kind, form: str = "json") -> str:
    """All labels as a JSON object of number to text, or as CSV with a header."""
    if form not in FORMS:
        raise RequestError(f"labels are written as {' or '.join(FORMS)}; seen {form!r}")
    found = {n: one.label for n, one in sorted(marks(workspace).of(kind).items()) if one.label}
    if form == "json":
        return json.dumps(found, indent=1, ensure_ascii=False)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([kind, "label"])
    writer.writerows(found.items())
    return text.getvalue()


def import_labels(workspace: Workspace, kind: Kind, data: bytes, name: str) -> Imported:
    """Take labels over from a file's bytes; a label that is there already gives way.

    JSON is an object of number to text, CSV has a number and a text in its first two columns.
    Raises DataError when it is neither. `name` is kept as the labels' source.
    """
    given = parse_labels(data)
    known, n = marks(workspace).of(kind), how_many(workspace, kind)
    outside = tuple(number for number in given if not 0 <= number < n)
    inside = {k: " ".join(v.split())[:LONGEST] for k, v in given.items() if 0 <= k < n}
    before = {k: known[k].label if k in known else "" for k in inside}
    changes = {k: {"label": label} for k, label in inside.items() if label != before[k]}
    mark_all(workspace, kind, changes, source=name)
    n_new = sum(not before[k] for k in changes)
    return Imported(
        n_new=n_new,
        n_changed=len(changes) - n_new,
        n_same=len(inside) - len(changes),
        n_shortened=sum(len(" ".join(given[k].split())) > LONGEST for k in inside),
        outside=outside,
    )


def parse_labels(data: bytes) -> dict[int, str]:
    """Labels by number from the bytes of a JSON or CSV file."""
    if len(data) > LARGEST:
        raise DataError(f"a file of labels has at most {LARGEST >> 20} MB; this one is larger")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"the labels are not UTF-8 text: {error}") from error
    return _from_json(text) if text.lstrip().startswith("{") else _from_csv(text)


def _from_json(text: str) -> dict[int, str]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(f"the labels are no JSON: {error}") from error
    for number, label in value.items():
        if not (_is_number(number) and isinstance(label, str)):
            raise DataError(f'labels are written {{"812": "text"}}; seen {number!r}: {label!r}')
    return {int(number): label for number, label in value.items()}


def _from_csv(text: str) -> dict[int, str]:
    found: dict[int, str] = {}
    for line, row in enumerate(csv.reader(io.StringIO(text)), start=1):
        if not row or (line == 1 and not _is_number(row[0].strip())):
            continue  # a header, or an empty line
        number = row[0].strip()
        if len(row) < 2 or not _is_number(number):
            raise DataError(f"line {line} of the labels is not a number and a text; seen {row[:2]}")
        found[int(number)] = row[1]
    return found


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < DIGITS
