"""Names of clusters from their own words, offline: what a cluster says and the others do not."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from core.cluster.clustering import Labels
from core.cluster.words import words_of
from core.records import Progress, silent

N_WORDS = 3
SEPARATOR = ", "
MIN_ROWS = 2  # a word of one row names that row, not the cluster
STEM = 5  # words that agree so far are forms of one word
ENDING = 2  # letters by which a form may be longer than its word
REPORT_EVERY = 2_000  # rows


def cluster_names(
    texts: Sequence[str], labels: Labels, *, n_words: int = N_WORDS, progress: Progress = silent
) -> list[str]:
    """A name of up to `n_words` words for every cluster, in order of label; noise gets none.

    A class-based TF-IDF (Grootendorst 2022) made contrastive: a word scores
    p(word | cluster) · log(p(word | cluster) / p(word)), p counted over rows, so that a long
    row weighs no more than a short one and what all clusters say weighs nothing.
    """
    if len(texts) != len(labels):
        raise ValueError(f"{len(texts)} texts for {len(labels)} labels")
    n_clusters = int(labels.max(initial=-1)) + 1
    inside: list[Counter[str]] = [Counter() for _ in range(n_clusters)]
    overall: Counter[str] = Counter()
    for row, (text, label) in enumerate(zip(texts, labels, strict=True)):
        if row % REPORT_EVERY == 0:
            progress(row, len(texts), "names")
        words = words_of(text)
        overall.update(words)
        if label >= 0:
            inside[label].update(words)
    progress(len(texts), len(texts), "names")
    sizes = Counter(int(label) for label in labels)
    return [
        _name(inside[label], sizes[label], overall, len(texts), n_words) or f"cluster {label}"
        for label in range(n_clusters)
    ]


def _name(inside: Counter[str], size: int, overall: Counter[str], n_rows: int, n_words: int) -> str:
    scores = {}
    for word, count in inside.items():
        share, everywhere = count / size, overall[word] / n_rows
        if count >= min(MIN_ROWS, size):
            scores[word] = share * math.log(share / everywhere)
    ranked = sorted(scores, key=lambda word: (-scores[word], -inside[word], word))
    return SEPARATOR.join(_distinct(ranked, n_words))


def _distinct(ranked: Sequence[str], n_words: int) -> list[str]:
    chosen: list[str] = []
    for word in ranked:
        if len(chosen) == n_words:
            break
        if not any(_one_word(word, other) for other in chosen):
            chosen.append(word)
    return chosen


def _one_word(left: str, right: str) -> bool:
    """Whether two words are likely forms of one, such as book and books."""
    short, long = sorted((left, right), key=len)
    return left[:STEM] == right[:STEM] or (
        long.startswith(short) and len(long) - len(short) <= ENDING
    )
