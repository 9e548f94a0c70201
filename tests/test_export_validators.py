"""Each training format against its tool's own documentation, and as `datasets` loads it."""

import json

import pytest

from core.export.formats import FORMATS
from tests.export_examples import ALPACA, CHATS, HOSTILE_ROWS, ODD, examples_of
from tests.test_export_formats import contents, data_of, written
from tests.validators import axolotl, hub, llama_factory, trl

RECORDS = {"one exchange": ALPACA, "hostile": HOSTILE_ROWS, "conversations": CHATS, "odd": ODD}
LOADED = [name for name in FORMATS if name not in ("indices", "hub-folder")]
BUILDERS = {"parquet": "parquet", "csv": "csv"}


@pytest.fixture(params=RECORDS)
def examples(request, tmp_path):
    return examples_of(RECORDS[request.param], tmp_path / "pool")


def lines(made):
    return [json.loads(line) for line in data_of(made).read_bytes().decode().split("\n") if line]


def turns_of(examples, made):
    """The turns that were exported, by example id."""
    known = {example.id: example.turns for example in examples}
    return [known[name] for name in made.manifest.ids]


def as_messages(turns):
    return [{"role": role, "content": text} for role, text in turns]


def test_trl_messages(examples, tmp_path):
    made = written(tmp_path / "out", examples, "trl-messages")
    rows = lines(made)
    trl.check_messages(rows)
    assert [row["messages"] for row in rows] == list(map(as_messages, turns_of(examples, made)))


@pytest.mark.parametrize("style", ["auto", "conversational"])
def test_trl_prompt_completion(style, examples, tmp_path):
    made = written(tmp_path / "out", examples, "trl-prompt-completion", style=style)
    rows = lines(made)
    assert trl.check_prompt_completion(rows) == made.manifest.options["style"]
    for row, turns in zip(rows, turns_of(examples, made), strict=True):
        if isinstance(row["prompt"], str):
            assert (row["prompt"], row["completion"]) == tuple(text for _, text in turns)
        else:
            assert [*row["prompt"], *row["completion"]] == as_messages(turns)


@pytest.mark.parametrize("formatting", ["auto", "alpaca", "sharegpt"])
def test_llama_factory(formatting, examples, tmp_path, request):
    if formatting == "alpaca" and "conversations" in request.node.callspec.id:
        pytest.skip("several exchanges are for sharegpt")
    made = written(tmp_path / "out", examples, "llama-factory", formatting=formatting)
    found, rows = llama_factory.check_folder(made.folder)
    assert found == made.manifest.options["formatting"]
    for row, turns in zip(rows, turns_of(examples, made), strict=True):
        spoken = [text for role, text in turns if role != "system"]
        told = (
            [row["instruction"], row["output"]]
            if found == "alpaca"
            else [turn["value"] for turn in row["conversations"]]
        )
        assert told == spoken
        assert row["system"] == "".join(text for role, text in turns if role == "system")


def test_axolotl(examples, tmp_path):
    made = written(tmp_path / "out", examples, "axolotl")
    rows = axolotl.check_folder(made.folder)
    assert [row["messages"] for row in rows] == list(map(as_messages, turns_of(examples, made)))


@pytest.mark.parametrize("file", ["parquet", "jsonl"])
@pytest.mark.parametrize("rows", ["source", "messages"])
def test_hub_folder(rows, file, examples, tmp_path):
    made = written(tmp_path / "out", examples, "hub-folder", rows=rows, file=file)
    front, _ = hub.check_folder(made.folder)
    (config,) = front["configs"]
    assert config["data_files"][0]["path"] == f"data/train-00000-of-00001.{file}"


@pytest.mark.parametrize("form", FORMATS)
def test_the_card_of_every_format_is_one_that_the_hub_reads(form, examples, tmp_path):
    if form in ("parquet", "csv") and len({example.schema for example in examples}) > 1:
        pytest.skip("of several schemas")
    front, _ = hub.check_folder(written(tmp_path / "out", examples, form).folder)
    assert ("configs" in front) == FORMATS.get(form).is_data


@pytest.fixture
def datasets(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    found = pytest.importorskip("datasets")
    found.disable_progress_bars()
    yield found
    found.enable_progress_bars()


@pytest.mark.parametrize("form", LOADED)
def test_datasets_loads_the_data_file(form, datasets, examples, tmp_path):
    made = written(tmp_path / "out", examples, form)
    loaded = datasets.load_dataset(
        BUILDERS.get(form, "json"),
        data_files=str(data_of(made)),
        split="train",
        cache_dir=str(tmp_path / "cache"),
    )
    assert len(loaded) == made.n_rows
    if form in ("trl-messages", "axolotl"):
        assert [row["messages"] for row in loaded.to_list()] == list(
            map(as_messages, turns_of(examples, made))
        )


@pytest.mark.parametrize("file", ["parquet", "jsonl"])
def test_datasets_loads_the_folder_with_the_columns_of_its_card(file, datasets, examples, tmp_path):
    made = written(tmp_path / "out", examples, "hub-folder", file=file)
    front, _ = hub.check_folder(made.folder)
    loaded = datasets.load_dataset(
        str(made.folder), split="train", cache_dir=str(tmp_path / "cache")
    )
    assert len(loaded) == made.n_rows
    if "dataset_info" in front:
        named = datasets.Features._from_yaml_list(front["dataset_info"]["features"])
        assert loaded.features == named
        assert front["dataset_info"]["splits"][0]["num_examples"] == made.n_rows


def test_the_hub_folder_holds_data_card_and_manifest_alone(tmp_path):
    made = written(tmp_path / "out", examples_of(ALPACA, tmp_path / "pool"), "hub-folder")
    assert set(contents(made.folder)) == {
        "README.md",
        "data/train-00000-of-00001.parquet",
        "manifest.json",
    }
