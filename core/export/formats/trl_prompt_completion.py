"""TRL's prompt and completion: text, or lists of messages where a row is more than one exchange.

Format: https://huggingface.co/docs/trl/dataset_formats#prompt-completion
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.export.conversation import Conversation, conversation
from core.export.formats.format import FORMATS, At, Format
from core.export.lines import DATA, as_line, write_lines
from core.export.loading import datasets_code, trl_code
from core.export.records import Example, Examples, Loading, Refused, Written
from core.options import option

STYLES = ("auto", "standard", "conversational")
EXCHANGE = ("user", "assistant")


@dataclass(frozen=True, slots=True)
class TrlPromptCompletionConfig:
    """How prompt and completion are written."""

    style: str = option(
        "auto",
        "standard: text, which the trainer joins as it stands; conversational: messages, to which "
        "it applies the chat template; auto: conversational where a row has several turns or a "
        "system turn.",
        choices=STYLES,
    )


def settle_style(
    examples: Examples, config: TrlPromptCompletionConfig
) -> TrlPromptCompletionConfig:
    """One style for the whole file: a column has one type."""
    if config.style != "auto":
        return config
    several = any(_roles(example) != EXCHANGE for example in examples)
    return replace(config, style="conversational" if several else "standard")


def write_trl_prompt_completion(
    examples: Examples, folder: Path, config: TrlPromptCompletionConfig
) -> Written:
    """Each example as {"prompt", "completion"}; the completion is the last answer."""
    standard = config.style == "standard"
    return write_lines(examples, folder, _standard if standard else _conversational)


def _standard(example: Example) -> tuple[str, tuple[str, ...]]:
    found = _answered(example)
    if _roles(example) != EXCHANGE:
        raise Refused("has more than one prompt and one answer; the style conversational has both")
    (_, prompt), (_, answer) = found.turns
    return as_line({"prompt": prompt, "completion": answer}), found.left_out


def _conversational(example: Example) -> tuple[str, tuple[str, ...]]:
    found = _answered(example)
    messages = found.messages()
    value: dict[str, Any] = {"prompt": messages[:-1], "completion": messages[-1:]}
    return as_line(value), found.left_out


def _answered(example: Example) -> Conversation:
    found = conversation(example)
    if found.turns[-1][0] != "assistant" or len(found.turns) < len(EXCHANGE):
        raise Refused("does not end with an answer to a prompt")
    return found


def _roles(example: Example) -> tuple[str, ...]:
    return tuple(role for role, _ in example.turns)


def _loading(config: TrlPromptCompletionConfig, at: At) -> tuple[Loading, ...]:
    return trl_code(at(DATA)), datasets_code("json", at(DATA))


FORMATS.add(
    "trl-prompt-completion",
    Format(
        name="trl-prompt-completion",
        title="TRL prompt and completion",
        brief="Learns the completion, not the prompt.",
        about="SFTTrainer learns the completion and not the prompt; of a conversation it learns "
        "the last answer.",
        group="trainer",
        write=write_trl_prompt_completion,
        loading=_loading,
        config=TrlPromptCompletionConfig,
        settle=settle_style,
        documentation="https://huggingface.co/docs/trl/dataset_formats#prompt-completion",
    ),
)
