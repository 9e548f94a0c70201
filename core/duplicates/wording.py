"""The words of a text as near-duplicates are compared: case, punctuation and spacing aside."""

from __future__ import annotations

import unicodedata

# Written without spaces, hence a character a word: Thai and Lao, Burmese, Khmer, kana, Han.
UNSPACED = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x323AF),
)


def words_of(text: str) -> list[str]:
    """The words of a text in order, after NFKC and casefold, divided at spaces and punctuation.

    Symbols stay, since '2 + 2' is not '2 < 2'; invisible format characters go. A text of
    punctuation alone is divided at its spaces, so that it has words too.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return folded.translate(_SPACED).split() or folded.split()


class _Spacing(dict[int, str | int]):
    """What `str.translate` puts for a character, worked out when it is first met."""

    def __missing__(self, code: int) -> str | int:
        kind = unicodedata.category(chr(code))
        if kind == "Cf":
            kept: str | int = ""
        elif kind[0] in "PZC":
            kept = " "
        elif any(first <= code <= last for first, last in UNSPACED):
            kept = f" {chr(code)} "
        else:
            kept = code
        self[code] = kept
        return kept


_SPACED = _Spacing()
