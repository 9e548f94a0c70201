"""Words as 64-bit hashes in flat arrays, so that runs of words are compared by number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from core.duplicates.hashing_kernels import put_rarest_first, shingle_rows
from core.duplicates.wording import words_of
from core.records import Pointers, Progress, silent

Hashes = NDArray[np.uint64]
CHUNK = 2_048  # texts whose words are in memory at once
MOST_CACHED = 2_000_000  # words; a pool of many languages has more than memory should hold


@dataclass(frozen=True, slots=True)
class HashedWords:
    """The words of text i are `hashes[starts[i]:starts[i + 1]]`, in order."""

    starts: Pointers  # (n_texts + 1,)
    hashes: Hashes  # (n_words,)


@dataclass(frozen=True, slots=True)
class Shingles:
    """Each text's set of shingles: `keys[starts[i]:starts[i + 1]]`, ascending and distinct.

    A key's first 5 bits say how common the shingle is in the pool; the others are its hash.
    """

    starts: Pointers  # (n_texts + 1,)
    keys: Hashes  # (n_shingles,)

    def of(self, row: int) -> Hashes:
        """The shingles of one text."""
        return self.keys[self.starts[row] : self.starts[row + 1]]


class WordHasher:
    """Gives each word the same 64 bits in every pool and process."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def read(self, texts: Sequence[str]) -> HashedWords:
        """The words of these texts as hashes."""
        numbers, lengths = [], []
        for text in texts:
            words = words_of(text)
            lengths.append(len(words))
            numbers += [self._known.get(word) or self._hash(word) for word in words]
        starts = np.zeros(len(texts) + 1, dtype=np.int64)
        np.cumsum(lengths, out=starts[1:])
        return HashedWords(starts, np.array(numbers, dtype=np.uint64))

    def _hash(self, word: str) -> int:
        if len(self._known) >= MOST_CACHED:
            self._known.clear()
        data = word.encode("utf-8", "surrogatepass")
        self._known[word] = int.from_bytes(blake2b(data, digest_size=8).digest(), "little")
        return self._known[word]


def shingles_of(texts: Sequence[str], size: int, *, progress: Progress = silent) -> Shingles:
    """The sets of all runs of `size` words; a shorter text has one shingle, the whole of it."""
    hasher = WordHasher()
    hashes, counts = [], []
    progress(0, len(texts), "shingles")
    for start in range(0, len(texts), CHUNK):
        words = hasher.read(texts[start : start + CHUNK])
        found, n_found = shingle_rows(words.hashes, words.starts, size)
        hashes.append(found)
        counts.append(n_found)
        progress(min(start + CHUNK, len(texts)), len(texts), "shingles")
    starts = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum(np.concatenate(counts), out=starts[1:])
    keys = np.concatenate(hashes)
    put_rarest_first(starts, keys)
    return Shingles(starts, keys)
