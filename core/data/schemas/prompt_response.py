"""Prompt and response under their common names: Dolly, GPTeacher, prompt/completion."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from core.data.examples import Turn
from core.data.rows import BadRow
from core.data.schemas.fields import required_text, system_turns, text_of, with_context
from core.data.schemas.messages import read_messages
from core.data.schemas.schema import SCHEMAS, Schema

PAIRS = (("prompt", "response"), ("prompt", "completion"), ("instruction", "response"))
CONTEXTS = ("input", "context")
COLUMNS = ("prompt", "instruction", *CONTEXTS, "response", "completion", "system")


def prompt_response_turns(record: Mapping[str, Any]) -> tuple[Turn, ...]:
    """The prompt with its input or context as one user turn, the response as one assistant turn.

    Prompt and completion may also be lists of messages, as the TRL trainers write them.
    """
    names = _names(record)
    if names is None:
        raise BadRow("no prompt and response")
    if any(isinstance(record[name], list) for name in names):
        return _conversation(record, names)
    prompt = with_context(
        required_text(record, names[0]), *(text_of(record, name) for name in CONTEXTS)
    )
    answer = required_text(record, names[1])
    return (*system_turns(record), Turn("user", prompt), Turn("assistant", answer))


def _names(columns: Collection[str]) -> tuple[str, str] | None:
    return next((pair for pair in PAIRS if set(pair) <= set(columns)), None)


def _matches(columns: Collection[str]) -> bool:
    return _names(columns) is not None


def _conversation(record: Mapping[str, Any], names: tuple[str, str]) -> tuple[Turn, ...]:
    prompt, answer = (read_messages(record[name], name) for name in names)
    if not prompt or not answer:
        raise BadRow(f"no message in {names[1] if prompt else names[0]!r}")
    return (*system_turns(record), *prompt, *answer)


SCHEMAS.add(
    "prompt-response",
    Schema(
        "prompt-response",
        "prompt or instruction, [input or context], response or completion",
        COLUMNS,
        _matches,
        prompt_response_turns,
        order=30,
    ),
)
