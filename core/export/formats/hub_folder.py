"""A dataset folder as the Hugging Face hub has it: data/train-*, and a card that describes it.

Layout: https://huggingface.co/docs/hub/datasets-manual-configuration, front matter:
https://github.com/huggingface/hub-docs/blob/main/datasetcard.md
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from core.export.columns import (
    check_one_schema,
    hub_features,
    is_text_of_json,
    records_of,
    schema_of,
)
from core.export.conversation import conversation, losses
from core.export.formats.format import FORMATS, At, Format
from core.export.formats.parquet import write_table
from core.export.lines import as_line, write_lines
from core.export.records import Example, Examples, Loading, Refused, Written
from core.options import option

STEM = "data/train-00000-of-00001"


@dataclass(frozen=True, slots=True)
class HubFolderConfig:
    """What the folder holds."""

    rows: str = option(
        "source",
        "source: the records as they came; messages: each as a list of role and content.",
        choices=("source", "messages"),
    )
    file: str = option("parquet", "Kind of the data file.", choices=("parquet", "jsonl"))


@dataclass(frozen=True, slots=True)
class _AsMessages:
    """Examples whose records are their messages; a row that is none keeps its own."""

    examples: Examples

    def __len__(self) -> int:
        return len(self.examples)

    def __iter__(self) -> Iterator[Example]:
        for example in self.examples:
            try:
                value = {"messages": conversation(example).messages()}
            except Refused:
                continue
            yield replace(example, raw=as_line(value), schema="messages", read=("messages",))


def settle_hub_folder(examples: Examples, config: HubFolderConfig) -> HubFolderConfig:
    """Refuse rows of several schemas, unless they are written as messages."""
    if config.rows == "source":
        check_one_schema(examples, "a dataset of the hub")
    return config


def write_hub_folder(examples: Examples, folder: Path, config: HubFolderConfig) -> Written:
    """One file under data/, with the columns that the card names."""
    (folder / "data").mkdir()
    name = f"{STEM}.{config.file}"
    if config.rows == "source":
        return _written(examples, folder, name)
    refused, omitted = losses(examples)
    written = _written(_AsMessages(examples), folder, name)
    return replace(written, refused=refused, omitted=omitted)


def _written(examples: Examples, folder: Path, name: str) -> Written:
    schema = schema_of(records_of(examples))
    if name.endswith(".parquet"):
        return write_table(examples, folder, schema, name)
    written = write_lines(examples, folder, lambda one: (one.raw, ()), name=name)
    plain = not any(map(is_text_of_json, schema))  # which a line holds as what it is
    return replace(written, features=hub_features(schema) if plain else ())


def _loading(config: HubFolderConfig, at: At) -> tuple[Loading, ...]:
    folder = as_line(at(""))
    load = f'from datasets import load_dataset\n\nsubset = load_dataset({folder}, split="train")'
    upload = f"hf upload YOU/NAME {shlex.quote(at(''))} . --repo-type dataset"
    return Loading("datasets", "python", load), Loading("The hub", "bash", upload)


FORMATS.add(
    "hub-folder",
    Format(
        name="hub-folder",
        title="Hugging Face dataset",
        brief="data/train-*, to load by name or to upload.",
        about="A folder to load by name or to upload: data/train-*, and a card with its columns.",
        group="other",
        write=write_hub_folder,
        loading=_loading,
        config=HubFolderConfig,
        settle=settle_hub_folder,
        documentation="https://huggingface.co/docs/hub/datasets-manual-configuration",
    ),
)
