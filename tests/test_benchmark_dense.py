"""The dense benchmark runs at tiny size, with whichever peers are installed, and is fair."""

import json

import numpy as np
import pytest

from benchmarks import dense, machine
from benchmarks.children import Limits, installed, run_child
from benchmarks.dense_cases import CASES, Answer, inertia, qdit_value
from benchmarks.generated import embeddings

TINY = ["--tiny", *("--only", "k-center", "--only", "kmq", "--only", "repr-filter")]


@pytest.fixture(scope="module")
def result():
    measured = dense.measure(dense.parse(TINY))
    return {case["case"]: case for case in measured["cases"]} | {"whole": measured}


def peer(result, case, name):
    return next(one for one in result[case]["peers"] if one["peer"].startswith(name))


def test_k_center_reaches_the_radius_of_the_plain_loop(result):
    plain = peer(result, "k-center", "numpy")
    assert plain["objective"] == plain["ours"]["objective"]


def test_the_filter_keeps_as_many_rows_as_faiss_does_row_by_row(result):
    other = peer(result, "repr-filter", "faiss")
    assert other["chosen"] == other["ours"]["chosen"] == 60
    assert other["objective"] == other["ours"]["objective"]


def test_clusters_are_as_tight_as_those_of_faiss(result):
    other = peer(result, "kmq", "faiss")
    assert other["ours"]["objective"] < 1.05 * other["objective"]


def test_a_ratio_is_their_median_by_ours_at_the_same_rows(result):
    other = peer(result, "kmq", "faiss")
    assert other["rows"] == other["ours"]["rows"]
    exact = other["seconds"]["median_s"] / other["ours"]["seconds"]["median_s"]
    assert other["ratio"] == pytest.approx(exact, abs=0.006)


def test_a_plain_loop_does_not_count_among_the_libraries(result):
    libraries = [one for one in result["k-center"]["peers"] if one["library"]]
    ratios = [one["ratio"] for one in libraries if "ratio" in one]
    assert result["k-center"]["ratio_to_fastest_library"] == min(ratios, default=None)


def test_a_result_says_where_it_was_measured(result):
    assert {"date", "processor", "versions", "threads"} <= set(result["whole"]["circumstances"])


def test_every_case_names_a_peer():
    assert all(case.peers for case in CASES)


def test_an_embeddings_file_is_cut_to_the_rows_asked_for(tmp_path):
    np.save(tmp_path / "pool.npy", embeddings(300, 8).astype(np.float16))
    asked = ["--rows", "200", "--budget", "20", "--repeats", "1", "--only", "repr-filter"]
    found = dense.measure(dense.parse([str(tmp_path / "pool.npy"), *asked]))
    assert (found["rows"], found["width"], found["cases"][0]["ours"]["rows"]) == (200, 8, 200)


def test_a_file_that_holds_no_embeddings_is_refused(tmp_path):
    np.save(tmp_path / "pool.npy", np.arange(5))
    with pytest.raises(SystemExit, match="one float row each"):
        dense.measure(dense.parse([str(tmp_path / "pool.npy")]))


def test_an_unknown_case_is_answered_with_those_there_are():
    with pytest.raises(SystemExit, match="unknown case 'kqm'; choose from: k-center; kmq"):
        dense.measure(dense.parse(["--tiny", "--only", "kqm"]))


def test_figures_are_written_where_asked(tmp_path, monkeypatch, capsys):
    for writer in (dense, machine):
        monkeypatch.setattr(writer, "RESULTS", tmp_path)
    dense.main(["--tiny", "--only", "repr-filter", "--out", "tiny"])
    assert json.loads((tmp_path / "tiny.json").read_text())["rows"] == 600


def child(call, n_rows=300, seconds=60.0, memory=0, **settings):
    return run_child(
        call,
        embeddings(n_rows, 4),
        20,
        settings={"first": 0, **settings},
        repeats=1,
        limits=Limits(seconds, memory),
    )


def test_a_peer_that_takes_too_long_is_ended_and_said_to_be_above_its_time():
    outcome = child("by_numpy:k_center", seconds=0.01)
    assert (outcome.answer, outcome.said) == (None, "above 0.01 s")


def test_a_peer_that_takes_too_much_memory_is_said_to(tmp_path):
    np.save(tmp_path / "quality.npy", np.zeros(20_000))
    settings = {"alpha": 0.5, "quality": str(tmp_path / "quality.npy")}
    outcome = child("by_numpy:qdit", n_rows=20_000, memory=1536 << 20, **settings)
    assert (outcome.answer, outcome.said) == (None, "out of memory")


def test_a_peer_that_fails_is_quoted():
    outcome = child("by_faiss:repr_filter")
    assert "threshold" in outcome.said


def test_a_library_that_is_not_there_is_said_not_to_be():
    found, why = installed("no_such_library", "no-such-library", Limits(1, 0))
    assert (found, why) == (None, "ModuleNotFoundError: No module named 'no_such_library'")


def test_inertia_of_two_pairs_is_their_mean_squared_gap():
    vectors = np.array([[0, 0], [0, 2], [5, 0], [5, 4]], dtype=np.float32)
    answer = Answer(vectors, np.zeros(4), np.array([0, 0, 1, 1]))
    assert inertia(answer) == (1 + 1 + 4 + 4) / 4


def test_what_qdit_maximises_weighs_likeness_and_quality():
    vectors = np.array([[1, 0], [0, 1]], dtype=np.float32)
    answer = Answer(vectors, np.array([0.5, 1.0]), np.array([0]))
    assert qdit_value(answer) == pytest.approx(0.3 * 0.5 + 0.7 * 0.5)
