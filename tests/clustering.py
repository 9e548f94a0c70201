"""Clusterings for tests: a real one that is only read, and one to edit."""

import numpy as np
import pytest

from core.pipeline import (
    maps,
    views,
)
from core.pipeline.selection import stored_order
from core.workspace import Workspace
from tests.conftest import BUDGET


@pytest.fixture
def real(processed):
    """Only read from, so that it need not be copied."""
    return Workspace.open(processed)


@pytest.fixture
def workspace(tiny_workspace):
    return Workspace.open(tiny_workspace)


@pytest.fixture
def subset(real):
    return stored_order(views.in_use(real, "selection")).prefix(BUDGET)


def clustered(workspace, k, seed=42):
    maps.cluster(workspace, "k-means", {"k": k, "seed": seed})
    return np.asarray(views.open_labels(workspace))
