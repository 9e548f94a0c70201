"""A workspace with an order and measured thresholds: what tests of coverage need."""

import pytest

from core.pipeline import (
    thresholds,
    views,
)
from core.pipeline.selection import stored_order
from core.select.budget import Budget
from core.workspace import Workspace


@pytest.fixture
def workspace(tiny_workspace):
    return Workspace.open(tiny_workspace)


@pytest.fixture
def order(workspace):
    return stored_order(views.in_use(workspace, "selection"))


@pytest.fixture(scope="module")
def measured(processed, tmp_path_factory):
    """A workspace with its thresholds measured, once for all tests that read them."""
    import shutil

    root = tmp_path_factory.mktemp("measured") / "workspace"
    shutil.copytree(processed, root)
    workspace = Workspace.open(root)
    thresholds.measure_thresholds(workspace)
    return workspace


def rows_of(budget):
    return Budget("rows", budget)
