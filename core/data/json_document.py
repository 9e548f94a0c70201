"""A JSON document that is a list of records, or an object whose `data` is one, record by record."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from core.data.limits import MAX_RECORD_BYTES
from core.data.opening import BLOCK, Opened
from core.data.rows import Rejected, Row, shown
from core.data.strict_json import json_row
from core.errors import DataError

# Both are possessive, hence linear; group 1 is empty where a string runs on into the next block.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+("?)|[\[\]{},]', re.DOTALL)
_STRING_TAIL = re.compile(rb'(?:[^"\\]++|\\.)*+("?)', re.DOTALL)
_OPENING, _CLOSING = (b"[", b"{"), (b"]", b"}")
_DATA_KEY = b'"data"'
_KEY_BYTES = 16  # of each block of a string; enough to tell `"data"` from any other key


def read_json_document(file: Opened) -> Iterator[Row | Rejected]:
    """A row or a refusal for each element; a broken one does not take its neighbours with it.

    The text is cut at the brackets and commas outside strings, so one element is in memory at a
    time. Raises DataError when there is no list of records or when it breaks off.
    """
    scanner = _Scanner(file.stream)
    is_bare = _enter_list(scanner, file.name)
    is_last = False
    while not is_last:
        line, data, is_last = _element(scanner, file.name)
        if data is None:
            yield Rejected(line, f"longer than {MAX_RECORD_BYTES >> 20} MB")
        elif data or not is_last:
            yield json_row(line, data)
    if is_bare and not scanner.rest_is_blank():
        raise DataError(f"{shown(file.name)} goes on after its list ends on line {scanner.line}")


def _enter_list(scanner: _Scanner, name: str) -> bool:
    """Read up to the list of records; True when it is the whole document."""
    token, key, depth = scanner.token(), b"", 1
    if token == b"[":
        return True
    while depth and (token := scanner.token()):
        if token == b"[" and depth == 1 and key == _DATA_KEY:
            return False
        depth += (token in _OPENING) - (token in _CLOSING)
        key = token
    raise DataError(
        f"{shown(name)} is one JSON object without a list under 'data'; "
        "write a list of records or one record a line"
    )


def _element(scanner: _Scanner, name: str) -> tuple[int, bytes | None, bool]:
    """First line, bytes (None above 8 MB) and whether the list ends behind this element."""
    scanner.begin()
    depth = 0
    while token := scanner.token():
        if depth == 0 and (token == b"," or token in _CLOSING):
            line, data = scanner.finish()
            return line, data, token != b","
        depth += (token in _OPENING) - (token in _CLOSING)
    raise DataError(
        f"{shown(name)} breaks off on line {scanner.line}, inside its list of records; get it again"
    )


class _Scanner:
    """Walks over the structural tokens of a JSON text in blocks of one MiB."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self.line = 1
        self._stream = stream
        self._block = b""
        self._at = 0  # in the block, behind the last token
        self._counted = 0  # in the block, up to where `line` counts
        self._start = 0  # in the block, where the wanted bytes begin
        self._string: bytes | None = None  # the head of a string cut by the end of a block
        self._pieces: list[bytes] = []
        self._n_kept = 0

    def token(self) -> bytes:
        """The next bracket, comma or string (in full where it is short); empty at the end."""
        while True:
            found = self._in_string() if self._string is not None else self._outside()
            if found:
                return found
            if not self._refill():
                return b""

    def begin(self) -> None:
        """Want the bytes from here on."""
        self._count_lines()
        self._start, self._pieces, self._n_kept = self._at, [], 0

    def finish(self) -> tuple[int, bytes | None]:
        """First line and bytes since `begin`, without the last token; None above 8 MB."""
        self._keep(self._at - 1)
        if self._n_kept > MAX_RECORD_BYTES:
            self._count_lines()
            return self.line, None
        data = b"".join(self._pieces)
        self._count_lines()
        return self.line - data.lstrip().count(b"\n"), data.strip()

    def rest_is_blank(self) -> bool:
        """Whether nothing but white space follows."""
        if self._block[self._at :].strip():
            return False
        while block := self._stream.read(BLOCK):
            if block.strip():
                return False
        return True

    def _outside(self) -> bytes:
        match = _TOKEN.search(self._block, self._at)
        if match is None:
            self._at = len(self._block)
            return b""
        self._at = match.end()
        if match[0][:1] == b'"' and not match[1]:
            self._string = match[0][:_KEY_BYTES]
            return b""
        return match[0]

    def _in_string(self) -> bytes:
        match = _STRING_TAIL.match(self._block, self._at)
        head = self._string or b""
        if match is None or not match[1]:
            self._string = head + self._block[self._at :][:_KEY_BYTES]
            self._at = len(self._block)
            return b""
        self._at, self._string = match.end(), None
        return head + match[0]

    def _refill(self) -> bool:
        self._keep(len(self._block))
        self._count_lines()
        block = self._stream.read(BLOCK)
        n_slashes = len(block) - len(block.rstrip(b"\\"))
        if n_slashes % 2:  # never cut between a backslash and what it escapes
            block += self._stream.read(1)
        self._block, self._at, self._counted, self._start = block, 0, 0, 0
        return bool(block)

    def _keep(self, end: int) -> None:
        self._n_kept += end - self._start
        if self._n_kept > MAX_RECORD_BYTES:
            self._pieces.clear()
        else:
            self._pieces.append(self._block[self._start : end])
        self._start = end

    def _count_lines(self) -> None:
        self.line += self._block.count(b"\n", self._counted, self._at)
        self._counted = self._at
