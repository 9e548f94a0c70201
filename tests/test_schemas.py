"""Schemas: which columns each takes, the turns it reads, and the reasons for which it refuses."""

import pytest

from core.data.examples import Turn
from core.data.rows import BadRow
from core.data.schemas import SCHEMAS, recognise
from core.errors import DataError

ANSWER = Turn("assistant", "A")


def turns(schema, record):
    return SCHEMAS.get(schema).turns(record)


@pytest.mark.parametrize(
    ("columns", "schema"),
    [
        (("instruction", "input", "output"), "alpaca"),
        (("instruction", "output"), "alpaca"),
        (("id", "instruction", "input", "output", "scores"), "alpaca"),
        (("instruction", "context", "response", "category"), "prompt-response"),
        (("instruction", "input", "response"), "prompt-response"),
        (("prompt", "completion"), "prompt-response"),
        (("prompt", "response"), "prompt-response"),
        (("prompt", "prompt_id", "messages"), "messages"),
        (("id", "messages", "source"), "messages"),
        (("id", "conversations", "tools"), "sharegpt"),
    ],
)
def test_a_schema_is_recognised_by_columns(columns, schema):
    assert recognise(columns).name == schema


def test_unknown_columns_are_named_with_the_schemas_known():
    with pytest.raises(DataError, match=r"'dialogue', 'source'.*alpaca.*messages.*prompt"):
        recognise(("dialogue", "source"))


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_schema_refuses_an_empty_record_with_a_reason(name):
    with pytest.raises(BadRow, match=r"\w"):
        turns(name, {})


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_schema_is_registered_under_its_own_name(name):
    assert SCHEMAS.get(name).name == name


@pytest.mark.parametrize("blank", ["", "  \n", None])
def test_a_blank_input_adds_nothing_to_the_user_turn(blank):
    record = {"instruction": "Q", "input": blank, "output": "A"}
    assert turns("alpaca", record) == (Turn("user", "Q"), ANSWER)


def test_an_input_follows_the_instruction_on_its_own_line():
    record = {"instruction": "Q", "input": "more", "output": "A"}
    assert turns("alpaca", record) == (Turn("user", "Q\nmore"), ANSWER)


def test_alpaca_takes_system_and_history():
    record = {"instruction": "Q", "output": "A", "system": "Be brief.", "history": [["q", "a"]]}
    before = (Turn("system", "Be brief."), Turn("user", "q"), Turn("assistant", "a"))
    assert turns("alpaca", record) == (*before, Turn("user", "Q"), ANSWER)


def test_prompt_and_completion_may_be_messages():
    record = {
        "prompt": [{"role": "user", "content": "Q"}],
        "completion": [{"role": "assistant", "content": "A"}],
    }
    assert turns("prompt-response", record) == (Turn("user", "Q"), ANSWER)


def test_text_parts_of_a_message_are_joined():
    content = [{"type": "text", "text": "Q"}, {"type": "text", "text": "!"}]
    record = {
        "messages": [{"role": "user", "content": content}, {"role": "assistant", "content": "A"}]
    }
    assert turns("messages", record) == (Turn("user", "Q!"), ANSWER)


def test_a_blank_system_message_is_dropped():
    record = {
        "messages": [
            {"role": "system", "content": " "},
            {"role": "user", "content": "Q"},
            {"role": "assistant", "content": "A"},
        ]
    }
    assert turns("messages", record) == (Turn("user", "Q"), ANSWER)


def test_tool_calls_are_the_text_of_a_message_without_content():
    calls = [{"function": {"name": "add", "arguments": "{}"}}]
    record = {
        "messages": [
            {"role": "user", "content": "Q"},
            {"role": "assistant", "content": None, "tool_calls": calls},
            {"role": "tool", "content": ""},
        ]
    }
    assert '"name":"add"' in turns("messages", record)[1].text


@pytest.mark.parametrize(
    ("schema", "record", "reason"),
    [
        ("alpaca", {"instruction": "Q", "output": "  "}, "no text in 'output'"),
        ("alpaca", {"instruction": " ", "output": "A"}, "no text in 'instruction'"),
        ("alpaca", {"instruction": 7, "output": "A"}, "'instruction' is a number, not text"),
        ("alpaca", {"instruction": "Q", "output": ["A"]}, "'output' is a list, not text"),
        ("alpaca", {"instruction": "Q", "output": "A", "history": ["x"]}, "'history'"),
        ("prompt-response", {"prompt": "", "response": "A"}, "no text in 'prompt'"),
        ("prompt-response", {"prompt": "Q", "completion": None}, "no text in 'completion'"),
        ("prompt-response", {"prompt": "Q"}, "no prompt and response"),
        ("messages", {"messages": "Q"}, "'messages' is text, not a list"),
        ("messages", {"messages": []}, "no user message"),
        ("messages", {"messages": ["Q"]}, "message 1 is text, not an object"),
        ("messages", {"messages": [{"role": "judge", "content": "Q"}]}, "unknown role 'judge'"),
        ("messages", {"messages": [{"content": "Q"}]}, "unknown role"),
        ("messages", {"messages": [{"role": "user", "content": ""}]}, "message 1 has no text"),
        ("messages", {"messages": [{"role": "user", "content": "Q"}]}, "no assistant message"),
        (
            "messages",
            {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
            "type 'image_url'",
        ),
        ("messages", {"messages": [{"role": "user", "content": [3]}]}, "type 'a number'"),
    ],
)
def test_a_row_that_does_not_fit_is_refused_with_a_reason(schema, record, reason):
    with pytest.raises(BadRow, match=reason):
        turns(schema, record)
