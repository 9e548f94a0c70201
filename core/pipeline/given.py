"""Somebody else's subset: ids, row numbers or rows of a file, matched to the pool by content id."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.data.ingest import IngestConfig, ingest
from core.data.opening import regular_file
from core.data.pool import Pool
from core.errors import CoreError, DataError, RequestError
from core.fingerprint import Recipe
from core.pipeline.arrays import load_array, save_array
from core.pipeline.views import in_use, open_pool
from core.records import Rows
from core.workspace import Artifact, Workspace

VERSION = 1
SHOWN = 5
MOST_KEPT = 1000  # names of unmatched rows that are listed
HEX = set("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Matched:
    """Somebody else's choice in terms of the pool."""

    ids: tuple[str, ...]  # in their order, each once
    unmatched: tuple[str, ...]  # what was given and is not in the pool
    n_repeated: int


def given_subset(workspace: Workspace, path: Path) -> Artifact:
    """Somebody else's subset as an artifact: ids, row numbers, a selection file, or the rows.

    Raises DataError when the file is none of these, or nothing in it is in the pool.
    """
    pool = open_pool(workspace)
    matched = match(pool, path)
    if not matched.ids:
        shown = ", ".join(repr(one) for one in matched.unmatched[:SHOWN])
        raise DataError(f"nothing in {path} is in the pool; seen {shown or 'no rows'}")
    return keep_given(workspace, matched, path.name)


def keep_given(workspace: Workspace, matched: Matched, name: str) -> Artifact:
    """A matched subset as an artifact, named by its ids alone."""
    parents = {"pool": in_use(workspace, "pool").fingerprint}
    recipe = Recipe("given", VERSION, {"ids": list(matched.ids)}, parents)
    if workspace.find("given", recipe.fingerprint) is None:
        title = f"{len(matched.ids):,} rows from {name}"
        with workspace.publish("given", recipe, title=title) as draft:
            save_array(draft.folder, "rows", open_pool(workspace).rows_of(matched.ids))
            draft.notes.update(
                name=name,
                n_unmatched=len(matched.unmatched),
                unmatched=list(matched.unmatched[:MOST_KEPT]),
                n_repeated=matched.n_repeated,
            )
    return workspace.get("given", recipe.fingerprint)


def given_rows(workspace: Workspace, fingerprint: str) -> Rows:
    """The rows of a given subset, in its order."""
    return load_array(workspace.get("given", fingerprint).folder, "rows")


def match(pool: Pool, path: Path) -> Matched:
    """Find what a file names in the pool: by example id, by row number, or by the rows' text."""
    names = _named(pool, path)
    known = set(pool.ids())
    found = [name for name in names if name in known]
    distinct = tuple(dict.fromkeys(found))
    unmatched = tuple(name for name in names if name not in known)
    return Matched(distinct, unmatched, len(found) - len(distinct))


def _named(pool: Pool, path: Path) -> list[str]:
    """Example ids that a file names; what is no id stands for itself, and will not be found."""
    regular_file(path)
    listed = _listed(path)
    if listed is None:
        return _ids_of_rows(path)
    if listed and all(_is_number(one) for one in listed):
        return _ids_at(pool, [int(one) for one in listed])
    return [str(one) for one in listed]


def _listed(path: Path) -> Sequence[Any] | None:
    """Ids or row numbers: a selection file, a JSON list, or one a line; None for rows."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None  # a compressed or columnar file: its rows are meant
    try:
        value = json.loads(text)
    except ValueError:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return lines if lines and all(_is_id(one) or _is_number(one) for one in lines) else None
    if isinstance(value, dict):
        value = value.get("rows") or value.get("indices")
    if isinstance(value, list) and all(_is_number(one) or isinstance(one, str) for one in value):
        return value
    return [value] if isinstance(value, int) and not isinstance(value, bool) else None


def _ids_of_rows(path: Path) -> list[str]:
    try:
        return ingest([str(path)], IngestConfig()).pool.ids()
    except CoreError as error:
        raise DataError(
            f"{path} holds no example ids, no row numbers and no rows that can be read: {error}"
        ) from error


def _ids_at(pool: Pool, rows: Sequence[int]) -> list[str]:
    ids = pool.ids()
    outside = [row for row in rows if not 0 <= row < len(ids)]
    if outside:
        raise RequestError(
            f"{len(outside)} row numbers are outside the pool of {len(ids):,} rows, such as "
            f"{outside[0]}; row numbers begin at 0 and count distinct examples"
        )
    return [ids[row] for row in rows]


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 32 and set(value) <= HEX


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) < 32 and value.isascii() and value.isdigit()
    return isinstance(value, int) and not isinstance(value, bool)
