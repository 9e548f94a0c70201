"""What a kind of filter is: the fields of its value, the rows it keeps, the words on its chip."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.data.rows import shown
from core.errors import RequestError
from core.pipeline.views import open_pool
from core.records import Bools, Floats, Rows
from core.registry import Registry
from core.select.selection import Selection
from core.workspace import Workspace

Value = Mapping[str, Any]
Reader = Callable[[Any], Any]
"""Gives a field's value as it is used; ValueError says what is needed instead."""

NOT = "not"
LONGEST_TEXT = 8_192  # characters of one field
MOST_IDS = 200_000
SHOWN_TEXT = 48  # characters of a person's words on a chip
SHOWN_CODE = 100  # characters of a pattern or a condition


@dataclass(frozen=True, slots=True)
class Scene:
    """What a filter looks at: the workspace, and the subset in view where there is one."""

    workspace: Workspace
    chosen: Selection | None

    @property
    def n_rows(self) -> int:
        """Rows of the pool in use."""
        return open_pool(self.workspace).n_rows

    def nothing(self) -> Bools:
        """A mask that keeps no row, (n_rows,), to be filled."""
        return np.zeros(self.n_rows, dtype=np.bool_)

    def these(self, rows: Rows) -> Bools:
        """A mask that keeps the given rows."""
        mask = self.nothing()
        mask[rows] = True
        return mask


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows that one filter keeps."""

    mask: Bools  # (n_rows,)
    scores: Floats | None = None  # (n_rows,), where the filter ranks what it keeps
    missing: tuple[str, ...] = ()  # example ids that it names and the pool lacks


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a filter's value; without a default it must be given."""

    read: Reader
    default: Any = None
    is_needed: bool = True


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of filter.

    `reads` are the roles of the workspace that its answer depends on, beside the pool; what is
    kept of an answer is thrown away when one of them changes.
    """

    name: str
    fields: Mapping[str, Field]
    keep: Callable[[Scene, Value], Answer]
    title: Callable[[Workspace, Value], str]
    reads: tuple[str, ...] = ()
    asks_chosen: bool = False

    def checked(self, value: Any) -> dict[str, Any]:
        """The fields of a value as they are used; RequestError names the field that is wrong."""
        if not isinstance(value, Mapping):
            raise RequestError(f"a {self.name} filter is an object of fields; seen {shown(value)}")
        strange = [name for name in value if name not in self.fields and name != NOT]
        if strange:
            has = ", ".join(self.fields)
            raise RequestError(f"a {self.name} filter has no {shown(strange[0])}; it has {has}")
        if not isinstance(value.get(NOT, False), bool):
            raise RequestError(f"'not' of a {self.name} filter is true or false")
        return {name: self._read(name, one, value) for name, one in self.fields.items()}

    def _read(self, name: str, one: Field, value: Value) -> Any:
        if name not in value:
            if one.is_needed:
                raise RequestError(f"a {self.name} filter needs {name!r}")
            return one.default
        try:
            return one.read(value[name])
        except ValueError as error:
            raise RequestError(
                f"{name!r} of a {self.name} filter is {error}; seen {shown(value[name])}"
            ) from None


KINDS: Registry[Kind] = Registry("filter")


def filter_kind(
    name: str,
    fields: Mapping[str, Field],
    title: Callable[[Workspace, Value], str],
    *,
    reads: tuple[str, ...] = (),
    asks_chosen: bool = False,
) -> Callable[[Callable[[Scene, Value], Answer]], Callable[[Scene, Value], Answer]]:
    """Register the function that answers a kind of filter."""

    def register(keep: Callable[[Scene, Value], Answer]) -> Callable[[Scene, Value], Answer]:
        KINDS.add(name, Kind(name, fields, keep, title, reads, asks_chosen))
        return keep

    return register


def needed(read: Reader) -> Field:
    """A field that must be given."""
    return Field(read)


def optional(read: Reader, default: Any) -> Field:
    """A field with a default."""
    return Field(read, default, is_needed=False)


def text(value: Any) -> str:
    """Some text that is not empty."""
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_TEXT:
        raise ValueError(f"text of 1 to {LONGEST_TEXT:,} characters")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("text without lone surrogates") from None
    return value


def flag(value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def whole(low: int, high: int) -> Reader:
    """A whole number between two, both included."""

    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"a whole number from {low:,} to {high:,}")
        return value

    return read


def end(value: Any) -> float | None:
    """An end of a range: a finite number, or None where it is open."""
    if value is None:
        return None
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value):
        raise ValueError("a finite number or null")
    return float(value)


def scalar(value: Any) -> str | float | None:
    """A value of a column: text, a number, or None for no value."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    raise ValueError("a list of texts, numbers or null")


def listing(read: Reader, most: int) -> Reader:
    """A list of at most so many."""

    def read_all(value: Any) -> list[Any]:
        if not isinstance(value, (list, tuple)) or len(value) > most:
            raise ValueError(f"a list of at most {most:,}")
        return [read(one) for one in value]

    return read_all


def cut(words: str, most: int = SHOWN_TEXT) -> str:
    """A person's words on a chip: one line without invisible characters, cut where it is long."""
    line = " ".join("".join(one if one.isprintable() else " " for one in words).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def quoted(words: str) -> str:
    """The same in quotes."""
    return f"“{cut(words)}”"
