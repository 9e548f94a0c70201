"""axolotl: pages "Conversation" and "Config Reference" of its documentation (2026).

https://docs.axolotl.ai/docs/dataset-formats/conversation.html#chat_template and
https://docs.axolotl.ai/docs/config-reference.html (SFTDataset): `path` of a local file with its
`ds_type`, `type: chat_template`, `field_messages`, `message_property_mappings` from the names of
the chat template to those of the data, and `roles` as {target role: [source roles]}.
"""

import json

import yaml

KEYS = {
    "path", "split", "type", "shards", "shards_idx", "preprocess_shards", "chat_template",
    "chat_template_jinja", "data_files", "name", "ds_type", "field_messages", "field_tools",
    "field_thinking", "template_thinking_key", "message_property_mappings",
    "message_field_training", "message_field_training_detail", "split_thinking", "roles_to_train",
    "train_on_eos", "roles", "drop_system_message", "trust_remote_code", "revision",
}  # fmt: skip
TARGETS = {"user", "assistant", "system", "tool"}


def check_folder(folder):
    """Check the stanza and every row it names; gives the rows."""
    config = yaml.safe_load((folder / "axolotl.yaml").read_text(encoding="utf-8"))
    assert set(config) == {"datasets"}
    (entry,) = config["datasets"]
    assert set(entry) <= KEYS
    assert entry["type"] == "chat_template"
    assert entry["ds_type"] == "json"
    lines = (folder / entry["path"]).read_bytes().decode().split("\n")
    rows = [json.loads(line) for line in lines if line]
    mapping = entry["message_property_mappings"]
    assert set(mapping) == {"role", "content"}
    assert set(entry["roles"]) <= TARGETS
    known = {source for sources in entry["roles"].values() for source in sources}
    for row in rows:
        messages = row[entry["field_messages"]]
        assert messages
        for message in messages:
            assert message[mapping["role"]] in known
            assert isinstance(message[mapping["content"]], str)
        trained = {message[mapping["role"]] for message in messages} & set(entry["roles_to_train"])
        assert trained
    return rows
