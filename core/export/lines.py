"""JSON Lines: one example a line, rows that cannot be carried counted and passed over."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.export.records import Example, Examples, Refusal, Refused, Written

DATA = "data.jsonl"
Render = Callable[[Example], tuple[str, tuple[str, ...]]]
"""An example as one line of JSON, and the names of its fields that are not in it."""


def write_lines(examples: Examples, folder: Path, render: Render, *, name: str = DATA) -> Written:
    """Write a new file, UTF-8 with LF line ends.

    Raises ValueError for a line that is more than one, and OSError when the file is there or
    cannot be written.
    """
    ids, refused, omitted = [], [], Counter[str]()
    with (folder / name).open("x", encoding="utf-8", newline="\n") as stream:
        for example in examples:
            try:
                line, left_out = render(example)
            except Refused as reason:
                refused.append(Refusal(example.id, str(reason)))
                continue
            if "\n" in line:
                raise ValueError(f"the record of {example.id} is more than one line of JSON")
            stream.write(line + "\n")
            ids.append(example.id)
            omitted.update(left_out)
    return Written(name, tuple(ids), tuple(refused), dict(sorted(omitted.items())))


def as_line(value: Any) -> str:
    """A JSON value on one line, text as it is."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
