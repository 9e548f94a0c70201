"""What a pool shares with the prompts of a benchmark, by name: the rows, and the evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from core.options import configure
from core.records import Floats, Halves, Progress, Rows, silent
from core.registry import Registry


@dataclass(frozen=True, slots=True)
class Comparison:
    """The two sides; a method reads only what it says it `reads` of both."""

    texts: Sequence[str] = ()  # (n_rows,)
    prompts: Sequence[str] = ()  # (n_prompts,)
    embeddings: Floats | Halves | None = None  # (n_rows, d), of any length
    prompt_embeddings: Floats | Halves | None = None  # (n_prompts, d), of any length
    device: str = "cpu"  # where dense work runs: cpu or cuda[:i]


@dataclass(frozen=True, slots=True)
class Overlap:
    """The rows that hold a prompt or part of one, the strongest first, ties by row."""

    by: str
    rows: Rows  # (n_hits,), each once
    prompts: Rows  # (n_hits,), the prompt that each row shares most with
    scores: Floats  # (n_hits,), ngram: share of that prompt's runs in the row; cosine: the cosine
    evidence: tuple[str, ...]  # (n_hits,), the shared words, or the cosine in words
    n_prompts: int  # prompts that were given
    n_prompts_hit: int  # of them, how many any row overlaps with
    n_skipped: int = 0  # of them, how many are too short to be told from chance

    @classmethod
    def strongest_first(
        cls,
        by: str,
        rows: Rows,
        prompts: Rows,
        scores: Floats,
        *,
        evidence: Sequence[str],
        n_prompts: int,
        n_prompts_hit: int,
        n_skipped: int = 0,
    ) -> Overlap:
        """The record with its rows in order."""
        order = np.lexsort((rows, -scores))
        return cls(
            by,
            rows[order].astype(np.int64),
            prompts[order].astype(np.int64),
            scores[order].astype(np.float32),
            tuple(evidence[place] for place in order),
            n_prompts,
            n_prompts_hit,
            n_skipped,
        )

    def __len__(self) -> int:
        return len(self.rows)


class Comparer(Protocol):
    """A way of finding overlap."""

    def __call__(self, sides: Comparison, config: Any, *, progress: Progress = silent) -> Overlap:
        """Compare every row with every prompt."""


@dataclass(frozen=True, slots=True)
class OverlapMethod:
    """A registered way of finding overlap; `reads` says what it wants of both sides."""

    name: str
    title: str
    config: type
    reads: str  # 'texts' or 'embeddings'
    run: Comparer


OVERLAPS: Registry[OverlapMethod] = Registry("overlap method")


def comparer(name: str, title: str, config: type, *, reads: str) -> Callable[[Comparer], Comparer]:
    """Register a way of finding overlap under `name`."""

    def register(run: Comparer) -> Comparer:
        OVERLAPS.add(name, OverlapMethod(name, title, config, reads, run))
        return run

    return register


def overlap(
    name: str, sides: Comparison, config: Any = None, *, progress: Progress = silent
) -> Overlap:
    """Compare pool and benchmark by the named method; RequestError names the choices."""
    method = OVERLAPS.get(name)
    settings = configure(method.config, {}) if config is None else config
    return method.run(sides, settings, progress=progress)
