"""Lengths and tokens of a subset beside those of its pool."""

from __future__ import annotations

from dataclasses import dataclass

from core.metrics.registry import metric
from core.metrics.subject import Chosen
from core.records import Rows


@dataclass(frozen=True, slots=True)
class Totals:
    """Sum and mean of a count over a subset, such as its tokens or its words."""

    total: int
    mean: float
    pool_mean: float


def totals(counts: Rows, rows: Rows) -> Totals:
    """Add up a count a row, (n_rows,), over the chosen rows; means of nothing are 0."""
    chosen = counts[rows]
    return Totals(
        total=int(chosen.sum()),
        mean=float(chosen.mean()) if len(chosen) else 0.0,
        pool_mean=float(counts.mean()) if len(counts) else 0.0,
    )


@metric(
    "tokens",
    title="Tokens",
    formula="sum of the tokens of the chosen rows",
    source="Coreset Atlas",
    unit="tokens",
    direction="neither",
    needs=("tokens",),
)
def _tokens(chosen: Chosen) -> float:
    return totals(chosen.subject.tokens, chosen.rows).total


@metric(
    "tokens-mean",
    title="Tokens a row",
    formula="mean of the tokens of the chosen rows",
    source="Coreset Atlas",
    unit="tokens",
    direction="neither",
    needs=("tokens",),
)
def _tokens_mean(chosen: Chosen) -> float:
    return _mean(chosen.subject.tokens, chosen.rows)


@metric(
    "words",
    title="Words of responses",
    formula="sum of the words of the chosen responses",
    source="Coreset Atlas",
    unit="words",
    direction="neither",
    needs=("lengths",),
)
def _words(chosen: Chosen) -> float:
    return totals(chosen.subject.lengths, chosen.rows).total


@metric(
    "words-mean",
    title="Words a response",
    formula="mean of the words of the chosen responses",
    source="Coreset Atlas",
    unit="words",
    direction="neither",
    needs=("lengths",),
)
def _words_mean(chosen: Chosen) -> float:
    return _mean(chosen.subject.lengths, chosen.rows)


def _mean(counts: Rows, rows: Rows) -> float:
    return totals(counts, rows).mean if len(rows) else float("nan")
