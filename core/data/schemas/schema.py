"""What a schema is, the registry of all, and the recognition of a record by its columns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from core.data.examples import Turn
from core.data.rows import listed
from core.errors import DataError
from core.registry import Registry


@dataclass(frozen=True, slots=True)
class Schema:
    """One shape of a record; `turns` raises BadRow with a reason for one that does not fit."""

    name: str
    needs: str  # its columns in words, for messages and forms
    columns: tuple[str, ...]  # read as text, hence no metadata
    matches: Callable[[Collection[str]], bool]
    turns: Callable[[Mapping[str, Any]], tuple[Turn, ...]]
    order: int = 100  # where several match, the lowest is taken


SCHEMAS: Registry[Schema] = Registry("schema")


def recognise(columns: Collection[str]) -> Schema:
    """The schema of a record with these columns.

    Raises DataError naming the columns seen and the schemas known.
    """
    schema = matching(columns)
    if schema is None:
        known = "; ".join(f"{name}: {SCHEMAS.get(name).needs}" for name in SCHEMAS)
        raise DataError(
            f"columns {listed(columns)} fit no known schema ({known}); rename the columns"
        )
    return schema


def matching(columns: Collection[str]) -> Schema | None:
    """The schema of a record with these columns, or None."""
    found = [SCHEMAS.get(name) for name in SCHEMAS if SCHEMAS.get(name).matches(columns)]
    return min(found, key=lambda schema: (schema.order, schema.name), default=None)
