"""The reader: an example's card, examples with their tokens shaded, and text as it is.

What comes from data enters the page as text nodes; nothing of it is ever parsed as markup.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from core.data.examples import Turn
from core.pipeline.cards import ExampleCard, sentence
from core.pipeline.shading import ShadedExample
from core.select.reasons import WhyChosen, WhyNot
from core.select.selection import Selection
from pages.components.declared import declare

NAME = "coreset-atlas.reader"
MOST = 20_000  # characters of an example that are shown


@dataclass(frozen=True, slots=True)
class Shade:
    """A latent's activations on the tokens of an example, as shares of `maximum`."""

    example: ShadedExample
    maximum: float
    title: str  # what shades it, in plain text


def show_card(
    card: ExampleCard, *, shade: Shade | None = None, compact: bool = False, key: str = "card"
) -> None:
    """An example as a person reads it: its turns, its facts, and the reason for or against it.

    With a `shade` its tokens are shaded by how strongly a latent fires on them. A `compact` card
    leaves room for what stands below it: less of the text at once, the facts folded away.
    """
    turns, n_left = cut(card.turns)
    draw(
        {
            "kind": "card",
            "compact": compact,
            "title": f"Row {card.row:,}",
            "state": _state(card.why),
            "facts": [["id", card.id], *([name, value] for name, value in card.facts.items())],
            "reason": None if card.why is None else sentence(card.why),
            "turns": [{"role": turn.role, "text": turn.text} for turn in turns]
            if shade is None
            else _pieces(shade.example),
            "shade": None if shade is None else {"maximum": shade.maximum, "title": shade.title},
            "cut": f"{n_left:,} more characters are not shown." if n_left else None,
        },
        key=key,
    )


def show_tokens(
    examples: Sequence[ShadedExample], *, maximum: float, subset: Selection | None, key: str
) -> int | None:
    """Examples with their tokens shaded from 0 to `maximum`; gives the row asked for, once."""
    done = draw(
        {
            "kind": "tokens",
            "maximum": maximum,
            "examples": [
                {
                    "row": one.row,
                    "value": level(one.value),
                    "state": _place(one.row, subset),
                    "turns": _pieces(one),
                }
                for one in examples
            ],
        },
        key=key,
    )
    row = done.get("row")
    return row if isinstance(row, int) and any(row == one.row for one in examples) else None


def draw(data: dict[str, Any], *, key: str) -> Any:
    """Put what `data` says on the page, by its kind; gives what was done on it."""
    declare(NAME, "reader")
    return _component()(key=key, data=data, on_row_change=_nothing)


def level(activation: float) -> str:
    """An activation with as many digits as tell two of them apart: '1.50', '120'."""
    return f"{activation:.2f}" if abs(activation) < 100 else f"{activation:,.0f}"


def cut(turns: Sequence[Turn], most: int = MOST) -> tuple[list[Turn], int]:
    """The first `most` characters of an example, and how many are left out."""
    kept, room = [], most
    for turn in turns:
        kept.append(Turn(turn.role, turn.text[:room]))
        room -= len(kept[-1].text)
        if not room:
            break
    return kept, sum(len(turn.text) for turn in turns) - (most - room)


def _pieces(example: ShadedExample) -> list[dict[str, Any]]:
    return [
        {"role": turn.role, "pieces": turn.pieces, "unread": turn.unread} for turn in example.turns
    ]


def _state(why: WhyChosen | WhyNot | None) -> dict[str, str] | None:
    if why is None:
        return None
    if isinstance(why, WhyChosen):
        return {"kind": "chosen", "text": f"chosen, pick {why.rank + 1:,}"}
    return {"kind": "left", "text": "not chosen"}


def _place(row: int, subset: Selection | None) -> dict[str, str] | None:
    if subset is None:
        return None
    if (subset.rows == row).any():
        return {"kind": "chosen", "text": "chosen"}
    return {"kind": "left", "text": "not chosen"}


@functools.cache
def _component() -> ComponentRenderer:
    return st.components.v2.component(NAME, js="index.js", css="reader.css")


def _nothing() -> None:
    """A callback is what makes Streamlit keep a value."""
