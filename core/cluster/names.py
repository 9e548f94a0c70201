"""Names of clusters from their own words, offline: what a cluster says and the others do not."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from core.cluster.clustering import Labels
from core.cluster.words import words_of
from core.records import Progress, silent

N_WORDS = 3
SEPARATOR = ", "
MIN_ROWS = 2  # a word of one row names that row, not the cluster
STEM = 5  # words that agree so far are forms of one word
ENDING = 2  # letters by which a form may be longer than its word
REPORT_EVERY = 2_000  # rows


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """In how many rows each word stands, for every cluster and for the whole pool."""

    inside: list[Counter[str]]  # one a cluster
    overall: Counter[str]
    sizes: list[int]  # rows of each cluster
    n_rows: int


def cluster_names(
    texts: Sequence[str], labels: Labels, *, n_words: int = N_WORDS, progress: Progress = silent
) -> list[str]:
    """A name of up to `n_words` words for every cluster, in order of label; noise gets none.

    A class-based TF-IDF (Grootendorst 2022) made contrastive: a word scores
    p(word | cluster) · log(p(word | cluster) / p(word)), p counted over rows, so that a long
    row weighs no more than a short one and what all clusters say weighs nothing.
    """
    return own_names(vocabulary(texts, labels, progress=progress), n_words=n_words)


def vocabulary(texts: Sequence[str], labels: Labels, *, progress: Progress = silent) -> Vocabulary:
    """Count the words of all texts by cluster; ValueError when labels are not one a text."""
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
    return Vocabulary(inside, overall, [sizes[one] for one in range(n_clusters)], len(texts))


def own_names(counted: Vocabulary, *, n_words: int = N_WORDS) -> list[str]:
    """The name of every cluster by itself, in order of label."""
    each = [[cluster] for cluster in range(len(counted.sizes))]
    return group_names(counted, each, n_words=n_words)


def group_names(
    counted: Vocabulary, groups: Sequence[Sequence[int]], *, n_words: int = N_WORDS
) -> list[str]:
    """The same names for groups of clusters, in their order."""
    return [_group_name(counted, group, n_words) for group in groups]


def _group_name(counted: Vocabulary, group: Sequence[int], n_words: int) -> str:
    inside: Counter[str] = Counter()
    for cluster in group:
        inside.update(counted.inside[cluster])
    size = sum(counted.sizes[cluster] for cluster in group)
    found = _name(inside, size, counted, n_words)
    return found or f"cluster {group[0]}"


def _name(inside: Counter[str], size: int, counted: Vocabulary, n_words: int) -> str:
    scores = {}
    for word, count in inside.items():
        share, everywhere = count / size, counted.overall[word] / counted.n_rows
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
