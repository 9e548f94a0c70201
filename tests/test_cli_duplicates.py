"""The verbs `duplicates` and `overlap`: what they print and keep, and how they refuse."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.pipeline.adopting import adopt
from core.pipeline.duplicates import open_groups
from core.pipeline.overlaps import open_overlap
from core.workspace import Workspace

ROOT = Path(__file__).parent.parent
TWIN = "List three ways to save water at home, and say for each how much it saves in a year"
ROWS = [
    {"instruction": TWIN, "output": "Shorter showers, full loads, a rain barrel for the garden."},
    {
        "instruction": TWIN.upper(),
        "output": "Shorter showers; full loads; a rain barrel for THE garden",
    },
    *(
        {"instruction": f"Question {n} on topic {n % 7}", "output": f"Answer {n}"}
        for n in range(20)
    ),
]


def core(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "core", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def answered(*arguments):
    done = core(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def refused(*arguments):
    """The one line of a refused request."""
    done = core(*arguments)
    assert done.returncode == 2, (done.returncode, done.stderr)
    assert "Traceback" not in done.stderr
    return done.stderr.strip().splitlines()[-1]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("near")
    source = folder / "rows.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    answered("ingest", source, "--workspace", folder / "w")
    return folder / "w"


@pytest.fixture
def benchmark(tmp_path):
    path = tmp_path / "bench.txt"
    path.write_text(f"{TWIN}?\nSomething else that nobody in this pool has ever asked for\n")
    return path


@pytest.mark.parametrize("method", ["exact", "minhash"])
def test_duplicates_say_how_many_and_are_in_use(workspace, method):
    made = answered("duplicates", "--method", method, "--workspace", workspace)
    assert (made["n_groups"], made["n_grouped"], made["largest"]) == (1, 2, 2)
    opened = Workspace.open(workspace)
    assert opened.current()["duplicates"] == made["artifacts"]["duplicates"]
    assert open_groups(opened).labels[:2].tolist() == [0, 0]


def test_options_are_part_of_the_recipe(workspace):
    ask = ("duplicates", "--method", "minhash", "--workspace", workspace)
    one, other = answered(*ask), answered(*ask, "--set", "threshold=0.3")
    assert one["artifacts"] != other["artifacts"]
    assert answered(*ask)["artifacts"] == one["artifacts"]


def test_an_unknown_method_suggests_one(workspace):
    line = refused("duplicates", "--method", "minhsh", "--workspace", workspace)
    assert "did you mean 'minhash'" in line


def test_an_unknown_option_names_the_ones_there_are(workspace):
    line = refused("duplicates", "--set", "heat=3", "--workspace", workspace)
    assert "threshold" in line


@pytest.mark.parametrize("verb", [("duplicates", "--method"), ("overlap", "--by")])
def test_cosine_without_readings_says_what_to_run(workspace, benchmark, verb):
    files = [benchmark] if verb[0] == "overlap" else []
    line = refused(verb[0], *files, verb[1], "cosine", "--workspace", workspace)
    assert "run `extract` first" in line


def test_overlap_lists_rows_and_writes_a_file_that_select_forbids(workspace, benchmark, tmp_path):
    out = tmp_path / "deep" / "forbid.txt"
    made = answered("overlap", benchmark, "--workspace", workspace, "--out", out)
    counts = {name: made[name] for name in ("rows", "n_prompts", "n_prompts_hit", "n_skipped")}
    assert counts == {"rows": 2, "n_prompts": 2, "n_prompts_hit": 1, "n_skipped": 0}
    table = open_overlap(Workspace.open(workspace))
    assert out.read_text().split() == table["id"].tolist()
    assert table["benchmark"].tolist() == ["bench.txt"] * 2
    assert table["text"].tolist() == [f"{TWIN}?"] * 2
    chosen = tmp_path / "sel.json"
    left = len(ROWS) - 2
    ask = ("select", "--method", "random", "--budget", left, "--forbid", out, "--out", chosen)
    answered(*ask, "--workspace", workspace)
    assert not set(json.loads(chosen.read_text())["rows"]) & set(table["id"])


def test_several_benchmarks_number_their_prompts_each(workspace, benchmark, tmp_path):
    other = tmp_path / "other.jsonl"
    other.write_text(json.dumps({"question": "Is there anything here at all that fits?"}) + "\n")
    answered("overlap", other, benchmark, "--workspace", workspace)
    table = open_overlap(Workspace.open(workspace))
    assert set(zip(table["benchmark"], table["prompt"], strict=True)) == {("bench.txt", 0)}


def test_an_overlap_with_nothing_writes_an_empty_file(workspace, tmp_path):
    path, out = tmp_path / "none.txt", tmp_path / "forbid.txt"
    path.write_text("Words that no example of this small pool has\n")
    made = answered("overlap", path, "--workspace", workspace, "--out", out)
    assert (made["rows"], out.read_text()) == (0, "")


def test_a_missing_benchmark_is_named(workspace, tmp_path):
    line = refused("overlap", tmp_path / "none.jsonl", "--workspace", workspace)
    assert "none.jsonl" in line


def test_a_benchmark_without_prompts_is_refused(workspace, tmp_path):
    path = tmp_path / "labels.jsonl"
    path.write_text('{"label": 1}\n')
    assert "no list of prompts" in refused("overlap", path, "--workspace", workspace)


def test_cosine_reads_the_embeddings_and_the_graph_in_use(tiny_workspace):
    made = answered(
        "duplicates", "--method=cosine", "--set=threshold=0.5", "--workspace", tiny_workspace
    )
    parents = Workspace.open(tiny_workspace).in_use("duplicates").parents
    assert set(parents) == {"pool", "readings", "graph"}
    assert made["largest"] >= 2


def test_a_prompt_is_found_by_cosine_in_the_row_that_begins_with_it(tiny_workspace, tiny_source):
    path = tiny_workspace / "bench.jsonl"
    path.write_text(tiny_source.read_text(encoding="utf-8").splitlines()[0] + "\n")
    answered("overlap", path, "--by=cosine", "--set=threshold=0.4", "--workspace", tiny_workspace)
    assert 0 in open_overlap(Workspace.open(tiny_workspace))["row"].tolist()


def test_groups_of_texts_outlive_new_readings_and_groups_of_embeddings_do_not(tiny_workspace):
    opened = Workspace.open(tiny_workspace)
    for method, stays in (("minhash", True), ("cosine", False)):
        answered("duplicates", "--method", method, "--workspace", tiny_workspace)
        readings = opened.current()["readings"]
        adopt(opened, "readings", "0" * 16)
        assert ("duplicates" in opened.current()) is stays
        adopt(opened, "readings", readings)
