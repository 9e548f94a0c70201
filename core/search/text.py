"""Texts that hold a piece of text or match a regular expression, in time linear in their length.

Regular expressions run in RE2 (through Arrow) alone: no look-around, no back-reference, and so no
pattern whose time explodes. A pattern that counts, `(x{2,30}){30}`, may still take microseconds
for every letter: a heavy one runs in a child that can be killed, any other here, block by block.
"""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import RequestError
from core.records import Bools
from core.search.sandbox import answer_of
from core.search.sharing import shared

LONGEST_PATTERN = 200  # characters
SECONDS = 5.0  # for all texts together
LONG = 1 << 20  # bytes of one text that is not looked at in this process
HEAVY = 2 * LONGEST_PATTERN
COUNT = re.compile(r"\{([0-9]{1,4})(?:,([0-9]{0,4}))?\}")
WORKER = "core.search.pattern_worker"
BLOCK = 1 << 18  # bytes of text looked at between two looks at the clock
UNSUPPORTED = (
    (("(?=", "(?!"), "looking ahead"),
    (("(?<=", "(?<!"), "looking behind"),
    (("(?>", "*+", "++", "?+"), "possessive matching"),
    (("\\1", "\\2", "\\3", "\\k", "(?P="), "going back to a group"),
)

Texts: TypeAlias = "pa.ChunkedArray | pa.Array"


def holding(texts: Texts, piece: str, *, match_case: bool = False) -> Bools:
    """Which texts hold the piece, (n,); case aside unless `match_case`."""
    if not match_case:
        return _each(texts, lambda part: pc.match_substring(part, piece, ignore_case=True))
    return _each(texts, lambda part: pc.match_substring(part, piece))


def matching(texts: Texts, pattern: str, *, seconds: float = SECONDS) -> Bools:
    """Which texts a regular expression matches somewhere, (n,); `(?i)` sets case aside.

    RequestError for what RE2 does not read, for more than 200 characters, and when the search
    takes longer than `seconds`.
    """
    check_pattern(pattern)
    if _weight(pattern) > HEAVY or _longest(texts) > LONG:
        return _in_a_child(texts, pattern, seconds)
    return _each(texts, lambda part: pc.match_substring_regex(part, pattern), seconds)


def check_pattern(pattern: str) -> None:
    """Compile a pattern once; RequestError says what of it cannot be read."""
    if len(pattern) > LONGEST_PATTERN:
        raise RequestError(
            f"a pattern has at most {LONGEST_PATTERN} characters; seen {len(pattern):,}"
        )
    try:
        pc.match_substring_regex(pa.array([""]), pattern)
    except (pa.ArrowInvalid, UnicodeEncodeError) as error:
        raise RequestError(f"not a pattern: {_reason(pattern, str(error))}") from None


def _in_a_child(texts: Texts, pattern: str, seconds: float) -> Bools:
    whole = texts if isinstance(texts, pa.ChunkedArray) else pa.chunked_array([texts])
    with shared(pa.table({"texts": pc.fill_null(whole, "")})) as fd:
        request = json.dumps({"pattern": pattern, "seconds": seconds, "fd": fd}).encode()
        answer = answer_of(WORKER, request, seconds=seconds, most=len(whole), fds=[fd])
    if len(answer) != len(whole):
        raise RequestError("the search gave no answer; try again")
    there = np.asarray(pc.is_valid(whole).to_numpy(), dtype=np.bool_)
    return np.frombuffer(answer, dtype=np.uint8).astype(np.bool_) & there


def _weight(pattern: str) -> int:
    """How large a pattern may become once its counts are written out: at most its states."""
    counts = [max(int(low), int(high or 0), 1) for low, high in COUNT.findall(pattern)]
    return len(pattern) * math.prod(counts)


def _longest(texts: Texts) -> int:
    """Bytes of the longest text."""
    return int(pc.max(pc.binary_length(texts)).as_py() or 0)


def _each(
    texts: Texts, match: Callable[[pa.Array], pa.Array], seconds: float = float("inf")
) -> Bools:
    until = time.monotonic() + seconds
    found = [np.zeros(0, dtype=np.bool_)]
    for part in _blocks(texts):
        if time.monotonic() > until:
            raise RequestError(f"the pattern took longer than {seconds:.0f} s; make it simpler")
        hits = match(part)
        found.append(pc.fill_null(hits, False).to_numpy(zero_copy_only=False))
    return np.concatenate(found)


def _blocks(texts: Texts) -> Iterator[pa.Array]:
    """The texts in order, about BLOCK bytes at a time."""
    for chunk in texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]:
        rows = max(1, len(chunk) * BLOCK // max(chunk.nbytes, 1))
        for start in range(0, len(chunk), rows):
            yield chunk.slice(start, rows)


def _reason(pattern: str, message: str) -> str:
    for marks, name in UNSUPPORTED:
        if any(mark in pattern for mark in marks):
            return f"{name} is not supported; patterns are those of RE2"
    line = message.partition("regular expression: ")[2] or message
    return " ".join(line.split())[:160]
