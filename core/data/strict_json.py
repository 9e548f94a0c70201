"""One JSON record from bytes, refusing what other readers would take in different ways."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import numpy as np

from core.data.limits import MAX_DEPTH, MAX_RECORD_BYTES
from core.data.rows import BadRow, Rejected, Row, kind_of, repeated, shown

_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)  # possessive: linear on any input
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_LINE_BREAK = re.compile(r"[\r\n][ \t\r\n]*+")


def json_row(line: int, data: bytes) -> Row | Rejected:
    """The record as a row, or why it is none."""
    try:
        record, raw = parse_record(data)
    except BadRow as reason:
        return Rejected(line, str(reason))
    return Row(line, record, raw)


def parse_record(data: bytes) -> tuple[dict[str, Any], str]:
    """The object and its text on one line; every value spelled as it was.

    Raises BadRow for bytes that are not UTF-8, broken JSON, more than 64 levels, NaN and
    infinities, a key twice in one object, lone surrogates, and anything but an object.
    """
    check_size(len(data))
    text = _decoded(data)
    _check_depth(data)
    record = _parsed(text)
    if not isinstance(record, dict):
        raise BadRow(f"{kind_of(record)}, where an object is expected")
    if "\\u" in text:  # only an escape can spell a lone surrogate in strict UTF-8
        check_unicode(json.dumps(record, ensure_ascii=False))
    # A line break in valid JSON is always between tokens, so joining lines changes no value.
    return record, _LINE_BREAK.sub(" ", text.strip(" \t\r\n"))


def check_size(n_bytes: int) -> None:
    """Refuse a record above 8 MB."""
    if n_bytes > MAX_RECORD_BYTES + 1:  # and its line feed
        raise BadRow(f"longer than {MAX_RECORD_BYTES >> 20} MB")


def check_unicode(text: str) -> None:
    """Refuse lone surrogates, which no UTF-8 file can hold."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            code = ord(text[error.start])
            raise BadRow(f"a lone surrogate U+{code:04X}, half of a character") from None


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = data[error.start]
        raise BadRow(f"not UTF-8: byte 0x{byte:02x} at position {error.start + 1}") from None


def _check_depth(data: bytes) -> None:
    if data.count(b"[") + data.count(b"{") <= MAX_DEPTH:
        return
    brackets = np.frombuffer(_STRING.sub(b"", data).translate(None, _NOT_BRACKETS), dtype=np.uint8)
    steps = np.where((brackets == ord("[")) | (brackets == ord("{")), 1, -1)
    if len(steps) and int(np.cumsum(steps).max()) > MAX_DEPTH:
        raise BadRow(f"nested deeper than {MAX_DEPTH} levels")


def _parsed(text: str) -> Any:
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        place = f"at character {error.pos + 1}"
        raise BadRow(f"broken JSON: {error.msg[:1].lower()}{error.msg[1:]} {place}") from None
    except ValueError:  # the interpreter's guard against quadratic conversion
        raise BadRow("an integer of more than 4,300 digits") from None


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        twice = repeated(name for name, _ in pairs)[0]
        raise BadRow(f"the key {shown(twice)} stands twice in one object")
    return record


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise BadRow(f"the number {shown(text)} is too large")
    return number


def _no_constant(text: str) -> Any:
    raise BadRow(f"{text}, which is not JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_distinct, parse_float=_finite, parse_constant=_no_constant
)
