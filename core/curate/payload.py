"""An event as plain values: what its content hash covers, and what a table or a file keeps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from core.curate.records import Event
from core.fingerprint import canonical_json, digest

CONTENT = ("example", "curator", "verdict", "reason", "note", "tags", "batch", "undoes", "resolves")


def content_of(event: Event) -> dict[str, Any]:
    """What somebody said, without the event's id and what the store adds to it."""
    values = {name: getattr(event, name) for name in CONTENT}
    return {**values, "tags": list(event.tags)}


def payload_hash(event: Event) -> str:
    """sha256 over what was said, in hex: two sendings of one event have the same."""
    return digest(canonical_json(content_of(event)).encode())


def id_from_content(event: Event, occurrence: int) -> str:
    """An event id for lines that bring none; the same line of the same file always has the same."""
    return digest(canonical_json([content_of(event), event.at, occurrence]).encode())[:32]


def as_row(event: Event, project: str) -> dict[str, Any]:
    """The event as a row of the table `events`."""
    return {
        **content_of(event),
        "tags": json.dumps(event.tags, ensure_ascii=False),
        "project": project,
        "number": event.number,
        "id": event.id,
        "at": event.at,
        "payload": payload_hash(event),
    }


def from_row(row: Mapping[str, Any]) -> Event:
    """The event that a row of the table `events` holds."""
    values = {name: row[name] for name in (*CONTENT, "id", "number", "at")}
    return Event(**{**values, "tags": tuple(json.loads(row["tags"]))})
