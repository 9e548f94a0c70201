"""The selection benchmark runs at tiny size, and what it measures is right."""

import json

import pytest

from benchmarks import machine, selection
from benchmarks.generated import feature_sets

TINY = [
    *("--rows", "300", "--features", "400", "--per-row", "9", "--also-per-row", "15"),
    *("--budget", "60", "--repeats", "2", "--submodlib-budget", "0", "--device", "cpu"),
]


@pytest.fixture(scope="module")
def result():
    return selection.measure(selection.parse(TINY))


def test_the_engine_picks_what_the_sparse_product_picks(result):
    assert result["naive"]["equal_to_engine"] is True


def test_the_torch_form_picks_what_the_engine_picks(result):
    assert result["torch_form"]["equal_to_engine"] is True


def test_a_result_says_where_and_how_often_it_was_measured(result):
    assert {"date", "processor", "cores", "versions"} <= set(result["circumstances"])
    assert len(result["engine"]["stored_transpose"]["runs_s"]) == 2


def test_a_second_size_is_measured_beside_the_first(result):
    assert result["at_another_size"]["per_row"] > result["non_zeros"] / result["rows"]


def test_a_million_rows_are_a_mode_of_their_own():
    asked = selection.parse(["--million", "--repeats", "1"])
    assert (asked.rows, asked.budget, asked.repeats) == (1_000_000, 50_000, 1)


def test_the_same_seed_generates_the_same_pool():
    first, again = (feature_sets(50, 40, 6, seed=3) for _ in range(2))
    assert first.indices.tolist() == again.indices.tolist()


def test_nothing_is_written_unless_asked(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "RESULTS", tmp_path)
    selection.main(TINY)
    assert list(tmp_path.iterdir()) == []
    selection.main([*TINY, "--out", "tiny"])
    assert json.loads((tmp_path / "tiny.json").read_text())["rows"] == 300
