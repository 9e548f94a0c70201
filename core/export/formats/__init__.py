"""The formats of an export: one file a format, registered by importing it here."""

from core.export.formats import (
    axolotl,
    hub_folder,
    indices,
    jsonl,
    llama_factory,
    parquet,
    separated,
    trl_messages,
    trl_prompt_completion,
)
from core.export.formats.format import FORMATS, Format

__all__ = [
    "FORMATS",
    "Format",
    "axolotl",
    "hub_folder",
    "indices",
    "jsonl",
    "llama_factory",
    "parquet",
    "separated",
    "trl_messages",
    "trl_prompt_completion",
]
