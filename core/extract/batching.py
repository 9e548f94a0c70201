"""From texts to batches: tokens with masks, sorted by length so that little is padding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import RequestError
from core.records import Bools, Rows

if TYPE_CHECKING:
    import torch

    from core.extract.models import LanguageModel

Span = tuple[int, int]
"""Start and stop of a stretch of characters."""

CHARACTERS_PER_TOKEN = 100
"""Text beyond this many characters a token is never shown to the tokeniser: no tokeniser packs
more into one, and a field of a hundred megabytes would take its memory many times over."""

MOST_ROWS = 1_024
"""Rows in one batch at most, however short: bounds the pooled latents, (rows, n_latents)."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """One example as the model reads it.

    `text` marks what is no special token, `kept` what codes and neurons are pooled over.
    """

    ids: Rows  # (n_tokens,)
    text: Bools  # (n_tokens,)
    kept: Bools  # (n_tokens,)
    offsets: Rows  # (n_tokens, 2) characters; empty unless asked for
    truncated: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """Examples padded on the right to one length, on the device of the model."""

    rows: Rows  # (n_rows,) positions in the shard
    ids: torch.Tensor  # (n_rows, length) int64
    attention: torch.Tensor  # (n_rows, length) int64, 0 where padded
    text: torch.Tensor  # (n_rows, length) bool
    kept: torch.Tensor  # (n_rows, length) bool
    runs: tuple[tuple[int, int, int], ...]  # (row in batch, start, stop) of every stretch kept


def tokenise(
    model: LanguageModel,
    texts: Sequence[str],
    *,
    max_length: int,
    span: str = "both",
    answers: Sequence[Sequence[Span]] | None = None,
    offsets: bool = False,
) -> list[Tokens]:
    """Cut texts into tokens of the model, at most `max_length` each, special tokens included.

    `answers` gives the stretches of each text that are responses; needed unless span is `both`,
    RequestError without. Unknown-word tokens count as text; other special tokens never do.
    """
    if span != "both" and answers is None:
        raise RequestError(f"span {span!r} needs to know which characters are responses; use both")
    if not texts:
        return []
    limit = max_length * CHARACTERS_PER_TOKEN
    encoded = model.tokenizer(
        [text[:limit] for text in texts],
        truncation=True,
        max_length=max_length,
        padding=False,
        return_attention_mask=False,
    ).encodings
    special = _special_ids(model.tokenizer)
    spans = [()] * len(texts) if answers is None or span == "both" else answers
    return [
        _tokens(item, special, span=span, spans=stretches, with_offsets=offsets)
        for item, stretches in zip(encoded, spans, strict=True)
    ]


def batches_of(tokens: Sequence[Tokens], tokens_per_batch: int) -> list[Rows]:
    """Positions of each batch, longest first, so that memory runs out at once or never.

    A batch holds at most `tokens_per_batch` tokens with padding, and always at least one row.
    It depends on the given tokens alone: ties in length go by position.
    """
    lengths = np.array([len(item.ids) for item in tokens], dtype=np.int64)
    order = np.argsort(-lengths, kind="stable")
    batches, start = [], 0
    while start < len(order):
        longest = max(int(lengths[order[start]]), 1)
        stop = start + min(max(tokens_per_batch // longest, 1), MOST_ROWS)
        batches.append(order[start:stop])
        start = stop
    return batches


def collate(model: LanguageModel, tokens: Sequence[Tokens], rows: Rows) -> Batch:
    """The batch of the given positions, padded on the right, on the device of the model."""
    import torch

    chosen = [tokens[row] for row in rows]
    length = max(len(item.ids) for item in chosen)
    ids = np.full((len(rows), length), model.tokenizer.pad_token_id or 0, dtype=np.int64)
    attention = np.zeros((len(rows), length), dtype=np.int64)
    text = np.zeros((len(rows), length), dtype=np.bool_)
    kept = np.zeros((len(rows), length), dtype=np.bool_)
    for i, item in enumerate(chosen):
        size = len(item.ids)
        ids[i, :size], attention[i, :size] = item.ids, 1
        text[i, :size], kept[i, :size] = item.text, item.kept
    ids_, attention_, text_, kept_ = (
        torch.from_numpy(array).to(model.device) for array in (ids, attention, text, kept)
    )
    return Batch(rows, ids_, attention_, text_, kept_, runs=_runs(kept))


def _special_ids(tokenizer: Any) -> Rows:
    """Ids of special tokens, without the one for unknown words: those stand for real text."""
    ids = set(tokenizer.all_special_ids) - {tokenizer.unk_token_id}
    return np.array(sorted(ids), dtype=np.int64)


def _tokens(
    encoded: Any, special: Rows, *, span: str, spans: Sequence[Span], with_offsets: bool
) -> Tokens:
    ids = np.array(encoded.ids, dtype=np.int64)
    added = np.array(encoded.special_tokens_mask, dtype=np.bool_)
    text = ~(added | np.isin(ids, special))
    places = np.empty((0, 2), dtype=np.int64)
    kept = text
    if with_offsets or span != "both":
        places = np.array(encoded.offsets, dtype=np.int64).reshape(-1, 2)
    if span != "both":
        response = _inside(places, spans)
        kept = text & (response if span == "response" else ~response)
    return Tokens(ids, text, kept, places, truncated=len(encoded.overflowing) > 0)


def _inside(places: Rows, spans: Sequence[Span]) -> Bools:
    """Whether the last character of each token lies in one of the stretches.

    The last, since byte-level tokens often begin with the blank before the word.
    """
    last = np.maximum(places[:, 1] - 1, 0)
    inside = np.zeros(len(places), dtype=np.bool_)
    for start, stop in spans:
        inside |= (last >= start) & (last < stop)
    return inside


def _runs(kept: Bools) -> tuple[tuple[int, int, int], ...]:
    """The stretches of True in each row, as (row, start, stop)."""
    edges = np.diff(np.pad(kept, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(edges == 1)
    _, stops = np.nonzero(edges == -1)
    return tuple(zip(rows.tolist(), starts.tolist(), stops.tolist(), strict=True))
