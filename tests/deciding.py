"""A workspace in which something is decided: what tests of decisions need."""

import pytest

from core.pipeline.decision_books import PROJECT, URL
from core.pipeline.requests import Request
from core.pipeline.views import open_pool
from core.select.budget import Budget
from core.workspace import Workspace
from tests.curate_events import said


@pytest.fixture(autouse=True)
def _settings(monkeypatch):
    for name in (URL, PROJECT):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def workspace(tiny_workspace):
    return Workspace.open(tiny_workspace)


@pytest.fixture
def empty(tmp_path):
    return Workspace.create(tmp_path / "w")


@pytest.fixture
def ids(workspace):
    return open_pool(workspace).ids()


def on(example_id, verdict="approved", by="ann", **rest):
    """A verdict on an example of the pool."""
    return said(int(example_id, 16), verdict, by, **rest)


def asked(n=12, **rest):
    return Request("sae-greedy", Budget("rows", n), **rest)
