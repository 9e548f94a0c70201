"""The schema of each row of a source: named by the person, or recognised by the columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.data.rows import BadRow, listed, shown
from core.data.schemas import SCHEMAS, Schema, matching, recognise
from core.errors import DataError

AUTO = "auto"
PATIENCE = 100  # readable rows of no known schema, and none of any, before the source is refused
_MAX_CACHED, _MAX_COLUMNS = 1_000, 200  # so that odd records cannot fill the memory


class Recogniser:
    """Remembers the columns it has met, so that a row costs one look-up."""

    def __init__(self, source: str, schema: str) -> None:
        self._source = source
        self._fixed = None if schema == AUTO else SCHEMAS.get(schema)
        self._cache: dict[tuple[str, ...], Schema | None] = {}
        self._first_unknown: tuple[str, ...] | None = None
        self._n_unknown = 0
        self._is_known = self._fixed is not None

    def schema_of(self, record: Mapping[str, Any]) -> Schema:
        """The record's schema; BadRow where its columns fit none.

        Raises DataError, naming columns and schemas, when the first 100 rows fit none.
        """
        if self._fixed is not None:
            return self._fixed
        schema = self._matching(tuple(record))
        if schema is not None:
            self._is_known = True
            return schema
        self._n_unknown += 1
        self._first_unknown = self._first_unknown or tuple(record)
        if self._n_unknown >= PATIENCE:
            self.check_end()
        raise BadRow(f"columns {listed(record)} fit no known schema")

    def check_end(self) -> None:
        """Raise DataError when rows were met and none of them was of a known schema."""
        if self._first_unknown is None or self._is_known:
            return
        try:
            recognise(self._first_unknown)
        except DataError as error:
            raise DataError(f"{shown(self._source)}: {error}") from None

    def _matching(self, columns: tuple[str, ...]) -> Schema | None:
        if columns in self._cache:
            return self._cache[columns]
        schema = matching(columns)
        if len(columns) <= _MAX_COLUMNS and len(self._cache) < _MAX_CACHED:
            self._cache[columns] = schema
        return schema
