"""ShareGPT: `conversations`, a list of {from, value}, with `system` beside it or as first turn."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from core.data.examples import Turn
from core.data.rows import BadRow, kind_of, shown
from core.data.schemas.fields import system_turns
from core.data.schemas.schema import SCHEMAS, Schema

COLUMN = "conversations"
ROLES = {
    "human": "user",
    "user": "user",
    "gpt": "assistant",
    "assistant": "assistant",
    "function_call": "assistant",
    "system": "system",
    "observation": "tool",
    "tool": "tool",
}


def sharegpt_turns(record: Mapping[str, Any]) -> tuple[Turn, ...]:
    """One turn a message; a blank system message is dropped."""
    value = record.get(COLUMN)
    if not isinstance(value, list):
        raise BadRow(f"{COLUMN!r} is {kind_of(value)}, not a list of messages")
    spoken = [_turn(message, number) for number, message in enumerate(value, start=1)]
    turns = (*system_turns(record), *spoken)
    for role in ("user", "assistant"):
        if not any(turn.role == role for turn in turns):
            raise BadRow(f"no {role} message")
    return tuple(turn for turn in turns if turn.role != "system" or turn.text.strip())


def _turn(message: Any, number: int) -> Turn:
    if not isinstance(message, dict):
        raise BadRow(f"message {number} is {kind_of(message)}, not an object")
    speaker, text = message.get("from"), message.get("value")
    role = ROLES.get(speaker) if isinstance(speaker, str) else None
    if role is None:
        raise BadRow(f"message {number} is from {shown(speaker)}, which is no known speaker")
    if not isinstance(text, str):
        raise BadRow(f"the value of message {number} is {kind_of(text)}, not text")
    if role in ("user", "assistant") and not text.strip():
        raise BadRow(f"message {number} has no text")
    return Turn(role, text)


def _matches(columns: Collection[str]) -> bool:
    return COLUMN in columns


SCHEMAS.add(
    "sharegpt",
    Schema("sharegpt", COLUMN, (COLUMN, "system"), _matches, sharegpt_turns, order=15),
)
