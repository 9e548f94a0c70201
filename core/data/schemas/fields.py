"""Text out of foreign records: what schemas share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.data.examples import Turn
from core.data.rows import BadRow, kind_of


def text_of(record: Mapping[str, Any], name: str) -> str:
    """A field's text, empty where it is absent or null; BadRow for another type."""
    value = record.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadRow(f"{name!r} is {kind_of(value)}, not text")
    return value


def required_text(record: Mapping[str, Any], name: str) -> str:
    """A field's text; BadRow where it is absent, blank or of another type."""
    text = text_of(record, name)
    if not text.strip():
        raise BadRow(f"no text in {name!r}")
    return text


def with_context(prompt: str, *contexts: str) -> str:
    """The prompt, then each context that is not blank, on lines of their own."""
    return "\n".join(text for text in (prompt, *contexts) if text.strip())


def system_turns(record: Mapping[str, Any], name: str = "system") -> tuple[Turn, ...]:
    """A system turn, or none where the field is blank or absent."""
    text = text_of(record, name)
    return (Turn("system", text),) if text.strip() else ()
