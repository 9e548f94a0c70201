"""Untrusted text in YAML and Markdown, so that it can only ever be read as text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

# What YAML calls printable, less the line separators and the byte order mark; JSON allows more.
_NOT_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_PUNCTUATION = re.compile(
    r"([!#$&(-+\-./:<=>@\[-`{-~])"
)  # but , ; ? % and quotes, which mark nothing
_RUN = re.compile(r"`+")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:[-/][A-Za-z0-9_]+)*(?:\.[a-z][A-Za-z0-9]*)?")
_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}  # not text to some readers


def yaml_text(text: str) -> str:
    """A double-quoted YAML scalar, which JSON's is but for a few characters."""
    quoted = json.dumps(text, ensure_ascii=False)
    return _NOT_YAML.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)


def yaml_block(value: Mapping[str, Any]) -> str:
    """A mapping of texts, numbers, lists and mappings as YAML, one entry a line.

    Text that could be read as anything else is quoted.
    """
    return "".join(f"{line}\n" for line in _entries(value))


def markdown_block(text: str, language: str = "") -> str:
    """A fenced block, the fence longer than any run of backticks in the text."""
    fence = "`" * max(3, 1 + max((len(run) for run in _RUN.findall(text)), default=0))
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def markdown_text(text: str) -> str:
    """Text on one line, its marks escaped: no link, image, tag, emphasis or table."""
    return _PUNCTUATION.sub(r"\\\1", _one_line(text))


def markdown_code(text: str) -> str:
    """A code span on one line, fenced by more backticks than the text holds in a row.

    A bar is escaped, as table cells need it; outside a table the backslash would show.
    """
    line = _one_line(text).replace("|", "\\|")
    fence = "`" * (1 + max((len(run) for run in _RUN.findall(line)), default=0))
    pad = " " if line.startswith(("`", " ")) or line.endswith(("`", " ")) else ""
    return f"{fence}{pad}{line}{pad}{fence}" if line else "(none)"


def markdown_table(head: tuple[str, str], rows: Sequence[tuple[str, str]]) -> str:
    """A table of two columns; without a head the left one is words of ours, else a value."""
    lines = [f"| {head[0]} | {head[1]} |", "|---|---|"]
    for name, value in rows:
        left = markdown_code(name) if head[0] else markdown_text(name)
        lines.append(f"| {left} | {markdown_code(value)} |")
    return "\n".join(lines) + "\n"


def _entries(value: Mapping[str, Any]) -> Iterator[str]:
    for name, item in value.items():
        key = _scalar(name)
        if isinstance(item, Mapping) and item:
            yield f"{key}:"
            yield from (f"  {line}" for line in _entries(item))
        elif isinstance(item, Sequence) and not isinstance(item, str) and item:
            yield f"{key}:"
            yield from _items(item)
        else:
            yield f"{key}: {_scalar(item)}"


def _items(values: Sequence[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, Mapping):
            first, *rest = _entries(value)
            yield f"- {first}"
            yield from (f"  {line}" for line in rest)
        else:
            yield f"- {_scalar(value)}"


def _scalar(value: Any) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS
    return value if plain else yaml_text(value)


def _one_line(text: str) -> str:
    visible = "".join(mark if mark.isprintable() else " " for mark in text)
    return " ".join(visible.split())
