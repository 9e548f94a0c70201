"""What an example is: its turns, and the content id that outlives every run."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from core.fingerprint import canonical_json, digest

ROLES = ("system", "user", "assistant", "tool")

WITHHELD = "withheld"  # the role of a turn whose text stayed behind, as in a share bundle


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of an example; `role` is one of ROLES."""

    role: str
    text: str


def example_id(turns: Sequence[Turn]) -> str:
    """First 32 hex digits of sha256 over the canonical JSON of [[role, canonical text], ...].

    Nothing but roles and texts enters, so one conversation has one id in every schema.
    """
    pairs = [[turn.role, canonical_text(turn.text)] for turn in turns]
    return digest(canonical_json(pairs).encode())[:32]


def canonical_text(text: str) -> str:
    """The text in NFC, with CRLF as LF and without outer white space."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
