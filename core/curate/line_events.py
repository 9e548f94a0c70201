"""One line of a file of decisions as an event: ours whole, somebody else's as far as it says."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.curate.payload import id_from_content
from core.curate.records import Event
from core.errors import DataError

TEXTS = ("id", "example", "curator", "verdict", "reason", "note", "batch", "undoes")
COLUMNS = (
    *("number", "at", "id", "example", "curator", "verdict", "reason", "note", "tags"),
    *("batch", "undoes", "resolves"),
)
SAYING = {"verdict", "undoes", "note", "tags"}
UNNAMED = "0" * 32  # the id of an event until its content has made one

Line = Mapping[str, Any] | str
"""The values of a line by name, or why it has none."""


def event_of(line: Line, curator: str, seen: Counter[str]) -> Event | None:
    """The event of a line, by `curator` where it names nobody; None where it says nothing.

    A line without `example` means the example's by `id`. An event that brings no id of its own
    has one of its content and of how often the file has said it before, which `seen` counts: so
    reading the file twice adds nothing. Raises DataError where the line is of another form.
    """
    if isinstance(line, str):
        raise DataError(line)
    known = {name: line[name] for name in COLUMNS if line.get(name) not in ("", None)}
    if "example" not in line:
        known["example"] = known.pop("id", None)
    if known.get("example") is None:
        raise DataError("it names no example")
    if "id" not in known and not SAYING & set(known):
        return None
    event = _event({"curator": curator, **known})
    if "id" in known:
        return event
    seen[same := id_from_content(event, 0)] += 1
    return replace(event, id=id_from_content(event, seen[same] - 1))


def _event(known: Mapping[str, Any]) -> Event:
    texts = {name: _text(name, known[name]) for name in TEXTS if name in known}
    if "verdict" in texts:
        texts["verdict"] = texts["verdict"].strip().lower()
    return Event(
        **{"id": UNNAMED, **texts},
        tags=_tags(known.get("tags")),
        resolves=_truth(known.get("resolves")),
        at=_number(known.get("at"), "at", float),
        number=_number(known.get("number"), "number", int),
    )


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise DataError(f"{name} is a text; seen {value!r}")
    return value


def _tags(value: Any) -> tuple[str, ...]:
    """A list, in a CSV as JSON or, in one of somebody else's, parted by semicolons."""
    if isinstance(value, str):
        if not value.startswith("["):
            return tuple(one.strip() for one in value.split(";") if one.strip())
        try:
            value = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise DataError(f"tags are a JSON list: {error}") from error
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise DataError(f"tags are a list of texts; seen {value!r}")
    return tuple(value)


def _truth(value: Any) -> bool:
    if value in (None, False, "no", "false", "0"):
        return False
    if value in (True, "yes", "true", "1"):
        return True
    raise DataError(f"resolves is yes or no; seen {value!r}")


def _number(value: Any, name: str, kind: type) -> Any:
    if value is None:
        return None
    try:
        if isinstance(value, bool):
            raise ValueError
        return kind(value)
    except (TypeError, ValueError, OverflowError):
        raise DataError(f"{name} is a number; seen {value!r}") from None
