"""LLaMA-Factory: data/README.md of hiyouga/LLaMA-Factory (2026).

https://github.com/hiyouga/LLaMA-Factory/blob/main/data/README.md. An entry of dataset_info.json
names a file "in this directory" (json, jsonl, csv, parquet or arrow), a formatting, columns and,
for sharegpt, tags. "Human and observation should appear in odd positions, while gpt and function
should appear in even positions."
"""

import json

ENTRY = {
    "hf_hub_url", "ms_hub_url", "script_url", "cloud_file_name", "file_name", "formatting",
    "ranking", "subset", "split", "folder", "num_samples", "columns", "tags",
}  # fmt: skip
COLUMNS = {
    "prompt", "query", "response", "history", "messages", "system", "tools", "images", "videos",
    "audios", "chosen", "rejected", "kto_tag",
}  # fmt: skip
DEFAULTS = {
    "role_tag": "from",
    "content_tag": "value",
    "user_tag": "human",
    "assistant_tag": "gpt",
    "observation_tag": "observation",
    "function_tag": "function_call",
    "system_tag": "system",
}
KINDS = (".json", ".jsonl", ".csv", ".parquet", ".arrow")


def check_folder(folder):
    """Check dataset_info.json and every row of the file it names; gives formatting and rows."""
    info = json.loads((folder / "dataset_info.json").read_text(encoding="utf-8"))
    ((name, entry),) = info.items()
    assert name
    assert "," not in name  # several datasets are named with commas between them
    assert set(entry) <= ENTRY
    path = folder / entry["file_name"]
    assert path.is_file()
    assert path.suffix in KINDS
    formatting = entry.get("formatting", "alpaca")
    assert formatting in ("alpaca", "sharegpt")
    columns = entry.get("columns", {})
    assert set(columns) <= COLUMNS
    rows = [json.loads(line) for line in path.read_bytes().decode().split("\n") if line]
    for row in rows:
        assert set(columns.values()) <= set(row)
    if formatting == "alpaca":
        assert "tags" not in entry
        check_alpaca(rows, columns)
    else:
        tags = entry.get("tags", {})
        assert set(tags) <= set(DEFAULTS)
        check_sharegpt(rows, columns, {**DEFAULTS, **tags})
    return formatting, rows


def check_alpaca(rows, columns):
    for row in rows:
        for column in ("prompt", "response"):
            text = row[columns.get(column, {"prompt": "instruction", "response": "output"}[column])]
            assert isinstance(text, str)
            assert text.strip()
        for column in ("query", "system"):
            if column in columns:
                assert isinstance(row[columns[column]], str)


def check_sharegpt(rows, columns, tags):
    odd = {tags["user_tag"], tags["observation_tag"]}
    even = {tags["assistant_tag"], tags["function_tag"]}
    for row in rows:
        messages = row[columns.get("messages", "conversations")]
        if messages[0][tags["role_tag"]] == tags["system_tag"]:
            messages = messages[1:]
        assert len(messages) % 2 == 0
        assert messages
        for at, message in enumerate(messages, start=1):
            assert set(message) == {tags["role_tag"], tags["content_tag"]}
            assert message[tags["role_tag"]] in (odd if at % 2 else even)
            assert isinstance(message[tags["content_tag"]], str)
        if "system" in columns:
            assert isinstance(row[columns["system"]], str)
