"""ShareGPT: speakers become roles, the system text is a turn, and what is none is refused."""

import pytest

from core.data.examples import Turn, example_id
from core.data.rows import BadRow
from core.data.schemas import SCHEMAS

ASKED = {"from": "human", "value": "Q"}
ANSWERED = {"from": "gpt", "value": "A"}


def turns(**record):
    return SCHEMAS.get("sharegpt").turns(record)


def test_speakers_become_roles():
    assert turns(conversations=[ASKED, ANSWERED]) == (Turn("user", "Q"), Turn("assistant", "A"))


def test_the_system_text_comes_first():
    assert turns(conversations=[ASKED, ANSWERED], system="S")[0] == Turn("system", "S")


def test_tools_answer_and_are_called():
    call = {"from": "function_call", "value": "{}"}
    seen = {"from": "observation", "value": "7"}
    roles = [turn.role for turn in turns(conversations=[ASKED, call, seen, ANSWERED])]
    assert roles == ["user", "assistant", "tool", "assistant"]


def test_a_blank_system_text_is_none():
    blank = {"from": "system", "value": " "}
    assert len(turns(conversations=[blank, ASKED, ANSWERED], system="")) == 2


def test_the_id_is_that_of_the_same_conversation_as_messages():
    messages = [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "A"}]
    other = SCHEMAS.get("messages").turns({"messages": messages})
    assert example_id(turns(conversations=[ASKED, ANSWERED])) == example_id(other)


@pytest.mark.parametrize(
    ("conversations", "reason"),
    [
        (None, "not a list"),
        (["Q", "A"], "message 1 is text"),
        ([{"from": "robot", "value": "Q"}, ANSWERED], "no known speaker"),
        ([{"from": 3, "value": "Q"}, ANSWERED], "no known speaker"),
        ([{"from": "human", "value": None}, ANSWERED], "null, not text"),
        ([{"from": "human", "value": " "}, ANSWERED], "message 1 has no text"),
        ([ASKED], "no assistant message"),
    ],
)
def test_what_is_no_conversation_is_refused_with_a_reason(conversations, reason):
    with pytest.raises(BadRow, match=reason):
        turns(conversations=conversations)
