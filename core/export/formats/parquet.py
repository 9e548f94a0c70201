"""Parquet in the schema of the source: typed columns, compressed, read in parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.export.columns import (
    batches,
    check_one_schema,
    hub_features,
    is_text_of_json,
    records_of,
    schema_of,
    table_of,
)
from core.export.formats.format import FORMATS, At, Format
from core.export.loading import datasets_code, pandas_code
from core.export.records import Examples, Loading, Refusal, Written
from core.options import NoConfig

if TYPE_CHECKING:
    import pyarrow as pa

FILE = "data.parquet"
CALLS = "tool_calls"


def settle_parquet(examples: Examples, config: NoConfig) -> NoConfig:
    """Refuse rows of several schemas."""
    check_one_schema(examples, "Parquet")
    return config


def write_parquet(examples: Examples, folder: Path, config: NoConfig) -> Written:
    """Every record with one typed column a field."""
    return write_table(examples, folder, schema_of(records_of(examples)), FILE)


def write_table(examples: Examples, folder: Path, schema: pa.Schema, name: str) -> Written:
    """Write records as one Parquet file, a few thousand rows in memory at a time.

    A row is refused where a column would change its tool calls, which are part of the text.
    """
    import pyarrow.parquet as pq

    ids: list[str] = []
    refused: list[Refusal] = []
    padded = 0
    (folder / name).parent.mkdir(exist_ok=True)
    sources = iter(examples)
    with pq.ParquetWriter(folder / name, schema, compression="zstd") as writer:
        for batch in batches(records_of(examples)):
            kept = []
            for record, back in zip(batch, table_of(batch, schema).to_pylist(), strict=True):
                example = next(sources)
                if _calls(record) != _calls(back):
                    refused.append(Refusal(example.id, _CHANGED))
                    continue
                kept.append(record)
                ids.append(example.id)
                padded += _padded(record, back)
            writer.write_table(table_of(kept, schema))
    notes = _notes(schema, padded)
    return Written(name, tuple(ids), tuple(refused), {}, notes, hub_features(schema))


_CHANGED = (
    "has tool calls with other fields than other rows, which a table fills with nulls; "
    "jsonl keeps them"
)


def _calls(record: Mapping[str, Any]) -> list[Any]:
    """The tool calls of a record's messages, and nothing where there are none."""
    found: list[Any] = []
    for value in record.values():
        if isinstance(value, list):
            found += [one[CALLS] for one in value if isinstance(one, dict) and one.get(CALLS)]
    return found


def _padded(record: Mapping[str, Any], back: Mapping[str, Any]) -> bool:
    """Whether the table gave nulls to an inner field that the record does not have."""
    return any(_nulls(value, back.get(name)) for name, value in record.items())


def _nulls(value: Any, back: Any) -> bool:
    if isinstance(value, dict) and isinstance(back, dict):
        return len(back) > len(value) or any(_nulls(one, back[name]) for name, one in value.items())
    if isinstance(value, list) and isinstance(back, list):
        return any(_nulls(one, other) for one, other in zip(value, back, strict=True))
    return False


def _notes(schema: pa.Schema, padded: int) -> tuple[str, ...]:
    texts = [field.name for field in schema if is_text_of_json(field)]
    told: Sequence[str] = [
        f"The column {name} holds JSON as text: its values are of several types." for name in texts
    ]
    nulls = f"{padded:,} rows have nulls for inner fields that only other rows have."
    return (*told, *([nulls] if padded else []))


def _loading(config: NoConfig, at: At) -> tuple[Loading, ...]:
    return datasets_code("parquet", at(FILE)), pandas_code("read_parquet", at(FILE))


FORMATS.add(
    "parquet",
    Format(
        name="parquet",
        title="Parquet",
        brief="Typed columns, compressed, read in parts.",
        about="The records in typed columns: small, and read in parts by datasets, pandas, DuckDB.",
        group="source",
        write=write_parquet,
        loading=_loading,
        settle=settle_parquet,
    ),
)
