"""What can be compared, and where each subset stands at one budget of rows or tokens."""

import numpy as np
import pytest

from core.errors import RequestError
from core.pipeline import comparison_baselines as baselines
from core.pipeline import comparison_members as members
from core.pipeline import snapshots
from core.pipeline.given import given_subset
from core.pipeline.requests import Request
from core.pipeline.selection import solve, stored_order
from core.pipeline.views import open_pool
from core.select.budget import Budget
from tests.comparing import TEN, keys, workspace

__all__ = ["workspace"]


def test_a_row_that_does_not_fit_is_skipped():
    tokens = np.array([5, 9, 3, 4, 1])
    kept = baselines.fitting(np.array([0, 1, 2, 3, 4]), tokens, 9)
    assert kept.tolist() == [0, 2, 4]


@pytest.mark.parametrize("name", ["random", "longest"])
def test_baselines_are_those_of_the_methods_at_equal_rows_and_tokens(workspace, name):
    for budget in (Budget("rows", 7), Budget("tokens", 900)):
        own = baselines.baseline(workspace, name, budget)
        theirs = solve(workspace, Request(name, budget)).subset.rows
        assert own.tolist() == theirs.tolist()


def test_stored_baselines_are_those_made_in_memory(workspace):
    for name in baselines.BASELINES:
        budgets = [Budget("rows", 9), Budget("tokens", 700)]
        fresh = [baselines.baseline(workspace, name, one).tolist() for one in budgets]
        solve(workspace, Request(name, Budget("rows", 40)))
        kept = [baselines.baseline(workspace, name, one).tolist() for one in budgets]
        assert fresh == kept


def test_a_baseline_writes_nothing(workspace):
    before = [one.fingerprint for one in workspace.artifacts("selection")]
    baselines.baseline(workspace, "longest", Budget("rows", 3))
    assert [one.fingerprint for one in workspace.artifacts("selection")] == before


# Members


def test_the_order_in_use_comes_first_and_the_baselines_last(workspace):
    found = members.offers(workspace)
    assert found[0].own and not any(one.own for one in found[1:])
    assert [one.key for one in found[-2:]] == ["baseline:random", "baseline:longest"]


def test_a_nested_order_is_cut_to_the_budget(workspace):
    (one,) = members.members(workspace, [keys(workspace)["sae-greedy"]], TEN)
    whole = stored_order(workspace.in_use("selection"))
    assert one.rows.tolist() == whole.rows[:10].tolist() and one.own and not one.note


def test_an_order_that_ends_before_the_budget_says_so(workspace):
    (one,) = members.members(workspace, [keys(workspace)["mads"]], Budget("rows", 20))
    assert len(one.rows) == 12 and one.note == "solved to 12 rows only"


def test_a_method_without_prefixes_stands_as_it_was_solved(workspace):
    (one,) = members.members(workspace, [keys(workspace)["kmq"]], TEN)
    assert len(one.rows) == 9 and one.note == "solved at 9 rows"


def test_of_several_solved_budgets_the_nearest_stands(workspace):
    solve(workspace, Request("kmq", Budget("rows", 20), {"clusters": 3}))
    (one,) = members.members(workspace, [keys(workspace)["kmq"]], Budget("rows", 18))
    assert len(one.rows) == 20


def test_at_equal_tokens_an_order_is_followed(workspace):
    tokens = baselines.tokens_of(workspace)
    (one,) = members.members(workspace, [keys(workspace)["sae-greedy"]], Budget("tokens", 400))
    assert 0 < tokens[one.rows].sum() <= 400


def test_a_file_stands_whole_and_says_so(workspace, tmp_path):
    ids = open_pool(workspace).ids()
    path = tmp_path / "theirs.txt"
    path.write_text("\n".join([*ids[3:8], "f" * 32]) + "\n", encoding="utf-8")
    made = given_subset(workspace, path)
    offer = next(one for one in members.offers(workspace) if one.kind == "given")
    assert offer.key == f"given:{made.fingerprint}" and offer.name == "theirs.txt"
    (one,) = members.members(workspace, [offer.key], TEN)
    assert one.rows.tolist() == [3, 4, 5, 6, 7] and one.note == "all 5 rows of the file"


def test_a_snapshot_can_be_compared(workspace):
    workspace.choose(budget=6)
    snapshots.keep(workspace, "before, cleaning")
    offer = next(one for one in members.offers(workspace) if one.kind == "snapshot")
    (one,) = members.members(workspace, [offer.key], TEN)
    assert len(one.rows) == 6 and one.note == "solved to 6 rows only"


def test_a_file_called_as_a_method_is_told_apart(workspace, tmp_path):
    path = tmp_path / "random"
    path.write_text("\n".join(open_pool(workspace).ids()[:5]), encoding="utf-8")
    made = given_subset(workspace, path)
    found = members.members(workspace, [f"given:{made.fingerprint}", "baseline:random"], TEN)
    assert [one.name for one in found] == ["random", "random (2)"]


@pytest.mark.parametrize("key", ["order:0000000000000000", "snapshot:none", "nonsense", "given:x"])
def test_what_is_not_on_offer_is_refused_in_one_line(workspace, key):
    with pytest.raises(Exception) as caught:
        members.members(workspace, [key], TEN)
    assert "\n" not in str(caught.value)
    assert caught.type.__name__ in ("RequestError", "WorkspaceError")


def test_more_than_six_are_refused(workspace):
    with pytest.raises(RequestError, match="at most 6"):
        members.members(workspace, [f"order:{n:016x}" for n in range(7)], TEN)


def test_a_link_to_a_shorter_order_finds_the_longer_one(workspace):
    shorter = keys(workspace)["mads"]
    solve(workspace, Request("mads", Budget("rows", 15)))
    assert members.resolved(workspace, shorter) == keys(workspace)["mads"]
    assert members.resolved(workspace, "snapshot:none") is None


def test_the_order_of_rows_does_not_name_a_subset():
    assert members.version_of(np.array([3, 1])) == members.version_of(np.array([1, 3]))
