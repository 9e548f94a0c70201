"""JSON Lines: one object a line, blank lines skipped."""

from __future__ import annotations

from collections.abc import Iterator

from core.data.limits import MAX_RECORD_BYTES
from core.data.lines import bounded_lines
from core.data.opening import Opened
from core.data.rows import Rejected, Row
from core.data.strict_json import json_row


def read_jsonl(file: Opened) -> Iterator[Row | Rejected]:
    """A row or a refusal for each line that is not blank; one line is in memory at a time."""
    for number, line in bounded_lines(file.stream):
        if line is None:
            yield Rejected(number, f"longer than {MAX_RECORD_BYTES >> 20} MB")
        elif not line.isspace():
            yield json_row(number, line)
