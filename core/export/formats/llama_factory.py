"""LLaMA-Factory: a data file, and the dataset_info.json that describes it.

Format: https://github.com/hiyouga/LLaMA-Factory/blob/main/data/README.md
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.export.conversation import Conversation, conversation
from core.export.formats.format import FORMATS, At, Format
from core.export.lines import DATA, as_line, write_lines
from core.export.loading import datasets_code
from core.export.markup import yaml_block
from core.export.records import Example, Examples, Loading, Refused, Written
from core.options import option

INFO = "dataset_info.json"
NAME = "coreset"
FORMATTINGS = ("auto", "alpaca", "sharegpt")
SPEAKERS = {"user": "human", "tool": "observation", "assistant": "gpt"}
ASKING, ANSWERING = ("user", "tool"), ("assistant",)  # at odd and at even positions
TAGS = {
    "role_tag": "from",
    "content_tag": "value",
    "user_tag": "human",
    "assistant_tag": "gpt",
    "observation_tag": "observation",
    "function_tag": "function_call",
    "system_tag": "system",
}
DESCRIBED: dict[str, dict[str, Any]] = {
    "alpaca": {
        "file_name": DATA,
        "formatting": "alpaca",
        "columns": {
            "prompt": "instruction",
            "query": "input",
            "response": "output",
            "system": "system",
        },
    },
    "sharegpt": {
        "file_name": DATA,
        "formatting": "sharegpt",
        "columns": {"messages": "conversations", "system": "system"},
        "tags": TAGS,
    },
}


@dataclass(frozen=True, slots=True)
class LlamaFactoryConfig:
    """How LLaMA-Factory is told to read the rows."""

    formatting: str = option(
        "auto",
        "alpaca: instruction and output; sharegpt: conversations; auto: sharegpt where a row has "
        "several turns.",
        choices=FORMATTINGS,
    )


def settle_formatting(examples: Examples, config: LlamaFactoryConfig) -> LlamaFactoryConfig:
    """One formatting for the whole file."""
    if config.formatting != "auto":
        return config
    several = any(_n_spoken(example) > 2 for example in examples)
    return replace(config, formatting="sharegpt" if several else "alpaca")


def write_llama_factory(examples: Examples, folder: Path, config: LlamaFactoryConfig) -> Written:
    """data.jsonl, and dataset_info.json that names it `coreset`."""
    written = write_lines(examples, folder, _alpaca if config.formatting == "alpaca" else _sharegpt)
    with (folder / INFO).open("x", encoding="utf-8", newline="\n") as stream:
        stream.write(json.dumps({NAME: DESCRIBED[config.formatting]}, indent=2) + "\n")
    return written


def _alpaca(example: Example) -> tuple[str, tuple[str, ...]]:
    """One exchange; a list of earlier ones would be null in most rows, which loaders trip over."""
    found = _alternating(example)
    if [role for role, _ in found.spoken] != ["user", "assistant"]:
        raise Refused("has more than one exchange, for which the formatting sharegpt has a place")
    (_, prompt), (_, answer) = found.spoken
    value = {"instruction": prompt, "input": "", "output": answer, "system": found.system}
    return as_line(value), found.left_out


def _sharegpt(example: Example) -> tuple[str, tuple[str, ...]]:
    found = _alternating(example)
    turns = [{"from": SPEAKERS[role], "value": text} for role, text in found.spoken]
    return as_line({"conversations": turns, "system": found.system}), found.left_out


def _alternating(example: Example) -> Conversation:
    """A conversation in which human and observation are odd and gpt is even, as is its length."""
    found = conversation(example)
    for at, (role, _) in enumerate(found.spoken, start=1):
        if role not in (ASKING if at % 2 else ANSWERING):
            wanted = "human or observation" if at % 2 else "gpt"
            raise Refused(f"turn {at} is of the {role}, where LLaMA-Factory takes {wanted}")
    if len(found.spoken) % 2 or not found.spoken:
        raise Refused("does not end with an answer")
    return found


def _n_spoken(example: Example) -> int:
    return sum(role != "system" for role, _ in example.turns)


def _loading(config: LlamaFactoryConfig, at: At) -> tuple[Loading, ...]:
    told = "# in the configuration that llamafactory-cli is given\n"
    options = yaml_block({"dataset_dir": at(""), "dataset": NAME}).rstrip("\n")
    return (
        Loading("LLaMA-Factory", "yaml", told + options),
        datasets_code("json", at(DATA)),
    )


FORMATS.add(
    "llama-factory",
    Format(
        name="llama-factory",
        title="LLaMA-Factory",
        brief="Data and dataset_info.json; learns every answer.",
        about="LLaMA-Factory finds the rows by dataset_info.json, applies its template and learns "
        "every answer.",
        group="trainer",
        write=write_llama_factory,
        loading=_loading,
        config=LlamaFactoryConfig,
        settle=settle_formatting,
        documentation="https://github.com/hiyouga/LLaMA-Factory/blob/main/data/README.md",
    ),
)
