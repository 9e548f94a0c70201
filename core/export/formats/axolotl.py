"""axolotl: `messages` as JSON Lines, and the stanza of its configuration that reads them.

Format: https://docs.axolotl.ai/docs/dataset-formats/conversation.html#chat_template, fields of
the stanza: https://docs.axolotl.ai/docs/config-reference.html
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.export.conversation import conversation
from core.export.formats.format import FORMATS, At, Format
from core.export.lines import DATA, as_line, write_lines
from core.export.loading import datasets_code
from core.export.markup import yaml_block
from core.export.records import Example, Examples, Loading, Written
from core.options import NoConfig

STANZA = "axolotl.yaml"
ROLES = ("user", "assistant", "system", "tool")


def write_axolotl(examples: Examples, folder: Path, config: NoConfig) -> Written:
    """data.jsonl, and axolotl.yaml with a `datasets:` list to put into a configuration."""
    written = write_lines(examples, folder, _rendered)
    with (folder / STANZA).open("x", encoding="utf-8", newline="\n") as stream:
        stream.write(yaml_block(stanza(DATA)))
    return written


def stanza(path: str) -> dict[str, Any]:
    """The part of a configuration that names the data at `path`."""
    return {
        "datasets": [
            {
                "path": path,
                "ds_type": "json",
                "type": "chat_template",
                "field_messages": "messages",
                "message_property_mappings": {"role": "role", "content": "content"},
                "roles": {role: [role] for role in ROLES},
                "roles_to_train": ["assistant"],
            }
        ]
    }


def _rendered(example: Example) -> tuple[str, tuple[str, ...]]:
    found = conversation(example)
    return as_line({"messages": found.messages()}), found.left_out


def _loading(config: NoConfig, at: At) -> tuple[Loading, ...]:
    told = "# in the configuration that `axolotl train` is given\n"
    return (
        Loading("axolotl", "yaml", told + yaml_block(stanza(at(DATA))).rstrip("\n")),
        datasets_code("json", at(DATA)),
    )


FORMATS.add(
    "axolotl",
    Format(
        name="axolotl",
        title="axolotl",
        brief="Data and its stanza; learns the assistant's turns.",
        about="axolotl applies the chat template of the tokenizer and learns the assistant's "
        "turns; its stanza is written beside the data.",
        group="trainer",
        write=write_axolotl,
        loading=_loading,
        documentation="https://docs.axolotl.ai/docs/dataset-formats/conversation.html",
    ),
)
