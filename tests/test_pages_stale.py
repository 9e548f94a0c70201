"""Every page whose artifact is out of use says what differs, and offers to make it anew."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from core import jobs
from core.data.ingest import IngestConfig
from core.pipeline import features, pools
from core.workspace import Workspace
from tests.conftest import BUDGET, ROOT

ON_FEATURES = f"The subset of {BUDGET} rows by sae-greedy was chosen on other features."


def opened(page, root, monkeypatch):
    monkeypatch.setenv("CORESET_WORKSPACE", str(root))
    app = AppTest.from_file(str(ROOT / "pages" / f"{page}.py"), default_timeout=60).run()
    assert not app.exception
    assert not app.error
    return app


def words_of(app):
    return "\n".join(str(one.value) for one in [*app.text, *app.caption, *app.markdown])


def buttons_of(app):
    return {one.key for one in app.button}


@pytest.fixture
def workspace(tiny_workspace):
    return Workspace.open(tiny_workspace)


@pytest.fixture
def started(monkeypatch):
    """Jobs that a page started, without a process behind them."""
    seen = []
    monkeypatch.setattr(jobs, "start", lambda root, arguments, title: seen.append(list(arguments)))
    return seen


@pytest.fixture
def of_other_threshold(workspace):
    features.make(workspace, {"value": 3.0})
    return workspace


@pytest.fixture
def of_other_pool(workspace, tmp_path):
    path = tmp_path / "<b>other*.jsonl"
    rows = [{"instruction": f"Say {n}.", "output": f"Here is {n}."} for n in range(7)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    pools.ingest_pool(workspace, [str(path)], IngestConfig())
    return workspace


@pytest.mark.parametrize("page", ["subset", "coverage", "compare", "curate", "export", "map"])
def test_a_subset_on_other_features_offers_to_select_again(page, of_other_threshold, monkeypatch):
    app = opened(page, of_other_threshold.root, monkeypatch)
    assert ON_FEATURES in words_of(app)
    assert {"stale.again.selection", "stale.back.selection"} <= buttons_of(app)


def test_selecting_again_makes_the_subset_valid(of_other_threshold, monkeypatch):
    app = opened("subset", of_other_threshold.root, monkeypatch)
    app.button(key="stale.again.selection").click().run()
    assert not app.exception
    assert ON_FEATURES not in words_of(app)
    assert of_other_threshold.in_use("selection").notes["method"] == "sae-greedy"


def test_going_back_puts_the_subset_in_use_again(of_other_threshold, monkeypatch):
    app = opened("subset", of_other_threshold.root, monkeypatch)
    app.button(key="stale.back.selection").click().run()
    assert ON_FEATURES not in words_of(app)
    assert "selection" in of_other_threshold.current()


@pytest.mark.parametrize("page", ["dataset", "jobs", "clusters"])
def test_the_budget_bar_says_it_on_every_page(page, of_other_threshold, monkeypatch):
    app = opened(page, of_other_threshold.root, monkeypatch)
    assert ON_FEATURES in [one.value for one in app.sidebar.caption]


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        ("map", "The map was laid out from another pool."),
        ("clusters", "by k-means were made from another pool."),
        ("features", "The features were read from another pool."),
        ("coverage", "was chosen from another pool."),
        ("model", "The readings were made from another pool."),
        ("subset", "was chosen from another pool."),
        ("export", "was chosen from another pool."),
    ],
)
def test_on_another_pool_each_page_says_what_differs(page, sentence, of_other_pool, monkeypatch):
    said = words_of(opened(page, of_other_pool.root, monkeypatch))
    assert sentence in said
    assert "Pool now: 7 examples from <b>other*.jsonl" in said


def test_a_map_of_other_readings_is_laid_out_again_by_one_button(workspace, monkeypatch, started):
    roles = workspace.current()
    left = {"role": "map", "fingerprint": roles.pop("map"), "because": "readings"}
    under = {"pool": roles["pool"], "sae": roles["sae"], "readings": "0" * 16}
    workspace.use(roles, [{**left, "under": under}])
    app = opened("map", workspace.root, monkeypatch)
    app.button(key="stale.again.map").click().run()
    assert started[0][:3] == ["project", "--space=embeddings", "--method=umap"]


def test_nothing_is_said_where_nothing_has_changed(workspace, monkeypatch):
    app = opened("subset", workspace.root, monkeypatch)
    assert not {one for one in buttons_of(app) if one.startswith("stale.")}
