"""The command line: bad input ends in one clear line and exit 2; the workspace stays as it was."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROWS = [
    {
        "instruction": f"Question number {n} about topic {n % 7}",
        "output": f"Answer {n} " * (n % 9 + 1),
    }
    for n in range(40)
]


def core(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "core", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        **options,
    )


@pytest.fixture(scope="module")
def pool_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


@pytest.fixture(scope="module")
def workspace(tmp_path_factory, pool_file):
    folder = tmp_path_factory.mktemp("ws") / "w"
    done = core("ingest", pool_file, "--workspace", folder)
    assert done.returncode == 0, done.stderr
    return folder


def state(folder):
    return {
        str(path.relative_to(folder)): path.stat().st_mtime_ns
        for path in folder.rglob("*")
        if path.is_file()
    }


def refused(done):
    """The one line of a refused request."""
    lines = done.stderr.strip().splitlines()
    assert done.returncode == 2, (done.returncode, done.stderr)
    assert lines[-1].startswith("error: ")
    assert "Traceback" not in done.stderr
    return lines[-1]


@pytest.mark.parametrize("budget", ["0", "-3", "1.5", "many", "nan"])
def test_a_budget_that_is_no_number_of_rows_is_named(workspace, budget):
    before = state(workspace)
    line = refused(
        core("select", "--workspace", workspace, "--method", "random", f"--budget={budget}")
    )
    assert budget.lower() in line.lower()
    assert state(workspace) == before


def test_a_budget_ten_times_the_pool_names_the_largest_possible(workspace):
    line = refused(core("select", "--workspace", workspace, "--method", "random", "--budget", 400))
    assert "at most 40" in line


def test_an_unknown_method_suggests_one(workspace):
    line = refused(core("select", "--workspace", workspace, "--method", "sae-gredy", "--budget", 5))
    assert "did you mean 'sae-greedy'" in line


def test_an_unknown_option_names_the_ones_there_are(workspace):
    line = refused(
        core(
            "select", "--workspace", workspace, "--method", "kmq", "--budget", 5, "--set", "heat=3"
        )
    )
    assert "unknown option 'heat'" in line


def test_an_unknown_pin_is_named(workspace, tmp_path):
    pins = tmp_path / "pins.txt"
    pins.write_text("f" * 32 + "\n")
    line = refused(
        core("select", "--workspace", workspace, "--method", "random", "--budget", 5, "--pin", pins)
    )
    assert "f" * 32 in line


def test_a_method_without_its_reading_says_what_is_missing(workspace):
    line = refused(
        core("select", "--workspace", workspace, "--method", "sae-greedy", "--budget", 5)
    )
    assert "SAE codes" in line


def test_a_missing_source_is_named(tmp_path):
    line = refused(core("ingest", tmp_path / "none.jsonl", "--workspace", tmp_path / "w"))
    assert "none.jsonl" in line
    assert not (tmp_path / "w").exists()


def test_an_empty_source_is_refused(tmp_path):
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    assert "empty" in refused(core("ingest", empty, "--workspace", tmp_path / "w"))


def test_a_source_without_a_usable_row_is_refused(tmp_path):
    path = tmp_path / "bad.jsonl"
    path.write_text("{not json\n" * 3)
    assert "no usable row" in refused(core("ingest", path, "--workspace", tmp_path / "w"))


def test_an_unknown_model_is_refused(workspace):
    before = state(workspace)
    assert "no-such-model" in refused(
        core("extract", "--workspace", workspace, "--model", "no-such-model")
    )
    assert state(workspace) == before


def test_a_damaged_sae_is_refused(workspace, tmp_path):
    (tmp_path / "cfg.json").write_text("{")
    before = state(workspace)
    refused(core("sae", "load", tmp_path, "--workspace", workspace))
    assert state(workspace) == before


def test_a_workspace_that_is_a_file_is_refused(tmp_path, pool_file):
    path = tmp_path / "file"
    path.write_text("kept")
    refused(core("ingest", pool_file, "--workspace", path))
    assert path.read_text() == "kept"


def test_a_full_disk_is_one_line_and_leaves_the_workspace_whole(pool_file, tmp_path):
    """A file system of two megabytes, where root may mount one."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("no right to mount a small file system here")
    try:
        line = refused(core("ingest", pool_file, "--workspace", place / "w"))
        assert "free" in line
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_read_only_place_is_one_line(pool_file, tmp_path):
    place = tmp_path / "fixed"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m,ro", "tmpfs", str(place)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("no right to mount a read-only file system here")
    try:
        assert "read-only" in refused(core("ingest", pool_file, "--workspace", place / "w"))
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_two_budgets_at_once_are_refused(workspace):
    line = refused(core("select", "--workspace", workspace, "--budget", 5, "--ratio", 0.5))
    assert "one budget" in line


def test_json_output_is_one_object(workspace):
    done = core("select", "--workspace", workspace, "--method", "random", "--budget", 5, "--json")
    assert json.loads(done.stdout)["rows"] == 5


def test_methods_tell_everything_about_themselves():
    methods = json.loads(core("methods", "--json").stdout)["methods"]
    keys = {"name", "title", "needs", "nested", "complexity", "when", "provenance", "options"}
    assert {"random", "longest", "sae-greedy", "kmq"} <= {one["name"] for one in methods}
    assert all(keys <= set(one) for one in methods)


def test_a_selection_file_names_rows_by_id_in_pick_order(workspace, tmp_path):
    out = tmp_path / "sel.json"
    core("select", "--workspace", workspace, "--method", "longest", "--budget", 7, "--out", out)
    file = json.loads(out.read_text())
    assert len(set(file["rows"])) == file["budget"] == 7
    assert {
        "method",
        "config",
        "gains",
        "rounds",
        "pinned",
        "forbidden",
        "fingerprint",
        "dataset",
    } <= set(file)


def test_a_second_run_of_the_same_request_finds_the_same_artifact(workspace):
    ask = ("select", "--workspace", workspace, "--method", "random", "--budget", 9, "--json")
    first, second = (json.loads(core(*ask).stdout)["artifacts"] for _ in range(2))
    assert first == second


def test_an_internal_error_is_one_line_and_exit_one(workspace):
    broken = {**os.environ, "PYTHONPATH": str(ROOT)}
    code = "import sys; from core.verbs import reading; reading.parse_assignments = None\n"
    code += "from core.__main__ import main; sys.argv = ['core', 'extract', '--workspace', 'x']\n"
    code += "sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, env=broken
    )
    assert done.returncode == 1
    assert done.stderr.startswith("internal error: ")
    assert "Traceback" not in done.stderr
