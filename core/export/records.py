"""What formats take and give: an example with its record, and what was written of all of them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


class Refused(Exception):
    """A format cannot carry an example; the message is the reason, in a few words."""


@dataclass(frozen=True, slots=True)
class Example:
    """One chosen row: its place in the pool, its id, its record as it came, and its turns."""

    row: int
    id: str
    raw: str  # the record as JSON on one line
    turns: tuple[tuple[str, str], ...]  # role and text
    schema: str = ""  # the shape of the record, by name
    read: Collection[str] = ()  # fields of the record that hold the turns

    @property
    def record(self) -> dict[str, Any]:
        """The record as it came."""
        value: dict[str, Any] = json.loads(self.raw)
        return value


class Examples(Protocol):
    """The chosen rows in their order; may be walked more than once."""

    def __len__(self) -> int:
        """Number of rows."""

    def __iter__(self) -> Iterator[Example]:
        """The rows, one at a time."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not written, and why."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Written:
    """What a format wrote."""

    data_file: str  # its main file, by its place in the folder
    ids: tuple[str, ...]  # example ids in the order of the file
    refused: tuple[Refusal, ...] = ()
    omitted: Mapping[str, int] = field(default_factory=dict)  # field -> rows that had it
    notes: tuple[str, ...] = ()  # what else a reader of the file has to know
    features: tuple[Mapping[str, Any], ...] = ()  # columns as the hub's front matter has them


@dataclass(frozen=True, slots=True)
class Loading:
    """How one tool reads an export: code to copy."""

    tool: str
    language: str
    code: str
