"""Every registered format: the same bytes, whole or absent, hostile text as data, ids kept."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import Cancelled, RequestError
from core.export.formats import FORMATS
from core.export.manifest import Choice
from core.export.write import Export, write_export
from tests.export_examples import (
    ALPACA,
    CHATS,
    HOSTILE_ROWS,
    ODD,
    examples_of,
    read_again,
)

ROOT = Path(__file__).parent.parent
EVERY = list(FORMATS)
TRAINERS = [name for name in FORMATS if FORMATS.get(name).group == "trainer"]
CHOICE = Choice("random", {}, {"kind": "rows", "value": 7}, 0, (), (), "0123456789abcdef")


def export(**changes):
    values = {
        "title": "Some examples",
        "n_pool": 100,
        "sources": [{"name": "x.jsonl", "size": 3, "sha256": "a" * 64}],
        "recipes": {},
        "selection": CHOICE,
    }
    return Export(**{**values, **changes})


def written(out, examples, form, **options):
    return write_export(out, export(), examples, format=form, options=options)


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("form", EVERY)
def test_a_format_is_registered_under_its_name_and_says_what_it_is_for(form):
    kind = FORMATS.get(form)
    assert kind.name == form
    assert kind.title
    assert kind.brief.endswith(".")
    assert kind.about.endswith(".")
    assert kind.documentation or kind.group != "trainer"


@pytest.mark.parametrize("form", EVERY)
def test_the_same_rows_give_the_same_bytes(form, tmp_path):
    examples = examples_of(ALPACA, tmp_path)
    first = written(tmp_path / "a", examples, form).folder
    again = written(tmp_path / "b", examples_of(ALPACA, tmp_path / "other"), form).folder
    assert contents(first) == contents(again)


@pytest.mark.parametrize("form", EVERY)
def test_another_order_gives_other_bytes(form, tmp_path):
    first = written(tmp_path / "a", examples_of(ALPACA, tmp_path), form)
    other = written(tmp_path / "b", examples_of(ALPACA, tmp_path, order=range(7)), form)
    assert first.manifest.data_sha256 != other.manifest.data_sha256


@pytest.mark.parametrize("form", EVERY)
def test_an_export_holds_what_its_manifest_lists_and_nothing_else(form, tmp_path):
    made = written(tmp_path / "a", examples_of(ALPACA, tmp_path), form)
    names = {one["name"] for one in made.manifest.files} | {"manifest.json"}
    assert set(contents(made.folder)) == names
    assert made.n_bytes == sum(map(len, contents(made.folder).values()))


@pytest.mark.parametrize("form", EVERY)
def test_every_row_is_written_or_refused(form, tmp_path):
    examples = examples_of(ODD, tmp_path)
    made = written(tmp_path / "a", examples, form).manifest
    told = [*made.ids, *(one["id"] for one in made.refused)]
    assert sorted(told) == sorted(example.id for example in examples)
    assert all(one["reason"] for one in made.refused)


@pytest.mark.parametrize("form", EVERY)
def test_a_folder_that_is_not_empty_is_left_alone(form, tmp_path):
    examples = examples_of(ALPACA, tmp_path / "pool")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(RequestError, match="is not empty"):
        written(tmp_path / "out", examples, form)
    assert contents(tmp_path / "out") == {"mine.txt": b"mine"}


@pytest.mark.parametrize("form", EVERY)
def test_stopping_half_way_leaves_nothing(form, tmp_path):
    def stop(done, total, note=""):
        raise Cancelled

    examples = examples_of(ALPACA, tmp_path / "pool")
    with pytest.raises(Cancelled):
        write_export(tmp_path / "out", export(), examples, format=form, progress=stop)
    assert [path.name for path in tmp_path.iterdir()] == ["pool"]


KILLED = """
import os, signal, sys
from pathlib import Path
from core.export import write
from tests.export_examples import ALPACA, examples_of
from tests.test_export_formats import written
out, form, at = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
def killed(*_args, **_more):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(write, at, killed)
written(out / "made", examples_of(ALPACA, out / "pool"), form)
"""


@pytest.mark.parametrize("form", EVERY)
def test_a_kill_before_the_end_leaves_no_file_under_the_final_name(form, tmp_path):
    for at in ("file_digest", "sync_tree"):
        died = subprocess.run([sys.executable, "-c", KILLED, tmp_path, form, at], cwd=ROOT)
        assert died.returncode == -signal.SIGKILL
        assert not (tmp_path / "made").exists()
    made = written(tmp_path / "made", examples_of(ALPACA, tmp_path / "pool"), form)
    left = [path.name for path in tmp_path.iterdir() if path.name.startswith(".draft")]
    assert made.n_rows == 7
    assert left == []


def test_a_kill_after_the_rename_leaves_a_whole_export(tmp_path):
    died = subprocess.run([sys.executable, "-c", KILLED, tmp_path, "csv", "sync_folder"], cwd=ROOT)
    assert died.returncode == -signal.SIGKILL
    assert set(contents(tmp_path / "made")) == {"data.csv", "README.md", "manifest.json"}


def data_of(made):
    return made.folder / made.manifest.data_file


@pytest.mark.parametrize("records", [ALPACA, HOSTILE_ROWS], ids=["plain", "hostile"])
@pytest.mark.parametrize("form", [name for name in EVERY if name != "indices"])
def test_our_own_ingest_reads_the_same_ids_in_the_same_order(form, records, tmp_path):
    examples = examples_of(records, tmp_path / "pool")
    made = written(tmp_path / "out", examples, form)
    ids = [example.id for example in examples]
    assert list(made.manifest.ids) == ids
    assert read_again(data_of(made)) == ids


@pytest.mark.parametrize("form", [*TRAINERS, "jsonl", "parquet", "hub-folder"])
def test_conversations_come_back_too(form, tmp_path):
    examples = examples_of(CHATS, tmp_path / "pool")
    made = written(tmp_path / "out", examples, form)
    assert read_again(data_of(made)) == [example.id for example in examples]


def test_indices_come_back_as_a_given_subset(tmp_path):
    examples = examples_of(ALPACA, tmp_path / "pool", order=[5, 0, 3])
    made = written(tmp_path / "out", examples, "indices")
    found = json.loads(data_of(made).read_text())
    assert found["indices"] == [5, 0, 3]
    assert found["rows"] == list(made.manifest.ids)


REFUSED = {
    "Add.": "tool calls",
    "Look.": "'images'",
    "Why?": "'reasoning_content'",
    "Use.": "tool definitions",
}


@pytest.mark.parametrize("form", TRAINERS)
def test_what_plain_text_would_lose_is_refused_with_a_reason(form, tmp_path):
    examples = examples_of(ODD, tmp_path / "pool")
    made = written(tmp_path / "out", examples, form).manifest
    firsts = {example.id: example.turns[0][1] for example in examples}
    reasons = {firsts[one["id"]]: one["reason"] for one in made.refused}
    for first, reason in REFUSED.items():
        assert reason in reasons[first]
    assert "Good?" not in reasons


@pytest.mark.parametrize("form", TRAINERS)
def test_fields_that_are_not_in_a_format_are_counted(form, tmp_path):
    made = written(tmp_path / "out", examples_of(CHATS, tmp_path / "pool"), form).manifest
    assert made.omitted == {"topic": 6}


def test_further_fields_of_a_message_are_counted(tmp_path):
    made = written(tmp_path / "out", examples_of(ODD[-1:], tmp_path / "pool"), "trl-messages")
    assert made.manifest.omitted == {"messages[].name": 1}


def test_llama_factory_refuses_turns_in_the_wrong_places(tmp_path):
    made = written(tmp_path / "out", examples_of(ODD[4:], tmp_path / "pool"), "llama-factory")
    reasons = sorted(one["reason"] for one in made.manifest.refused)
    assert reasons == [
        "does not end with an answer",
        "turn 2 is of the user, where LLaMA-Factory takes gpt",
    ]


def test_a_format_that_can_carry_no_row_says_why(tmp_path):
    with pytest.raises(RequestError, match=r"can carry none of the 1 rows; the first: has"):
        written(tmp_path / "out", examples_of(ODD[:1], tmp_path / "pool"), "axolotl")
    assert not (tmp_path / "out").exists()


def test_the_style_follows_the_rows(tmp_path):
    single = written(tmp_path / "a", examples_of(ALPACA, tmp_path / "p"), "trl-prompt-completion")
    several = written(tmp_path / "b", examples_of(CHATS, tmp_path / "q"), "trl-prompt-completion")
    assert single.manifest.options == {"style": "standard"}
    assert several.manifest.options == {"style": "conversational"}


def test_a_style_that_is_asked_for_refuses_what_does_not_fit(tmp_path):
    mixed = examples_of([*ALPACA, *CHATS], tmp_path / "pool")
    made = written(tmp_path / "out", mixed, "trl-prompt-completion", style="standard").manifest
    assert len(made.ids) == len(ALPACA)
    assert len(made.refused) == len(CHATS)


@pytest.mark.parametrize("form", ["parquet", "csv", "hub-folder"])
def test_a_table_of_two_schemas_is_refused_in_one_line(form, tmp_path):
    mixed = examples_of([*ALPACA, *CHATS], tmp_path / "pool")
    with pytest.raises(RequestError, match=r"of 2 schemas .*alpaca: 7 rows, messages: 6 rows"):
        written(tmp_path / "out", mixed, form)


def test_a_hub_folder_of_messages_takes_two_schemas(tmp_path):
    mixed = examples_of([*ALPACA, *CHATS, ODD[0]], tmp_path / "pool")
    made = written(tmp_path / "out", mixed, "hub-folder", rows="messages", file="jsonl")
    assert read_again(data_of(made)) == list(made.manifest.ids)
    assert len(made.manifest.refused) == 1


# CSV


def cells(folder):
    import csv

    with (folder / "data.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_csv_holds_numbers_lists_and_nothing_as_json_has_them(tmp_path):
    record = {
        "instruction": "Q",
        "output": "A",
        "n": 1.5,
        "tags": ["a", 1],
        "none": None,
        "b": True,
    }
    made = written(tmp_path / "out", examples_of([record], tmp_path / "pool"), "csv")
    (row,) = cells(made.folder)
    assert row == {
        "instruction": "Q", "output": "A", "n": "1.5", "tags": '["a", 1]', "none": "", "b": "true",
    }  # fmt: skip


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\t", "\r"])
def test_a_safe_csv_has_no_cell_that_a_spreadsheet_runs(mark, tmp_path):
    record = {"instruction": f"{mark}cmd|' /C calc'!A0", "output": "A", f"{mark}x": "y", "n": -5}
    examples = examples_of([record], tmp_path / "pool")
    made = written(tmp_path / "safe", examples, "csv", spreadsheet_safe=True)
    (row,) = cells(made.folder)
    assert not any(text.startswith(mark) for text in (*row, *row.values()) if text != "-5")
    assert row["n"] == "-5"
    assert any("apostrophe" in note for note in made.manifest.notes)
    (exact,) = cells(written(tmp_path / "exact", examples, "csv").folder)
    assert exact["instruction"] == record["instruction"]


# Parquet


def test_parquet_keeps_types_and_marks_columns_of_several(tmp_path):
    import pyarrow.parquet as pq

    records = [
        {"instruction": "Q1", "output": "A", "n": 1, "odd": "text", "empty": {}},
        {"instruction": "Q2", "output": "A", "n": 2.5, "odd": {"x": 1}, "empty": {}},
        {"instruction": "Q3", "output": "A", "n": None, "odd": 7, "big": 2**70},
    ]
    made = written(tmp_path / "out", examples_of(records, tmp_path / "pool"), "parquet")
    rows = pq.read_table(data_of(made)).to_pylist()[::-1]
    assert [row["n"] for row in rows] == [1.0, 2.5, None]
    assert [json.loads(row["odd"]) for row in rows] == ["text", {"x": 1}, 7]
    assert [row["big"] for row in rows] == [None, None, str(2**70)]
    assert sum("holds JSON as text" in note for note in made.manifest.notes) == 3


def test_parquet_refuses_a_row_whose_tool_calls_it_would_change(tmp_path):
    def calling(i, arguments):
        call = {"function": {"name": "f", "arguments": arguments}}
        messages = [
            {"role": "user", "content": f"Do {i}."},
            {"role": "assistant", "content": "", "tool_calls": [call]},
        ]
        return {"messages": messages}

    records = [calling(0, {"a": 1}), calling(1, {"b": 1}), *CHATS]
    made = written(tmp_path / "out", examples_of(records, tmp_path / "pool"), "parquet")
    assert len(made.manifest.refused) == 2
    assert "tool calls" in made.manifest.refused[0]["reason"]
    assert read_again(data_of(made)) == list(made.manifest.ids)


def test_text_that_no_writer_may_split_stays_on_its_line(tmp_path):
    for form in ("jsonl", "trl-messages"):
        made = written(tmp_path / form, examples_of(HOSTILE_ROWS, tmp_path / "pool"), form)
        assert data_of(made).read_bytes().count(b"\n") == len(HOSTILE_ROWS)


def test_a_new_folder_is_as_open_as_any_other(tmp_path):
    made = written(tmp_path / "out", examples_of(ALPACA, tmp_path / "pool"), "hub-folder")
    (tmp_path / "plain").mkdir()
    assert os.stat(made.folder).st_mode == os.stat(tmp_path / "plain").st_mode
