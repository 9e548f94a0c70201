"""`bundle.json`: what a share bundle holds, what it leaves out, and the checksum of every file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from core.errors import DataError

KIND = "coreset-atlas-bundle"
FORMAT = 1
LARGEST = 16 << 20  # bytes of the record itself
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(
    r"[a-z][a-z-]{0,40}/[0-9a-f]{16}/[A-Za-z0-9][A-Za-z0-9._-]{0,120}"  # an artifact's file
    r"|views/[0-9a-f]{16}\.json"
    r"|(workspace|marks|cluster-edits|snapshots)\.json|decisions\.jsonl|README\.md"
)


@dataclass(frozen=True, slots=True)
class Packed:
    """One file of a bundle."""

    name: str  # with '/' between folders
    size: int  # bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class BundleRecord:
    """What a bundle says of itself."""

    title: str
    n_rows: int  # of the pool
    n_texts: int  # rows whose text is in the bundle
    n_chosen: int | None
    method: str | None
    n_events: int  # of the decision log
    left_out: tuple[str, ...]  # in plain words
    files: tuple[Packed, ...]

    def to_json(self) -> str:
        """The record as text; the same bundle gives the same."""
        head = {"kind": KIND, "format_version": FORMAT}
        return json.dumps({**head, **asdict(self)}, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str, *, name: str) -> BundleRecord:
        """Read a record; DataError where it is damaged, foreign, or names a file outside."""
        try:
            found = json.loads(text)
            if not isinstance(found, dict) or found.get("kind") != KIND:
                raise DataError(f"{name} is no share bundle of this program")
            if found.get("format_version") != FORMAT:
                raise DataError(
                    f"{name} has bundle format {found.get('format_version')!r} and this program "
                    f"reads {FORMAT}; open it with the version that wrote it"
                )
            return _built(found)
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise DataError(
                f"{name} is damaged ({type(error).__name__} in its bundle.json); ask for it again"
            ) from None


def _built(found: Mapping[str, Any]) -> BundleRecord:
    files = tuple(_file(one) for one in found["files"])
    if len({one.name for one in files}) != len(files):
        raise ValueError("a name stands twice")
    return BundleRecord(
        title=str(found["title"]),
        n_rows=_count(found["n_rows"]),
        n_texts=_count(found["n_texts"]),
        n_chosen=None if found["n_chosen"] is None else _count(found["n_chosen"]),
        method=None if found["method"] is None else str(found["method"]),
        n_events=_count(found["n_events"]),
        left_out=tuple(str(one) for one in found["left_out"]),
        files=files,
    )


def _file(found: Mapping[str, Any]) -> Packed:
    name, sha256 = found["name"], found["sha256"]
    if not _NAME.fullmatch(name) or not _SHA256.fullmatch(sha256):
        raise ValueError("a file's name or checksum is of another form")
    return Packed(name, _count(found["size"]), sha256)


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("a count is a whole number of 0 or more")
    return value
