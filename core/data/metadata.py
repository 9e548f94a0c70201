"""The scalar fields beside an example's text: which they are, and the type each column gets."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pyarrow as pa

from core.data.limits import MAX_METADATA_COLUMNS

Kind = Literal["categorical", "numeric", "text"]

OWN_COLUMNS = (
    "id",
    "source",
    "schema",
    "turns",
    "raw",
    "n_prompt_words",
    "n_response_words",
    "n_turns",
)
MAX_CATEGORIES = 256
MAX_CATEGORY_LENGTH = 100  # characters; a longer value is prose
_PREFIX = "meta."
_INT64 = range(-(2**63), 2**63)
_NUMBER = re.compile(r"[+-]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?", re.ASCII)


def metadata_of(record: Mapping[str, Any], consumed: Collection[str]) -> dict[str, Any]:
    """Scalars that the schema did not read as text, by column name.

    A number in an object `scores` becomes `scores.<name>`. A name that is ours, or that begins
    with `meta.`, gets the prefix `meta.`, so that no two fields meet in one column.
    """
    found: dict[str, Any] = {}
    for name, value in record.items():
        if name == "scores" and isinstance(value, dict):
            scores = {f"scores.{key}": item for key, item in value.items() if _is_number(item)}
            found |= {key: item for key, item in scores.items() if key not in record}
        elif name not in consumed and name and isinstance(value, (str, bool, int, float)):
            found[column_name(name)] = value
    return found


def column_name(name: str) -> str:
    """The column of a field."""
    return f"{_PREFIX}{name}" if name in OWN_COLUMNS or name.startswith(_PREFIX) else name


@dataclass(slots=True)
class MetadataColumns:
    """Collects values row by row, and settles each column's type at the end."""

    n_left_out: int = 0  # fields without a column, since there were too many
    _values: dict[str, list[Any]] = field(default_factory=dict)
    _typed: set[str] = field(default_factory=set)  # columns with text from a typed format
    _left_out: set[str] = field(default_factory=set)

    def add(self, row: int, found: Mapping[str, Any], *, is_typed: bool) -> None:
        """Take the fields of one row; rows come in ascending order."""
        for name, value in found.items():
            if value == "" and not is_typed:  # an empty cell of a CSV file
                continue
            values = self._column(name)
            if values is None:
                continue
            values.extend([None] * (row - len(values)))
            values.append(value)
            if is_typed:
                self._typed.add(name)

    def arrays(self, n_rows: int) -> dict[str, tuple[pa.Array, Kind]]:
        """Each column with its kind, (n_rows,); null where a row has no such field."""
        settled = {}
        for name, values in self._values.items():
            values.extend([None] * (n_rows - len(values)))
            settled[name] = _settled(values, is_typed=name in self._typed)
        return settled

    def _column(self, name: str) -> list[Any] | None:
        if name not in self._values:
            if len(self._values) >= MAX_METADATA_COLUMNS:
                if len(self._left_out) < MAX_METADATA_COLUMNS:
                    self._left_out.add(name)
                    self.n_left_out = len(self._left_out)
                return None
            self._values[name] = []
        return self._values[name]


def _settled(values: list[Any], *, is_typed: bool) -> tuple[pa.Array, Kind]:
    present = [value for value in values if value is not None]
    if not is_typed and all(isinstance(value, str) for value in present):
        values = _numbers(values, present)
        present = [value for value in values if value is not None]
    if all(_is_number(value) for value in present):
        if all(isinstance(value, float) for value in present):
            return pa.array(values, pa.float64()), "numeric"
        if all(isinstance(value, float) or value in _INT64 for value in present):
            return _numeric(values, present), "numeric"
    texts = [None if value is None else _as_text(value) for value in values]
    return pa.array(texts, pa.large_string()), _text_kind(texts)


def _numbers(values: list[Any], present: list[str]) -> list[Any]:
    """The texts of a CSV column as numbers where every one of them is a finite number."""
    if not all(_NUMBER.fullmatch(value.strip()) for value in present):
        return values
    is_whole = all(value.strip().lstrip("+-").isdigit() for value in present)
    convert = int if is_whole and all(len(value) <= 18 for value in present) else float
    return [None if value is None else convert(value) for value in values]


def _numeric(values: list[Any], present: list[Any]) -> pa.Array:
    if any(isinstance(value, float) for value in present):
        values = [None if value is None else float(value) for value in values]
        return pa.array(values, pa.float64())
    return pa.array(values, pa.int64())


def _text_kind(texts: list[str | None]) -> Kind:
    categories: set[str] = set()
    for text in texts:
        if text is None or text in categories:
            continue
        categories.add(text)
        if len(text) > MAX_CATEGORY_LENGTH or len(categories) > MAX_CATEGORIES:
            return "text"
    return "categorical"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)
