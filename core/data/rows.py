"""What every reader yields: a record with its raw JSON text, or the reason why there is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

SHOWN = 40  # characters of a foreign value that a message repeats
SHOWN_PATH = 300  # characters of a path in a message


class BadRow(Exception):
    """One record cannot be used; the message is the reason, in a few words."""


@dataclass(frozen=True, slots=True)
class Row:
    """A readable record; `line` is where it begins, or its number where a format has no lines."""

    line: int
    record: dict[str, Any]
    raw: str  # the record as JSON on one line, keys in their own order
    is_typed: bool = True  # False for CSV, where a number is text as well


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that cannot be read, and why."""

    line: int
    reason: str


def shown(value: object) -> str:
    """A foreign value as a message may repeat it: quoted, escaped, cut to 40 characters."""
    text = value if isinstance(value, str) else str(value)
    return repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")


def shown_path(path: object) -> str:
    """A path as a message may repeat it: quoted, escaped, its end kept when it is very long."""
    text = str(path)
    return repr(text if len(text) <= SHOWN_PATH else f"…{text[-SHOWN_PATH:]}")


def listed(names: Iterable[str], most: int = 12) -> str:
    """Foreign names in one line, the first twelve of them."""
    names = list(names)
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return (", ".join(shown(name) for name in names[:most]) or "none") + rest


def repeated(names: Iterable[str]) -> list[str]:
    """The names that stand more than once, in order."""
    return [name for name, n_times in Counter(names).items() if n_times > 1]


def kind_of(value: object) -> str:
    """What a JSON value is, in plain words."""
    kinds = {dict: "an object", list: "a list", str: "text", bool: "true or false"}
    return "null" if value is None else kinds.get(type(value), "a number")
