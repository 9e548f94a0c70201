"""Metrics, seeds and files of several subsets, and the verb that compares them."""

import json
import math

import pytest

from core.errors import DataError, RequestError
from core.pipeline import comparison_files as files
from core.pipeline import comparison_members as members
from core.pipeline import comparison_scores as scores
from core.pipeline import comparison_stability as stability
from core.pipeline.requests import Request
from core.pipeline.selection import select_subset, solve
from core.pipeline.views import open_pool
from core.select.budget import Budget
from tests.comparing import TEN, keys, two, workspace
from tests.conftest import core

__all__ = ["two", "workspace"]


def test_what_was_measured_is_kept_by_its_rows(workspace, two):
    wanted = {"a": two[0].rows[:5]}
    assert scores.stored(workspace, wanted["a"]) is None
    values = scores.measured(workspace, wanted)["a"]
    assert scores.stored(workspace, wanted["a"][::-1]) == values
    light = scores.light(workspace, [wanted["a"]])[0]
    assert light and all(values[name] == pytest.approx(one) for name, one in light.items())


def test_the_best_of_a_metric_depends_on_its_direction():
    lines = {line.name: line for line in scores.lines([
        {"feature-coverage": 0.5, "redundancy": 0.9, "tokens": 7.0},
        {"feature-coverage": 0.4, "redundancy": 0.1, "tokens": 9.0},
    ])}  # fmt: skip
    assert lines["feature-coverage"].best == 0
    assert lines["redundancy"].best == 1
    assert lines["tokens"].best is None
    assert lines["redundancy"].formula and lines["redundancy"].source


def test_random_is_known_over_its_seeds_and_others_once_they_were_drawn(workspace):
    found = keys(workspace)
    random, kmq = members.members(workspace, [found["random"], found["kmq"]], Budget("rows", 9))
    assert stability.stored_draws(workspace, random).n_seeds == 5
    assert stability.stored_draws(workspace, kmq) is None
    solve(workspace, Request("kmq", Budget("rows", 9), {"clusters": 3}, seed=1))
    drawn = stability.stored_draws(workspace, kmq)
    assert drawn.n_seeds == 2 and drawn.low is None and 0 <= drawn.mean <= 1


def test_a_method_that_does_not_draw_is_said_to_be_fixed(workspace):
    key = keys(workspace)["sae-greedy"]
    solve(workspace, Request("sae-greedy", Budget("rows", 10), seed=3))
    (one,) = members.members(workspace, [key], TEN)
    assert stability.stored_draws(workspace, one).is_fixed


# Files and the verb


@pytest.fixture
def selections(workspace, tmp_path):
    """Selection files of two methods, and ids in a plain file, one of them of no row."""
    found = []
    for method in ("mads", "sae-greedy"):
        out = tmp_path / f"{method}.json"
        select_subset(workspace, Request(method, TEN), out=out)
        found.append(out)
    theirs = tmp_path / "theirs.txt"
    theirs.write_text("\n".join([*open_pool(workspace).ids()[:4], "e" * 32]), encoding="utf-8")
    return [*found, theirs]


def test_files_are_held_against_each_other(workspace, selections):
    found = files.compare(workspace, selections)
    names = [one["name"] for one in found["subsets"]]
    assert names == ["mads", "sae-greedy", "theirs.txt"]
    assert "1 row of it" in found["subsets"][2]["remark"]
    given_ids = [set(json.loads(path.read_text())["rows"]) for path in selections[:2]]
    both = len(given_ids[0] & given_ids[1])
    assert found["overlap"]["jaccard"][0][1] == pytest.approx(both / (20 - both), abs=1e-6)
    beside = found["subsets"][0]["metrics"]
    assert set(beside) == {"subset", "random", "longest", "random, tokens", "longest, tokens"}
    assert math.isclose(beside["random"]["feature-coverage"],
                        found["subsets"][1]["metrics"]["random"]["feature-coverage"])  # fmt: skip


def test_files_of_the_page_can_be_read_by_the_job(workspace, two):
    written = files.asked_files(workspace, two)
    found = files.compare(workspace, written)
    assert [one["rows"] for one in found["subsets"]] == [10, 10]
    assert scores.stored(workspace, two[0].rows) is not None


@pytest.mark.parametrize("n", [1, 7])
def test_two_to_six_files_are_compared(workspace, selections, n):
    with pytest.raises(RequestError, match="two to 6"):
        files.compare(workspace, selections[:1] * n)


def test_one_seed_says_nothing(workspace, selections):
    with pytest.raises(RequestError, match="2 to 50 seeds"):
        files.compare(workspace, selections, seeds=1)


def test_a_file_of_other_rows_is_refused(workspace, selections, tmp_path):
    path = tmp_path / "foreign.txt"
    path.write_text("d" * 32 + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="nothing in"):
        files.compare(workspace, [selections[0], path])


def test_the_verb_answers_as_json(workspace, selections):
    found = core("compare", *selections[:2], "--seeds", "2", "--workspace", workspace.root)
    assert [one["rows"] for one in found["subsets"]] == [10, 10]
    assert found["subsets"][1]["stability"]["mean"] == 1
    assert found["overlap"]["intersections"][0]["rows"] > 0
