"""The runs of words of a benchmark's prompts, and the places of a pool where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from core.duplicates.hashing import HashedWords, Hashes
from core.duplicates.hashing_kernels import run_hashes
from core.records import Pointers, Rows


@dataclass(frozen=True, slots=True)
class Runs:
    """The different runs of all prompts; those of prompt i are `members[starts[i]:starts[i+1]]`."""

    hashes: Hashes  # (n_runs,), ascending
    lengths: Rows  # (n_runs,), words
    first_owner: Rows  # (n_runs,), the first prompt that has each
    starts: Pointers  # (n_prompts + 1,)
    members: Rows  # runs, each once a prompt

    @property
    def n_runs(self) -> int:
        """Number of different runs."""
        return len(self.hashes)

    @property
    def owners(self) -> Rows:
        """The prompt of each of `members`."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))


class Hits(NamedTuple):
    """Places where a run begins, by row and then place."""

    rows: Rows  # (n_hits,)
    places: Rows  # (n_hits,), in words from the beginning of the row
    runs: Rows  # (n_hits,)

    @classmethod
    def none(cls) -> Hits:
        """No place at all."""
        return cls(_none(), _none(), _none())


def runs_of(words: HashedWords, lengths: Rows, *, least: int) -> Runs:
    """The runs of `lengths[i]` words in each prompt i; prompts of fewer than `least` have none."""
    parts = [_runs_of_length(words, lengths, size) for size in np.unique(lengths[lengths >= least])]
    parts.append((np.empty(0, dtype=np.uint64), _none(), _none()))
    hashes, owners, sizes = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(owners, kind="stable")  # so that the first place is the first prompt's
    distinct, first, run = np.unique(hashes[order], return_index=True, return_inverse=True)
    n_runs, n_prompts = len(distinct), len(lengths)
    keys = np.unique(owners[order] * max(n_runs, 1) + run)
    starts = np.zeros(n_prompts + 1, dtype=np.int64)
    np.cumsum(np.bincount(keys // max(n_runs, 1), minlength=n_prompts), out=starts[1:])
    return Runs(
        hashes=distinct,
        lengths=sizes[order][first],
        first_owner=owners[order][first],
        starts=starts,
        members=keys % max(n_runs, 1),
    )


def hits_in(words: HashedWords, runs: Runs, *, first_row: int) -> Hits:
    """The places in these texts where a run begins; text i is row `first_row + i`."""
    found = [Hits.none()]
    for size in np.unique(runs.lengths):
        hashes, at = run_hashes(words.hashes, words.starts, int(size))
        run = np.minimum(np.searchsorted(runs.hashes, hashes), runs.n_runs - 1)
        is_hit = runs.hashes[run] == hashes
        row = _text_of(at[is_hit], words)
        found.append(Hits(row, at[is_hit] - words.starts[row], run[is_hit]))
    rows, places, which = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((places, rows))
    return Hits(rows[order] + first_row, places[order], which[order])


def _runs_of_length(words: HashedWords, lengths: Rows, size: int) -> tuple[Hashes, Rows, Rows]:
    """Hash, prompt and length of every run of the prompts that are cut to this length."""
    hashes, at = run_hashes(words.hashes, words.starts, int(size))
    owners = _text_of(at, words)
    is_own = lengths[owners] == size
    return hashes[is_own], owners[is_own], np.full(int(is_own.sum()), size, dtype=np.int64)


def _text_of(places: Rows, words: HashedWords) -> Rows:
    """The text that each of these places lies in."""
    return np.searchsorted(words.starts, places, side="right") - 1


def _none() -> Rows:
    return np.empty(0, dtype=np.int64)
