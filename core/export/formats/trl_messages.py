"""TRL's conversational language modelling: a column `messages` of role and content.

Format: https://huggingface.co/docs/trl/dataset_formats#language-modeling
"""

from __future__ import annotations

from pathlib import Path

from core.export.conversation import conversation
from core.export.formats.format import FORMATS, At, Format
from core.export.lines import DATA, as_line, write_lines
from core.export.loading import datasets_code, trl_code
from core.export.records import Example, Examples, Loading, Written
from core.options import NoConfig


def write_trl_messages(examples: Examples, folder: Path, config: NoConfig) -> Written:
    """Each example as {"messages": [{"role", "content"}, …]}."""
    return write_lines(examples, folder, _rendered)


def _rendered(example: Example) -> tuple[str, tuple[str, ...]]:
    found = conversation(example)
    return as_line({"messages": found.messages()}), found.left_out


def _loading(config: NoConfig, at: At) -> tuple[Loading, ...]:
    return trl_code(at(DATA)), datasets_code("json", at(DATA))


FORMATS.add(
    "trl-messages",
    Format(
        name="trl-messages",
        title="TRL messages",
        brief="Learns whole conversations by the chat template.",
        about="SFTTrainer applies the model's chat template and learns the whole conversation; "
        "with assistant_only_loss it learns the answers alone.",
        group="trainer",
        write=write_trl_messages,
        loading=_loading,
        documentation="https://huggingface.co/docs/trl/dataset_formats#language-modeling",
    ),
)
