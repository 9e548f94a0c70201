"""Groups of texts that are equal but for case, punctuation and spacing."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from core.duplicates.groups import Groups, Material, grouping
from core.duplicates.wording import words_of
from core.records import Progress, silent

TELL_EVERY = 2_048  # rows between two reports of progress


@dataclass(frozen=True, slots=True)
class ExactConfig:
    """Nothing to configure: the words are the same in the same order, or they are not."""


@grouping("exact", "Equal words", ExactConfig, reads="texts")
def exact(material: Material, config: ExactConfig, *, progress: Progress = silent) -> Groups:
    """Group texts whose words are equal after NFKC and casefold, punctuation and spaces aside.

    Texts equal to the letter share an example id and are merged when a pool is read; this is the
    looser sense. O(characters).
    """
    numbers: dict[bytes, int] = {}  # by hash, so that the texts are not held twice
    labels = np.empty(len(material.texts), dtype=np.int64)
    for row, text in enumerate(material.texts):
        if row % TELL_EVERY == 0:
            progress(row, len(labels), "words")
        key = " ".join(words_of(text)).encode("utf-8", "surrogatepass")
        labels[row] = numbers.setdefault(blake2b(key, digest_size=16).digest(), len(numbers))
    progress(len(labels), len(labels), "words")
    return Groups.of("exact", labels)
