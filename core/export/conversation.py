"""An example as a conversation of plain text: what every trainer takes, and what it would lose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.export.records import Example, Refusal, Refused

CALLS = ("tool_calls", "function_call")
MEDIA = ("images", "image", "videos", "video", "audios", "audio")
THOUGHTS = ("reasoning_content", "thinking", "reasoning")
PLAIN = ("role", "content", "from", "value")  # of a message

Turns = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns of plain text, and the fields of the record that are not in them."""

    turns: Turns
    left_out: tuple[str, ...]

    @property
    def system(self) -> str:
        """The text of a leading system turn, or nothing."""
        return self.turns[0][1] if self.turns[0][0] == "system" else ""

    @property
    def spoken(self) -> Turns:
        """The turns without a leading system turn."""
        return self.turns[1:] if self.turns[0][0] == "system" else self.turns

    def messages(self) -> list[dict[str, str]]:
        """The turns as a list of role and content."""
        return [{"role": role, "content": text} for role, text in self.turns]


def conversation(example: Example) -> Conversation:
    """The turns of an example; Refused where plain text would lose what it is trained for.

    That is so for tool calls and definitions, for images, sound and films, and for reasoning that
    is kept apart from the answer. Other fields of the record are named, to be counted.
    """
    record = example.record
    left_out = [name for name, value in record.items() if name not in example.read and _says(value)]
    if _says(record.get("tools")):
        raise Refused("has tool definitions, which this format is not written with")
    for name in MEDIA:
        if _says(record.get(name)):
            raise Refused(f"has {name!r}, which a conversation of plain text cannot carry")
    for message in _messages(record, example.read):
        left_out += _checked(message)
    return Conversation(example.turns, tuple(dict.fromkeys(left_out)))


def losses(examples: Iterable[Example]) -> tuple[tuple[Refusal, ...], dict[str, int]]:
    """The rows that are no conversation of plain text, and how many have which further field."""
    refused, omitted = [], Counter[str]()
    for example in examples:
        try:
            omitted.update(conversation(example).left_out)
        except Refused as reason:
            refused.append(Refusal(example.id, str(reason)))
    return tuple(refused), dict(sorted(omitted.items()))


def _checked(message: Mapping[str, Any]) -> Iterable[str]:
    """The further fields of a message; Refused where one of them is part of what is trained."""
    for name, value in message.items():
        if name in PLAIN or not _says(value):
            continue
        if name in CALLS:
            raise Refused("has tool calls, which a conversation of plain text cannot carry")
        if name in THOUGHTS:
            raise Refused(f"has {name!r} beside its answers, which would be lost")
        yield f"messages[].{name}"


def _messages(record: Mapping[str, Any], read: Iterable[str]) -> Iterable[Mapping[str, Any]]:
    for name in read:
        value = record.get(name)
        if isinstance(value, list):
            yield from (message for message in value if isinstance(message, dict))


def _says(value: Any) -> bool:
    return value is not None and value != "" and value != [] and value != {}
