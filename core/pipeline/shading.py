"""Token activations laid over the turns of an example: pieces of text, each with its value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.data.examples import WITHHELD, Turn
from core.pipeline.tokens import TokenExample
from core.pipeline.views import open_pool
from core.workspace import Workspace

Piece = tuple[str, float]
MOST = 20_000  # characters of an example that are shown


@dataclass(frozen=True, slots=True)
class ShadedTurn:
    """A turn in pieces, in order; 0 is text without activation. `unread` follows the pieces."""

    role: str
    pieces: tuple[Piece, ...]
    unread: str  # what stands beyond the last token that the model read


@dataclass(frozen=True, slots=True)
class ShadedExample:
    """One example with one latent's activations on it; `band` 0 holds the strongest rows."""

    row: int
    value: float
    band: int
    turns: tuple[ShadedTurn, ...]


def shaded(workspace: Workspace, examples: Sequence[TokenExample]) -> list[ShadedExample]:
    """The turns of each example in pieces."""
    pool = open_pool(workspace)
    return [
        ShadedExample(one.row, one.value, one.band, shaded_turns(pool.turns(one.row), one))
        for one in examples
    ]


def shaded_turns(turns: Sequence[Turn], example: TokenExample) -> tuple[ShadedTurn, ...]:
    """Split the activations, whose places count the joined turns, among the turns."""
    spans = [] if any(turn.role == WITHHELD for turn in turns) else _spans(example)
    last = int(example.stops[-1]) if len(example.stops) else 0
    found, start = [], 0
    for turn in turns:
        stop = min(start + len(turn.text), MOST)
        if start >= stop and turn.text:
            break
        read = max(start, min(stop, last))
        pieces = _pieces(turn.text, start, read, spans)
        found.append(ShadedTurn(turn.role, pieces, turn.text[read - start : stop - start]))
        start += len(turn.text) + 1  # the line feed that joins the turns
    return tuple(found)


def _spans(example: TokenExample) -> list[tuple[int, int, float]]:
    """Active tokens in order, none reaching back into the one before it.

    Tokens of one character, such as the bytes of an emoji, share their place: the largest counts.
    """
    spans: list[tuple[int, int, float]] = []
    active = (example.activations > 0).nonzero()[0]
    for at in active.tolist():
        start, stop = int(example.starts[at]), int(example.stops[at])
        value = round(float(example.activations[at]), 4)
        if spans and start < spans[-1][1]:
            before = spans[-1]
            spans[-1] = (before[0], max(before[1], stop), max(before[2], value))
        elif stop > start:
            spans.append((start, stop, value))
    return spans


def _pieces(
    text: str, start: int, stop: int, spans: Sequence[tuple[int, int, float]]
) -> tuple[Piece, ...]:
    """The characters from `start` to `stop` of the joined turns, which begin with `text`."""
    pieces: list[Piece] = []
    at = start
    for left, right, value in spans:
        left, right = max(left, start), min(right, stop)
        if left >= right:
            continue
        if left > at:
            pieces.append((text[at - start : left - start], 0.0))
        pieces.append((text[left - start : right - start], value))
        at = right
    if at < stop:
        pieces.append((text[at - start : stop - start], 0.0))
    return tuple(pieces)
