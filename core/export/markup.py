"""Untrusted text in YAML and Markdown, so that it can only ever be read as text."""

from __future__ import annotations

import json
import re

# What YAML calls printable, less the line separators and the byte order mark; JSON allows more.
_NOT_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_RUN = re.compile(r"`+")


def yaml_text(text: str) -> str:
    """A double-quoted YAML scalar, which JSON's is but for a few characters."""
    quoted = json.dumps(text, ensure_ascii=False)
    return _NOT_YAML.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)


def markdown_text(text: str) -> str:
    """Text on one line with every ASCII punctuation mark escaped: no link, image, tag or table."""
    return _PUNCTUATION.sub(r"\\\1", _one_line(text))


def markdown_code(text: str) -> str:
    """A code span on one line, fenced by more backticks than the text holds in a row.

    A bar is escaped, as table cells need it; outside a table the backslash would show.
    """
    line = _one_line(text).replace("|", "\\|")
    fence = "`" * (1 + max((len(run) for run in _RUN.findall(line)), default=0))
    pad = " " if line.startswith(("`", " ")) or line.endswith(("`", " ")) else ""
    return f"{fence}{pad}{line}{pad}{fence}" if line else "(none)"


def _one_line(text: str) -> str:
    visible = "".join(mark if mark.isprintable() else " " for mark in text)
    return " ".join(visible.split())
