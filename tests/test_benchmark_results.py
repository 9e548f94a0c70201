"""The table of all methods: figures of a real workspace, and a page made of them alone."""

import json

import pytest

from benchmarks import dense, neurons, results_table, selection
from benchmarks.pool_orders import PoolOrders, first_rows
from benchmarks.speed_page import speed_sections
from core.reporting import Quiet
from core.workspace import Workspace
from tests import test_benchmark_neurons, test_benchmark_selection

METHODS = ("kmq", "longest", "random", "sae-greedy", "target")
ASKED = [
    *("--budgets", "5", "10", "--ratio", "0.5", "--length-sample", "12", "--name", "tiny"),
    *(part for name in METHODS for part in ("--only", name)),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory, processed, tiny_source):
    """Figures and page of a copy of the tiny workspace, and what the second run of it took."""
    import shutil

    folder = tmp_path_factory.mktemp("results")
    root = folder / "w"
    shutil.copytree(processed, root)
    patch = pytest.MonkeyPatch()
    patch.setattr(results_table, "RESULTS", folder)
    asked = [str(tiny_source), "--workspace", str(root), "--out", str(folder / "results.md")]
    results_table.main([*asked, *ASKED])
    first = (folder / "tiny.json").read_text()
    kept = (folder / "w.metrics.json").read_text()
    results_table.main([*asked, *ASKED])
    patch.undo()
    return {
        "result": json.loads(first),
        "again": json.loads((folder / "tiny.json").read_text()),
        "same_metrics": kept == (folder / "w.metrics.json").read_text(),
        "page": (folder / "results.md").read_text(),
        "root": root,
        "folder": folder,
    }


def of(made, method):
    return next(one for one in made["result"]["methods"] if one["method"] == method)


def test_every_method_asked_for_has_a_row_at_every_budget(made):
    assert [one["method"] for one in made["result"]["methods"]] == list(METHODS)
    assert all(
        [at["budget"] for at in one["at"]] == [5, 10, 20] for one in made["result"]["methods"]
    )


def test_greedy_coverage_covers_most_features(made):
    covered = {
        one["method"]: one["at"][0]["metrics"]["feature-coverage"]
        for one in made["result"]["methods"]
    }
    assert max(covered, key=covered.get) == "sae-greedy"


def test_longest_has_the_most_words(made):
    words = {
        one["method"]: one["at"][1]["metrics"]["words-mean"] for one in made["result"]["methods"]
    }
    assert max(words, key=words.get) == "longest"


def test_baselines_at_equal_tokens_hold_no_more_tokens(made):
    here = of(made, "sae-greedy")["at"][2]
    assert here["at_equal_tokens"]["random"]["tokens"] <= here["metrics"]["tokens"]


def test_only_methods_that_draw_are_compared_over_seeds(made):
    assert {one["method"] for one in made["result"]["methods"] if one["draws"]} == {"kmq", "random"}
    assert of(made, "random")["stability"][0]["mean"] < 1


def test_a_second_run_measures_nothing_again(made):
    assert made["same_metrics"]
    assert made["again"]["methods"] == made["result"]["methods"]


def test_length_is_compared_with_features_before_and_after_the_threshold(made):
    length = made["result"]["length"]
    assert set(length) == {"thresholded", "topk", "jumprelu"}
    medians = [length[name]["median_features"] for name in ("thresholded", "topk", "jumprelu")]
    assert medians == sorted(medians)


def test_the_page_has_one_table_a_budget_and_says_how_it_was_made(made):
    assert made["page"].count(" rows (") == 3
    assert "benchmarks.results_table" in made["page"]


def test_the_page_says_of_each_claim_whether_it_shows(made):
    claims = made["page"].partition("## Claims")[2]
    assert claims.count("the claim") >= 4


def test_the_page_can_be_made_of_stored_figures_alone(made, monkeypatch):
    monkeypatch.setattr(results_table, "RESULTS", made["folder"])
    out = made["folder"] / "again.md"
    results_table.main(
        ["-", "--workspace", "-", "--page-only", "--name", "tiny", "--out", str(out)]
    )
    assert out.read_text() == made["page"]


def test_the_first_rows_of_a_pool_are_a_pool_of_their_own(made):
    view = PoolOrders(Workspace.open(made["root"]), Quiet()).view
    few = first_rows(view, 7)
    assert few.codes.n_rows == few.neurons.n_rows == len(few.embeddings) == 7
    assert sorted(few.id_rank.tolist()) == list(range(7))


def test_figures_of_the_other_benchmarks_become_tables_of_speed():
    speeds = {
        "selection": selection.measure(selection.parse(test_benchmark_selection.TINY)),
        "neurons": neurons.measure(neurons.parse(test_benchmark_neurons.TINY)),
        "dense": dense.measure(dense.parse(["--tiny", "--only", "repr-filter"])),
    }
    said = "\n".join(speed_sections(speeds))
    ratio = speeds["dense"]["cases"][0]["peers"][0]["ratio"]
    assert f"| {ratio:.2f} |" in said
    assert "naive sparse product" in said and "from stored states" in said


def test_without_figures_of_speed_the_page_has_no_such_section():
    assert speed_sections({"results": {"what": "something else"}}) == []
