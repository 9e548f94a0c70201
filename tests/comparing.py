"""Three methods solved on the tiny pool, and two of them at one budget: what comparisons need."""

import pytest

from core.pipeline import comparison_members as members
from core.pipeline.requests import Request
from core.pipeline.selection import solve
from core.select.budget import Budget
from core.workspace import Workspace

TEN = Budget("rows", 10)


@pytest.fixture
def workspace(tiny_workspace):
    """The tiny workspace with orders of three methods at 12 rows beside the one in use."""
    opened = Workspace.open(tiny_workspace)
    solve(opened, Request("mads", Budget("rows", 12)))
    solve(opened, Request("kmq", Budget("rows", 9), {"clusters": 3}))
    return opened


def keys(workspace):
    return {one.name: one.key for one in members.offers(workspace)}


@pytest.fixture
def two(workspace):
    found = keys(workspace)
    return members.members(workspace, [found["sae-greedy"], found["mads"]], TEN)
