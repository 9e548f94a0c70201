"""Content ids: what enters them, what does not, and the texts that models read."""

import hashlib
import unicodedata
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.exceptions import TemplateError

from core.data.examples import ROLES, Turn, canonical_text, example_id
from core.data.rendering import render_chat, render_plain
from core.data.schemas import SCHEMAS

PAIR = (Turn("user", "Name a colour."), Turn("assistant", "Blue."))
TURNS = st.lists(st.builds(Turn, st.sampled_from(ROLES), st.text()), max_size=4)


def test_id_is_the_sha256_of_the_canonical_turns_written_by_hand():
    text = '[["user","Name a colour."],["assistant","Blue."]]'
    assert example_id(PAIR) == hashlib.sha256(text.encode()).hexdigest()[:32]


def test_id_ignores_outer_white_space_line_ends_and_unicode_form():
    spelled = (Turn("user", "  Caf\u00e9\r\nopen? \n"), Turn("assistant", "Yes"))
    same = (Turn("user", "Cafe\u0301\nopen?"), Turn("assistant", "Yes\t"))
    assert example_id(spelled) == example_id(same)


def test_id_tells_roles_apart():
    assert example_id(PAIR) != example_id((Turn("system", PAIR[0].text), PAIR[1]))


def test_id_tells_one_turn_from_two():
    assert example_id((Turn("user", "a\nb"),)) != example_id((Turn("user", "a"), Turn("user", "b")))


@given(TURNS)
def test_id_is_32_hex_digits_and_stable_under_canonical_text(turns):
    name = example_id(turns)
    assert len(name) == 32
    assert int(name, 16) >= 0
    assert example_id([Turn(turn.role, canonical_text(turn.text)) for turn in turns]) == name


@given(st.text())
def test_id_is_the_same_in_every_unicode_form_of_nfc(text):
    decomposed = unicodedata.normalize("NFD", text)
    assert example_id([Turn("user", text)]) == example_id([Turn("user", decomposed)])


@given(
    prompt=st.text(min_size=1).filter(str.strip),
    context=st.text(),
    answer=st.text(min_size=1).filter(str.strip),
)
def test_alpaca_and_messages_forms_of_a_row_have_one_id(prompt, context, answer):
    question = f"{prompt}\n{context}" if context.strip() else prompt
    alpaca = {"instruction": prompt, "input": context, "output": answer}
    dolly = {"instruction": prompt, "context": context, "response": answer, "category": "qa"}
    messages = {
        "messages": [
            {"role": "user", "content": question},
            {"role": "assistant", "content": [{"type": "text", "text": answer}]},
        ]
    }
    found = {
        example_id(SCHEMAS.get(name).turns(record))
        for name, record in (
            ("alpaca", alpaca),
            ("prompt-response", dolly),
            ("messages", messages),
        )
    }
    assert len(found) == 1


def test_plain_rendering_joins_turns_by_a_line_feed():
    assert render_plain(PAIR) == "Name a colour.\nBlue."


def test_chat_rendering_passes_roles_and_texts_to_the_template():
    tokenizer = SimpleNamespace(
        chat_template="{{ messages }}",
        apply_chat_template=lambda messages, *, tokenize: (
            "".join(f"<{item['role']}>{item['content']}" for item in messages) * (not tokenize)
        ),
    )
    found = render_chat(PAIR, tokenizer)
    assert (found.text, found.is_templated) == ("<user>Name a colour.<assistant>Blue.", True)


def test_chat_rendering_without_a_template_says_so():
    found = render_chat(PAIR, SimpleNamespace(chat_template=None))
    assert (found.text, found.is_templated) == (render_plain(PAIR), False)
    assert "no chat template" in found.note


def test_chat_rendering_falls_back_when_the_template_refuses_a_role():
    def refuse(messages, *, tokenize):
        raise TemplateError("System role not supported")

    tokenizer = SimpleNamespace(chat_template="x", apply_chat_template=refuse)
    found = render_chat(PAIR, tokenizer)
    assert found.text == render_plain(PAIR)
    assert "System role not supported" in found.note


def test_chat_rendering_takes_a_real_tokenizer():
    tokenizers = pytest.importorskip("tokenizers")
    transformers = pytest.importorskip("transformers")
    words = {"[UNK]": 0}
    inner = tokenizers.Tokenizer(tokenizers.models.WordLevel(words, unk_token="[UNK]"))
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=inner, unk_token="[UNK]")
    tokenizer.chat_template = (
        "{% for message in messages %}[{{ message.role }}] {{ message.content }}\n{% endfor %}"
    )
    found = render_chat(PAIR, tokenizer)
    assert found.text == "[user] Name a colour.\n[assistant] Blue.\n"
