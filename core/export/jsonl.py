"""JSON Lines: each chosen row's original record on one line, in pick order."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def write_jsonl(raw_rows: Iterable[str], path: Path) -> int:
    """Write a new file, UTF-8 with LF line ends; the number of lines.

    The same rows give the same bytes. Raises ValueError for a record of more than one line, and
    OSError when the file is there or cannot be written.
    """
    n_rows = 0
    with path.open("x", encoding="utf-8", newline="\n") as stream:
        for raw in raw_rows:
            if "\n" in raw:
                raise ValueError(f"record {n_rows + 1} is more than one line of JSON")
            stream.write(raw + "\n")
            n_rows += 1
    return n_rows
