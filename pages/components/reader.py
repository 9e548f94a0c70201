"""The reader: an example's card, and examples with their tokens shaded, as one component.

What comes from data enters the page as text nodes; nothing of it is ever parsed as markup.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest
from streamlit.components.v2.types import ComponentRenderer

from core.data.examples import Turn
from core.pipeline.cards import ExampleCard, sentence
from core.pipeline.shading import ShadedExample
from core.select.reasons import WhyChosen, WhyNot
from core.select.selection import Selection

ASSETS = Path(__file__).parents[2] / "assets"
NAME = "coreset-atlas.reader"
MOST = 20_000  # characters of an example that are shown


def show_card(card: ExampleCard, *, key: str = "card") -> None:
    """An example as a person reads it: its turns, its facts, and the reason for or against it."""
    turns, n_left = cut(card.turns)
    _shown(
        {
            "kind": "card",
            "title": f"Row {card.row:,}",
            "state": _state(card.why),
            "facts": [["id", card.id], *([name, value] for name, value in card.facts.items())],
            "reason": None if card.why is None else sentence(card.why),
            "turns": [{"role": turn.role, "text": turn.text} for turn in turns],
            "cut": f"{n_left:,} more characters are not shown." if n_left else None,
        },
        key=key,
    )


def show_tokens(
    examples: Sequence[ShadedExample], *, maximum: float, subset: Selection | None, key: str
) -> int | None:
    """Examples with their tokens shaded from 0 to `maximum`; gives the row asked for, once."""
    done = _shown(
        {
            "kind": "tokens",
            "maximum": maximum,
            "examples": [
                {
                    "row": one.row,
                    "value": level(one.value),
                    "state": _place(one.row, subset),
                    "turns": [
                        {"role": turn.role, "pieces": turn.pieces, "unread": turn.unread}
                        for turn in one.turns
                    ],
                }
                for one in examples
            ],
        },
        key=key,
    )
    row = done.get("row")
    return row if isinstance(row, int) and any(row == one.row for one in examples) else None


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


def _shown(data: dict[str, Any], *, key: str) -> Any:
    _declare()
    return _component()(key=key, data=data, on_row_change=_nothing)


@functools.cache
def _component() -> ComponentRenderer:
    return st.components.v2.component(NAME, js="index.js", css="reader.css")


def _declare() -> None:
    """Tell this runtime where the component's files are, as the map does."""
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(NAME) is None:
        package, component = NAME.split(".")
        files = ComponentConfig(name=component, asset_dir="reader")
        manager.register_from_manifest(ComponentManifest(package, "1", [files]), ASSETS)


def _nothing() -> None:
    """A callback is what makes Streamlit keep a value."""
