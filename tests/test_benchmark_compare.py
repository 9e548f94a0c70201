"""The benchmark of the compare page holds our numbers against those of pandas and scipy."""

import pytest

from benchmarks import compare, compare_peer
from core.pipeline import comparison_baselines as baselines
from core.select.budget import Budget
from core.workspace import Workspace


def test_the_numbers_are_those_of_pandas_and_scipy(tiny_workspace):
    workspace = Workspace.open(tiny_workspace)
    names = baselines.BASELINES
    subsets = [baselines.baseline(workspace, one, Budget("rows", 12)) for one in names]
    found = compare.beside_peer(workspace, subsets, 1)
    assert found["equal"] and len(found["ours"]["runs_s"]) == 1


def test_a_difference_is_no_result(tiny_workspace, monkeypatch):
    workspace = Workspace.open(tiny_workspace)
    subsets = [baselines.baseline(workspace, "random", Budget("rows", 12))] * 2
    monkeypatch.setattr(compare_peer, "jaccard", lambda subsets: [[0.0]])
    with pytest.raises(SystemExit, match="not those of pandas"):
        compare.beside_peer(workspace, subsets, 1)


def test_a_workspace_is_named_or_the_demo_is_meant(capsys):
    with pytest.raises(SystemExit):
        compare.main([])
    assert "name a workspace" in capsys.readouterr().err
