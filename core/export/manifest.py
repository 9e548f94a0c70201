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
FORMAT_VERSION = 2
READ = (1, 2)  # version 1 lacks the fields that have defaults below
_FIRST = (
    "sources",
    "recipes",
    "selection",
    "format",
    "ids",
    "data_file",
    "data_sha256",
    "versions",
)
"""The fields of version 1."""
_ID = re.compile(r"[0-9a-f]{32}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Choice:
    """How the rows were chosen."""

    method: str
    config: Mapping[str, Any]
    budget: Mapping[str, Any]  # rows of the order that were asked for, before decisions
    seed: int | None
    pinned: tuple[str, ...]  # example ids
    forbidden: tuple[str, ...]
    fingerprint: str  # of the selection


@dataclass(frozen=True, slots=True)
class Decisions:
    """What people had decided, as far as it bears on the rows."""

    which: str = "subset"  # a name in core.pipeline.rows_to_export.WHICH
    approved: tuple[str, ...] = ()  # those of the subset
    rejected: tuple[str, ...] = ()  # those of the subset
    added: tuple[str, ...] = ()  # approved rows outside the subset that were added
    left_out: tuple[str, ...] = ()  # rows of the subset that the filter took out
    counts: Mapping[str, int] = field(default_factory=dict)  # verdict -> rows of the project
    number: int = 0  # of the last event in the store
    log_sha256: str | None = None  # of the log as `decisions export` writes it


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything about an export but the moment it was made, so that its bytes repeat."""

    sources: tuple[Mapping[str, Any], ...]  # name, size, sha256 and revision each
    recipes: Mapping[str, Any]  # every step's recipe, from sources to selection
    selection: Choice
    format: str  # a name in FORMATS
    ids: tuple[str, ...]  # example ids in the order of the file
    data_file: str
    data_sha256: str
    versions: Mapping[str, str] = field(default_factory=dict)  # libraries that were installed
    options: Mapping[str, Any] = field(default_factory=dict)  # of the format, none left to chance
    files: tuple[Mapping[str, Any], ...] = ()  # name, size and sha256 of all but this one
    decisions: Decisions = field(default_factory=Decisions)
    refused: tuple[Mapping[str, str], ...] = ()  # id and reason of rows the format cannot carry
    omitted: Mapping[str, int] = field(default_factory=dict)  # field of the source -> rows
    notes: tuple[str, ...] = ()
    artifacts: Mapping[str, Any] = field(default_factory=dict)  # kind -> fingerprint, sha256 …
    findings: Mapping[str, Any] = field(default_factory=dict)  # coverage and gaps, for the card
    title: str = ""
    n_pool: int = 0  # examples that could be chosen from
    licence: str | None = None
    format_version: int = FORMAT_VERSION

    @property
    def n_rows(self) -> int:
        """Number of examples."""
        return len(self.ids)

    def to_json(self) -> str:
        """The manifest as text with keys in a fixed order and a final line feed."""
        values = asdict(self)
        version = values.pop("format_version")
        if version == 1:
            values = {name: values[name] for name in _FIRST}
        head = {"kind": KIND, "format_version": version, "n_rows": self.n_rows}
        text = json.dumps({**head, **values}, ensure_ascii=False, indent=2, allow_nan=False)
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
    if seen not in READ:
        known = " and ".join(map(str, READ))
        raise DataError(
            f"{name} has format version {seen!r} and this program reads {known}; "
            "use the version that wrote it"
        )


def _built(found: Mapping[str, Any]) -> Manifest:
    values = {item.name: found[item.name] for item in fields(Manifest) if _is_due(item.name, found)}
    chosen = {item.name: values["selection"][item.name] for item in fields(Choice)}
    chosen |= {name: _texts(chosen[name], name) for name in ("pinned", "forbidden")}
    values["selection"] = Choice(**chosen)
    values["ids"] = _texts(values["ids"], "ids")
    values["sources"] = _mappings(values["sources"], "sources")
    for name in ("recipes", "versions"):
        _mapping(values[name], name)
    for name in ("config", "budget"):
        _mapping(chosen[name], name)
    for name in ("format", "data_file", "data_sha256"):
        _one(values[name], str, name)
    for name in ("method", "fingerprint"):
        _one(chosen[name], str, name)
    _one(chosen["seed"], int | None, "seed")
    return Manifest(**(values | _second(values) if values["format_version"] > 1 else values))


def _second(values: Mapping[str, Any]) -> dict[str, Any]:
    """What version 2 added, checked and in its own types."""
    decided = {item.name: values["decisions"][item.name] for item in fields(Decisions)}
    lists = ("approved", "rejected", "added", "left_out")
    decided |= {name: _texts(decided[name], f"decisions.{name}") for name in lists}
    for name in ("options", "omitted", "artifacts", "findings"):
        _mapping(values[name], name)
    _mapping(decided["counts"], "decisions.counts")
    _one(decided["which"], str, "decisions.which")
    _one(decided["log_sha256"], str | None, "decisions.log_sha256")
    for name, value in (("decisions.number", decided["number"]), ("n_pool", values["n_pool"])):
        _one(value, int, name)
    _one(values["title"], str, "title")
    _one(values["licence"], str | None, "licence")
    files, refused = _mappings(values["files"], "files"), _mappings(values["refused"], "refused")
    return {
        "decisions": Decisions(**decided),
        "notes": _texts(values["notes"], "notes"),
        "files": files,
        "refused": refused,
    }


def _is_due(name: str, found: Mapping[str, Any]) -> bool:
    return found["format_version"] > 1 or name in (*_FIRST, "format_version")


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


def _mappings(value: Any, name: str) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(value, list):
        raise TypeError(repr(name))
    return tuple(_mapping(item, name) for item in value)


def _check(manifest: Manifest, found: Mapping[str, Any], name: str) -> None:
    told = manifest.decisions
    listed = (*told.approved, *told.rejected, *told.added, *told.left_out)
    chosen = manifest.selection
    every = (*manifest.ids, *chosen.pinned, *chosen.forbidden, *listed)
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
    outside = next((one for one in _names(manifest) if not _is_inside(one)), None)
    if outside is not None:
        raise DataError(f"{name} is damaged: {outside[:40]!r} is no file of an export")


def _names(manifest: Manifest) -> tuple[str, ...]:
    return (manifest.data_file, *(str(one.get("name")) for one in manifest.files))


def _is_inside(name: str) -> bool:
    """Whether a name stays in the folder of the export, as those we write do."""
    parts = name.split("/")
    return all(part and part not in (".", "..") and "\\" not in part for part in parts)
