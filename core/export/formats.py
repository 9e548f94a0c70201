"""The file formats of an export, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from core.export.jsonl import write_jsonl
from core.registry import Registry


@dataclass(frozen=True, slots=True)
class Format:
    """One file format; `write` takes raw records as JSON in pick order and returns their number."""

    name: str
    title: str
    file_name: str
    write: Callable[[Iterable[str], Path], int]


FORMATS: Registry[Format] = Registry("export format")
FORMATS.add(
    "jsonl",
    Format("jsonl", "JSON Lines in the schema of the source", "data.jsonl", write_jsonl),
)
