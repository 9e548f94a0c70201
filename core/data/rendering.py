"""An example as the text that a model reads: plain for encoders, a chat template for decoders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from core.data.examples import Turn


class ChatTokenizer(Protocol):
    """What rendering asks of a `transformers` tokenizer."""

    chat_template: Any  # None where it has no template

    def apply_chat_template(self, conversation: list[dict[str, str]], *, tokenize: bool) -> Any:
        """The conversation as one text, when `tokenize` is False."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text for a decoder.

    With a template the text holds its own special tokens: tokenise it without adding any, or it
    begins twice.
    """

    text: str
    is_templated: bool
    note: str = ""  # why no template was used; empty where one was


def render_plain(turns: Sequence[Turn]) -> str:
    """The texts of all turns, joined by a line feed."""
    return "\n".join(turn.text for turn in turns)


def render_chat(turns: Sequence[Turn], tokenizer: ChatTokenizer) -> Rendered:
    """The turns through the tokenizer's chat template, or a plain join that says why.

    A base model has no template, and some templates refuse a system or tool turn.
    """
    from jinja2.exceptions import TemplateError

    if not getattr(tokenizer, "chat_template", None):
        return Rendered(render_plain(turns), False, "the tokenizer has no chat template")
    messages = [{"role": turn.role, "content": turn.text} for turn in turns]
    try:
        text = tokenizer.apply_chat_template(messages, tokenize=False)
    except TemplateError as error:
        reason = " ".join(str(error).split())
        return Rendered(render_plain(turns), False, f"the chat template refuses it: {reason}")
    return Rendered(text, True)
