"""The manifest: what an export holds and everything that is needed to make it again."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from types import UnionType
from typing import Any

from core.errors import DataError

KIND = "coreset-atlas-export"
FORMAT_VERSION = 1
_ID = re.compile(r"[0-9a-f]{32}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Choice:
    """How the rows were chosen."""

    method: str
    config: Mapping[str, Any]
    budget: Mapping[str, Any]  # as it was asked for: rows, a ratio or tokens
    seed: int | None
    pinned: tuple[str, ...]  # example ids
    forbidden: tuple[str, ...]
    fingerprint: str  # of the selection


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything about an export but the moment it was made, so that its bytes repeat."""

    sources: tuple[Mapping[str, Any], ...]  # name, size and sha256 each
    recipes: Mapping[str, Any]  # every step's recipe, from sources to selection
    selection: Choice
    format: str  # a name in FORMATS
    ids: tuple[str, ...]  # example ids in pick order
    data_file: str
    data_sha256: str
    versions: Mapping[str, str] = field(default_factory=dict)  # libraries that were installed

    @property
    def n_rows(self) -> int:
        """Number of examples."""
        return len(self.ids)

    def to_json(self) -> str:
        """The manifest as text with keys in a fixed order and a final line feed."""
        head = {"kind": KIND, "format_version": FORMAT_VERSION, "n_rows": self.n_rows}
        text = json.dumps({**head, **asdict(self)}, ensure_ascii=False, indent=2, allow_nan=False)
        return text + "\n"

    @classmethod
    def from_json(cls, text: str, *, name: str = "the manifest") -> Manifest:
        """Read a manifest; DataError when it is damaged, foreign or of a later version."""
        found = _object(text, name)
        _check_head(found, name)
        try:
            manifest = _built(found)
        except (KeyError, TypeError) as error:
            raise DataError(f"{name} is damaged: {error} is missing or misshapen") from None
        _check(manifest, found, name)
        return manifest


def _object(text: str, name: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise DataError(f"{name} is not JSON; give the manifest.json of an export") from None
    if not isinstance(found, dict) or found.get("kind") != KIND:
        raise DataError(f"{name} is not of this program; give the manifest.json of an export")
    return found


def _check_head(found: Mapping[str, Any], name: str) -> None:
    seen = found.get("format_version")
    if seen != FORMAT_VERSION:
        raise DataError(
            f"{name} has format version {seen!r} and this program reads {FORMAT_VERSION}; "
            "use the version that wrote it"
        )


def _built(found: Mapping[str, Any]) -> Manifest:
    values = {item.name: found[item.name] for item in fields(Manifest)}
    chosen = {item.name: values["selection"][item.name] for item in fields(Choice)}
    chosen |= {name: _texts(chosen[name], name) for name in ("pinned", "forbidden")}
    values["selection"] = Choice(**chosen)
    values["ids"] = _texts(values["ids"], "ids")
    values["sources"] = tuple(_mapping(source, "sources") for source in values["sources"])
    for name in ("recipes", "versions"):
        _mapping(values[name], name)
    for name in ("config", "budget"):
        _mapping(chosen[name], name)
    for name in ("format", "data_file", "data_sha256"):
        _one(values[name], str, name)
    for name in ("method", "fingerprint"):
        _one(chosen[name], str, name)
    _one(chosen["seed"], int | None, "seed")
    return Manifest(**values)


def _one(value: Any, kind: type | UnionType, name: str) -> None:
    if not isinstance(value, kind):
        raise TypeError(repr(name))


def _texts(value: Any, name: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TypeError(repr(name))
    return tuple(value)


def _mapping(value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(repr(name))
    return value


def _check(manifest: Manifest, found: Mapping[str, Any], name: str) -> None:
    every = (*manifest.ids, *manifest.selection.pinned, *manifest.selection.forbidden)
    wrong = next((item for item in every if not _ID.fullmatch(item)), None)
    if wrong is not None:
        raise DataError(f"{name} is damaged: {wrong[:40]!r} is no example id")
    if len(set(manifest.ids)) != len(manifest.ids) or found.get("n_rows") != len(manifest.ids):
        raise DataError(
            f"{name} is damaged: it says {found.get('n_rows')!r} rows and lists "
            f"{len(set(manifest.ids))} distinct ids"
        )
    if not _SHA256.fullmatch(manifest.data_sha256):
        raise DataError(f"{name} is damaged: data_sha256 is no sha256")
