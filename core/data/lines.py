"""Lines of a byte stream, none of them ever longer in memory than a record may be."""

from __future__ import annotations

import io
from collections.abc import Iterator

from core.data.limits import MAX_RECORD_BYTES


def bounded_lines(stream: io.BufferedReader) -> Iterator[tuple[int, bytes | None]]:
    """Each line's number, from 1, and its bytes with the line feed; None for one above 8 MB."""
    number = 0
    while line := stream.readline(MAX_RECORD_BYTES + 1):
        number += 1
        if len(line) > MAX_RECORD_BYTES and not line.endswith(b"\n"):
            _skip_rest(stream)
            yield number, None
        else:
            yield number, line


def _skip_rest(stream: io.BufferedReader) -> None:
    while piece := stream.readline(MAX_RECORD_BYTES):
        if piece.endswith(b"\n"):
            return
