"""TRL: https://huggingface.co/docs/trl/dataset_formats (docs/source/dataset_formats.md, 2026).

Language modelling, conversational: a column `messages`, a list in which "each message has a `role`
and `content`". Prompt-completion: columns `prompt` and `completion`, both text (standard) or both
lists of messages (conversational); a trainer learns the completion.
"""

ROLES = {"system", "user", "assistant", "tool"}  # those of the page's examples


def check_message(message):
    assert set(message) == {"role", "content"}
    assert message["role"] in ROLES
    assert isinstance(message["content"], str)


def check_messages(rows):
    for row in rows:
        assert set(row) == {"messages"}
        assert isinstance(row["messages"], list)
        assert row["messages"]
        for message in row["messages"]:
            check_message(message)
        assert "assistant" in {message["role"] for message in row["messages"]}


def check_prompt_completion(rows):
    """Gives the format of the file: one for all rows, since a column has one type."""
    kinds = set()
    for row in rows:
        assert set(row) == {"prompt", "completion"}
        kind = {type(row["prompt"]), type(row["completion"])}
        assert kind in ({str}, {list})
        kinds |= kind
        if kind == {list}:
            assert row["prompt"]
            for message in (*row["prompt"], *row["completion"]):
                check_message(message)
            assert [message["role"] for message in row["completion"]] == ["assistant"]
        else:
            assert row["prompt"].strip()
            assert row["completion"].strip()
    assert len(kinds) == 1
    return "standard" if kinds == {str} else "conversational"
