"""The columns of a table over records of JSON: their types, and the records in batches."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from core.errors import RequestError
from core.export.records import Example, Examples

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 4_096  # records held as Python objects at a time
TEXT_OF_JSON = b"json"
_EXACT = 2**53  # whole numbers beyond lose digits beside fractions


def check_one_schema(examples: Examples, called: str) -> None:
    """Refuse rows of several shapes: a table has one set of columns.

    The rows of one shape would be null in the columns of the other, and read back as neither.
    """
    counts: dict[str, int] = {}
    for example in examples:
        counts[example.schema] = counts.get(example.schema, 0) + 1
    if len(counts) > 1:
        told = ", ".join(f"{name}: {n:,} rows" for name, n in sorted(counts.items()))
        raise RequestError(
            f"the rows are of {len(counts)} schemas ({told}) and {called} has one set of columns; "
            "export them as jsonl, which keeps each as it came, or as trl-messages"
        )


def batches(records: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    """The records, some thousand at a time."""
    source = iter(records)
    while batch := list(islice(source, BATCH)):
        yield batch


def schema_of(records: Iterable[Mapping[str, Any]]) -> pa.Schema:
    """The columns that hold all records, in order of appearance.

    What no column type holds (values of several types, objects without fields, numbers beyond 64
    bits) becomes text of JSON; such columns are marked.
    """
    import pyarrow as pa

    known: dict[str, pa.DataType | None] = {}  # None: text of JSON
    for batch in batches(records):
        for name in dict.fromkeys(name for record in batch for name in record):
            found = _type_of([record.get(name) for record in batch])
            known[name] = _joined(known[name], found) if name in known else found
    return pa.schema([_field(name, kind) for name, kind in known.items()])


def table_of(batch: Sequence[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    """A batch of records as a table; RequestError where a value does not fit its column."""
    import pyarrow as pa

    columns = []
    for field in schema:
        values = [record.get(field.name) for record in batch]
        if is_text_of_json(field):
            values = [None if one is None else _text(one) for one in values]
        try:
            columns.append(pa.array(values, field.type))
        except (pa.ArrowException, OverflowError):
            raise RequestError(
                f"the column {field.name[:60]!r} holds numbers that no column type holds exactly; "
                "export as jsonl, which keeps them as they came"
            ) from None
    return pa.Table.from_arrays(columns, schema=schema)


def is_text_of_json(field: pa.Field) -> bool:
    """Whether a column holds JSON as text."""
    return TEXT_OF_JSON in (field.metadata or {})


def records_of(examples: Iterable[Example]) -> Iterator[dict[str, Any]]:
    """The records as they came."""
    return (example.record for example in examples)


def hub_features(schema: pa.Schema) -> tuple[dict[str, Any], ...]:
    """The columns as `dataset_info.features` in a front matter of the hub has them."""
    return tuple({"name": field.name, **_hub_type(field.type)} for field in schema)


def _hub_type(kind: pa.DataType) -> dict[str, Any]:
    import pyarrow.types as types

    if types.is_list(kind):
        return {"list": _hub_inner(kind.value_type)}
    if types.is_struct(kind):
        return {"struct": [{"name": one.name, **_hub_type(one.type)} for one in kind]}
    return {"dtype": _hub_name(kind)}


def _hub_inner(kind: pa.DataType) -> Any:
    import pyarrow.types as types

    if types.is_struct(kind):
        return [{"name": one.name, **_hub_type(one.type)} for one in kind]
    return _hub_type(kind) if types.is_list(kind) else _hub_name(kind)


def _hub_name(kind: pa.DataType) -> str:
    names = {"double": "float64"}
    return names.get(str(kind), str(kind))


def _field(name: str, kind: pa.DataType | None) -> pa.Field:
    import pyarrow as pa

    if kind is None:
        return pa.field(name, pa.string(), metadata={TEXT_OF_JSON: b"1"})
    return pa.field(name, kind)


def _type_of(values: Sequence[Any]) -> pa.DataType | None:
    """The type of a column's values, or None where there is none."""
    import pyarrow as pa

    try:
        kind = pa.array(values).type  # not infer_type, which takes numbers beyond 64 bits
    except (pa.ArrowException, OverflowError, ValueError):
        return None
    if _has_no_column(kind) or (_has_fractions(kind) and any(map(_is_long, values))):
        return None
    return kind


def _joined(first: pa.DataType | None, second: pa.DataType | None) -> pa.DataType | None:
    """The type that holds both."""
    import pyarrow as pa

    if first is None or second is None:
        return None
    one, other = (pa.schema([("x", kind)]) for kind in (first, second))
    try:
        return pa.unify_schemas([one, other], promote_options="permissive").field("x").type
    except pa.ArrowException:
        return None


def _has_no_column(kind: pa.DataType) -> bool:
    import pyarrow.types as types

    if types.is_list(kind):
        return _has_no_column(kind.value_type)
    if types.is_struct(kind):
        return kind.num_fields == 0 or any(_has_no_column(field.type) for field in kind)
    return False


def _has_fractions(kind: pa.DataType) -> bool:
    import pyarrow.types as types

    return bool(types.is_floating(kind))


def _is_long(value: Any) -> bool:
    return isinstance(value, int) and abs(value) > _EXACT


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
