"""Words of a text as names of clusters need them: lower case, no digits, pairs where no spaces."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

MAX_CHARACTERS = 4_000  # of a text; longer ones would only cost time
MIN_LETTERS = 3  # of a word in an alphabet with spaces
APOSTROPHE = "\u2019"  # as word processors write it
STOP_WORDS = Path(__file__).with_name("stop_words.txt")

WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
"""Kana and Han, written without spaces: two characters together stand for a word."""


def words_of(text: str) -> set[str]:
    """The different words of a text, at most its first 4,000 characters."""
    folded = unicodedata.normalize("NFKC", text[:MAX_CHARACTERS]).lower().replace(APOSTROPHE, "'")
    pairs = {pair for run in UNSPACED.findall(folded) for pair in _pairs(run)}
    spaced = WORD.findall(UNSPACED.sub(" ", folded))
    return pairs | {word for word in spaced if len(word) >= MIN_LETTERS} - _stop_words()


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


@cache
def _stop_words() -> frozenset[str]:
    lines = STOP_WORDS.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
