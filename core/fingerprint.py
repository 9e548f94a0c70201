"""A recipe and its short hash: the same recipe always has the same name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Recipe:
    """What made an artifact: the step, its code version, its configuration and its parents."""

    step: str
    version: int
    config: Mapping[str, Any]
    parents: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The recipe as plain JSON values."""
        return {
            "step": self.step,
            "version": self.version,
            "config": dict(self.config),
            "parents": dict(self.parents),
        }

    @property
    def fingerprint(self) -> str:
        """First 16 hex digits of sha256 over the canonical JSON of the recipe."""
        return digest(canonical_json(self.as_json()).encode())[:16]


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no spaces, refusing NaN and infinities."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def digest(data: bytes) -> str:
    """sha256 of bytes, in hex."""
    return hashlib.sha256(data).hexdigest()


def file_digest(path: Path) -> str:
    """sha256 of a file, in hex, read in blocks of one MiB."""
    state = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            state.update(block)
    return state.hexdigest()
