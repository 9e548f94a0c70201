"""OpenAI `messages`: a list of {role, content}, the content a text or a list of text parts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from core.data.examples import ROLES, Turn
from core.data.rows import BadRow, kind_of, shown
from core.data.schemas.schema import SCHEMAS, Schema
from core.fingerprint import canonical_json

ALIASES = {"developer": "system", "function": "tool"}  # OpenAI's newer and older names


def messages_turns(record: Mapping[str, Any]) -> tuple[Turn, ...]:
    """One turn a message; a blank system message is dropped."""
    turns = read_messages(record.get("messages"), "messages")
    for role in ("user", "assistant"):
        if not any(turn.role == role for turn in turns):
            raise BadRow(f"no {role} message")
    return turns


def read_messages(value: Any, name: str) -> tuple[Turn, ...]:
    """The turns of a list of messages; BadRow says which message does not fit."""
    if not isinstance(value, list):
        raise BadRow(f"{name!r} is {kind_of(value)}, not a list of messages")
    turns = [_turn(message, number) for number, message in enumerate(value, start=1)]
    return tuple(turn for turn in turns if turn.role != "system" or turn.text.strip())


def _turn(message: Any, number: int) -> Turn:
    if not isinstance(message, dict):
        raise BadRow(f"message {number} is {kind_of(message)}, not an object")
    role = message.get("role")
    role = ALIASES.get(role, role) if isinstance(role, str) else role
    if role not in ROLES:
        raise BadRow(f"message {number} has the unknown role {shown(role)}")
    text = _content(message.get("content"), number)
    if message.get("tool_calls"):
        text = "\n".join(part for part in (text, canonical_json(message["tool_calls"])) if part)
    if role in ("user", "assistant") and not text.strip():
        raise BadRow(f"message {number} has no text")
    return Turn(role, text)


def _content(content: Any, number: int) -> str:
    if content is None or isinstance(content, str):
        return content or ""
    if not isinstance(content, list):
        raise BadRow(f"the content of message {number} is {kind_of(content)}, not text")
    return "".join(_part(part, number) for part in content)


def _part(part: Any, number: int) -> str:
    kind = part.get("type") if isinstance(part, dict) else kind_of(part)
    if kind != "text" or not isinstance(part.get("text"), str):
        raise BadRow(f"message {number} has a part of type {shown(kind)}; only text is read")
    return part["text"]


def _matches(columns: Collection[str]) -> bool:
    return "messages" in columns


SCHEMAS.add(
    "messages",
    Schema("messages", "messages", ("messages",), _matches, messages_turns, order=10),
)
