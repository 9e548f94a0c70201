"""Overlap by runs of words: any 13 of a prompt in a row, as training sets are decontaminated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.duplicates.hashing import CHUNK, HashedWords, WordHasher
from core.duplicates.overlap import Comparison, Overlap, comparer
from core.duplicates.runs import Hits, Runs, hits_in, runs_of
from core.duplicates.wording import words_of
from core.options import option
from core.records import Floats, Progress, Rows, silent


@dataclass(frozen=True, slots=True)
class NgramConfig:
    """Overlap by n-grams."""

    n: int = option(13, "Words in a row that make an overlap, as for GPT-3.", minimum=2, maximum=64)
    least_words: int = option(
        5, "Prompts of fewer words are passed over: many texts hold them by chance.", minimum=1
    )


@comparer("ngram", "Shared runs of words", NgramConfig, reads="texts")
def ngram_overlap(
    sides: Comparison, config: NgramConfig, *, progress: Progress = silent
) -> Overlap:
    """Rows that share a run of `n` words with a prompt; a shorter prompt matches as a whole.

    After Brown et al. 2020 (GPT-3, appendix C), case and punctuation aside. A row's score is the
    share of its prompt's runs that it holds: 1 where the whole prompt stands in it. O(words).
    """
    words = WordHasher().read(sides.prompts)
    runs = runs_of(words, np.minimum(_lengths(words), config.n), least=config.least_words)
    hits = _found(sides.texts, runs, progress)
    rows, prompts = _fullest(hits, runs)
    is_found = np.zeros(runs.n_runs, dtype=np.bool_)
    is_found[hits.runs] = True
    return Overlap.strongest_first(
        "ngram",
        rows,
        prompts,
        _shares(rows, prompts, hits, runs),
        evidence=_evidence(sides.texts, rows, prompts, hits, runs),
        n_prompts=len(sides.prompts),
        n_prompts_hit=len(np.unique(runs.owners[is_found[runs.members]])),
        n_skipped=int((_lengths(words) < config.least_words).sum()),
    )


def _lengths(words: HashedWords) -> NDArray[np.int64]:
    return np.diff(words.starts)


def _found(texts: Sequence[str], runs: Runs, progress: Progress) -> Hits:
    """Every place of the pool where a run of a prompt begins, by row and then place."""
    hasher, parts = WordHasher(), [Hits.none()]
    progress(0, len(texts), "texts")
    for start in range(0, len(texts), CHUNK):
        parts.append(hits_in(hasher.read(texts[start : start + CHUNK]), runs, first_row=start))
        progress(min(start + CHUNK, len(texts)), len(texts), "texts")
    return Hits(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _fullest(hits: Hits, runs: Runs) -> tuple[Rows, Rows]:
    """The rows hit, and of each the prompt named by most of its hits, the first of equals.

    A hit names the first prompt that has its run, so that a run of all prompts costs one count.
    """
    pairs, counts = np.unique(
        np.stack([hits.rows, runs.first_owner[hits.runs]]), axis=1, return_counts=True
    )
    order = np.lexsort((pairs[1], -counts, pairs[0]))
    rows, first = np.unique(pairs[0][order], return_index=True)
    return rows, pairs[1][order][first]


def _shares(rows: Rows, prompts: Rows, hits: Hits, runs: Runs) -> Floats:
    """Of each row's prompt, the share of different runs that the row holds, (n_hits,)."""
    held = np.unique(hits.rows * runs.n_runs + hits.runs)
    counts = np.diff(runs.starts)[prompts]
    ends = np.cumsum(counts)
    offsets = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - counts, counts)
    wanted = runs.members[np.repeat(runs.starts[prompts], counts) + offsets]
    is_held = np.isin(np.repeat(rows, counts) * runs.n_runs + wanted, held)
    totals = np.add.reduceat(is_held, ends - counts) if len(ends) else np.empty(0)
    return (totals / counts).astype(np.float32)


def _evidence(texts: Sequence[str], rows: Rows, prompts: Rows, hits: Hits, runs: Runs) -> list[str]:
    """The first run of words that each row shares with its prompt."""
    named = np.full(len(texts), -1, dtype=np.int64)
    named[rows] = prompts
    own = np.flatnonzero(named[hits.rows] == runs.first_owner[hits.runs])
    found, first = np.unique(hits.rows[own], return_index=True)
    shown = []
    for row, at in zip(found.tolist(), own[first], strict=True):
        place, length = hits.places[at], runs.lengths[hits.runs[at]]
        shown.append(" ".join(words_of(texts[row])[place : place + length]))
    return shown
