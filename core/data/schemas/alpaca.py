"""Alpaca: instruction, optional input, output; LLaMA-Factory's `system` and `history` too."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from core.data.examples import Turn
from core.data.rows import BadRow
from core.data.schemas.fields import required_text, system_turns, text_of, with_context
from core.data.schemas.schema import SCHEMAS, Schema

COLUMNS = ("instruction", "input", "output", "system", "history", "text")  # `text`: rendered


def alpaca_turns(record: Mapping[str, Any]) -> tuple[Turn, ...]:
    """Instruction and input as one user turn, the output as one assistant turn."""
    prompt = with_context(text_of(record, "instruction"), text_of(record, "input"))
    if not prompt:
        raise BadRow("no text in 'instruction'")
    answer = required_text(record, "output")
    turns = (Turn("user", prompt), Turn("assistant", answer))
    return (*system_turns(record), *_history(record), *turns)


def _matches(columns: Collection[str]) -> bool:
    return {"instruction", "output"} <= set(columns)


def _history(record: Mapping[str, Any]) -> tuple[Turn, ...]:
    turns: list[Turn] = []
    for pair in record.get("history") or ():
        if not (isinstance(pair, list) and len(pair) == 2):
            raise BadRow("'history' is not a list of [prompt, response] pairs")
        sides = dict(zip(("user", "assistant"), pair, strict=True))
        turns += [Turn(role, required_text(sides, role)) for role in sides]
    return tuple(turns)


SCHEMAS.add(
    "alpaca",
    Schema("alpaca", "instruction, [input], output", COLUMNS, _matches, alpaca_turns, order=20),
)
