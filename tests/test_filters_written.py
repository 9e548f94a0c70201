"""Filters as JSON, as chips, as saved views; and those that are refused, in one line."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import RequestError
from core.pipeline import meaning
from core.pipeline.filter_kinds import KINDS
from core.pipeline.filters import MOST_FILTERS, Filter, filter_title, filtered
from core.pipeline.seen import load_view, save_view
from core.workspace import Workspace
from tests.filters_asked import BOX, ingested, lasso, rows, stroke


@pytest.fixture(scope="module")
def shared(processed):
    """A workspace that no test here writes to."""
    return Workspace.open(processed)


@pytest.fixture
def own(tiny_workspace):
    return Workspace.open(tiny_workspace)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
NUMBER = st.integers(-(10**6), 10**6) | st.floats(allow_nan=False, allow_infinity=False, width=32)
POINTS = st.lists(st.lists(NUMBER, min_size=2, max_size=2), max_size=4)
STROKES = st.lists(
    st.fixed_dictionaries(
        {"mode": st.sampled_from(["replace", "add", "subtract"]), "points": POINTS}
    ),
    max_size=3,
)
VALUES = {
    "lasso": {"map": TEXT, "strokes": STROKES},
    "cluster": {
        "role": st.sampled_from(["clusters", "hdbscan"]),
        "labels": st.lists(st.integers(-1, 99), max_size=4),
    },
    "latent": {"latent": st.integers(0, 10**6)},
    "neuron": {"layer": st.integers(0, 99), "neuron": st.integers(0, 10**6)},
    "words": {"text": TEXT, "case": st.booleans()},
    "regex": {"pattern": TEXT},
    "meaning": {"text": TEXT, "count": st.integers(1, 999)},
    "alike": {"id": TEXT, "count": st.integers(1, 999)},
    "sql": {"predicate": TEXT},
    "column": {"name": TEXT, "values": st.lists(st.none() | TEXT | NUMBER, max_size=4)},
    "range": {"name": TEXT, "low": st.none() | NUMBER, "high": st.none() | NUMBER},
    "chosen": {"is": st.booleans()},
    "only": {"ids": st.lists(TEXT, max_size=4)},
}
FILTERS = st.one_of(
    [
        st.fixed_dictionaries(value, optional={"not": st.booleans()}).map(
            lambda value, kind=kind: Filter(kind, value)
        )
        for kind, value in VALUES.items()
    ]
)


def test_every_kind_is_tried_here():
    assert set(VALUES) == set(KINDS)


@given(FILTERS)
def test_a_filter_survives_json(one):
    again = Filter.from_json(json.loads(json.dumps(one.to_json())))
    assert again == one
    assert again.key == one.key


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(FILTERS)
def test_a_chip_has_one_line_of_text_whatever_the_filter(shared, one):
    title = filter_title(shared, one)
    assert title
    assert len(title.splitlines()) == 1
    assert len(title) < 200


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(FILTERS, max_size=4))
def test_a_saved_view_is_read_again_by_its_name(own, filters):
    name = save_view(own, filters)
    assert re.fullmatch("[0-9a-f]{16}", name)
    assert load_view(own, name) == tuple(filters)
    assert save_view(own, filters) == name


@pytest.mark.parametrize(
    "name",
    [
        *("", "../workspace", "..%2f" * 4, "A" * 16, "0" * 15, "0" * 17, "0" * 16 + "\n"),
        *("/etc/passwd", "0000000000000000\x00", "\uff10" * 16, None, 7),
    ],
)
def test_a_name_that_is_no_name_of_a_view_is_refused(own, name):
    with pytest.raises(RequestError, match="16 hex digits"):
        load_view(own, name)


def test_a_view_that_is_not_kept_is_refused(own):
    with pytest.raises(RequestError, match="there is no view"):
        load_view(own, "0" * 16)


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"[]", b"{}", b"\xff", b'{"filters": []}', b"[" * 5_000),
        *(b'{"filters": [{"kind": "words"}]}', b'{"filters": [NaN]}'),
    ],
)
def test_a_view_whose_file_was_changed_is_refused(own, content):
    name = save_view(own, [Filter("words", {"text": "a"})])
    (own.root / "views" / f"{name}.json").write_bytes(content)
    with pytest.raises(RequestError, match="filter anew"):
        load_view(own, name)


def test_a_view_renamed_to_another_name_is_refused(own):
    name = save_view(own, [Filter("words", {"text": "a"})])
    path = own.root / "views" / f"{name}.json"
    path.rename(path.with_name("0" * 16 + ".json"))
    with pytest.raises(RequestError, match="does not hold what was kept"):
        load_view(own, "0" * 16)


# What is refused

BAD = [
    Filter("word", {"text": "a"}),
    Filter("words", {}),
    Filter("words", {"text": ""}),
    Filter("words", {"text": 3}),
    Filter("words", {"text": "a", "kind": 1}),
    Filter("words", {"text": "a", "not": 1}),
    Filter("words", {"text": "a" * 9_000}),
    Filter("words", {"text": "\ud800"}),
    Filter("words", ["a"]),
    Filter("words", {"text": "a", "case": "no"}),
    Filter("regex", {"pattern": "(?=a)"}),
    Filter("regex", {"pattern": "("}),
    Filter("sql", {"predicate": "1=1) OR (1=1"}),
    Filter("sql", {"predicate": "no_such_column = 1"}),
    Filter("cluster", {"role": "pool", "labels": [1]}),
    Filter("cluster", {"role": ["clusters"], "labels": [1]}),
    Filter("cluster", {"role": "clusters", "labels": [10_000]}),
    Filter("cluster", {"role": "clusters", "labels": [True]}),
    Filter("cluster", {"role": "clusters", "labels": 1}),
    Filter("latent", {"latent": 10**6}),
    Filter("latent", {"latent": -1}),
    Filter("latent", {"latent": 1.5}),
    Filter("neuron", {"layer": 99, "neuron": 0}),
    Filter("neuron", {"layer": 0, "neuron": 10**6}),
    Filter("column", {"name": "no such column", "values": []}),
    Filter("column", {"name": "source", "values": [{}]}),
    Filter("range", {"name": "source", "low": 1}),
    Filter("range", {"name": "response_words", "low": float("nan")}),
    Filter("chosen", {"is": True}),
    Filter("only", {"ids": [3]}),
    Filter("alike", {"id": "gone", "count": 3}),
    Filter("meaning", {"text": "a", "count": 0}),
    Filter("lasso", {"map": "0" * 16, "strokes": []}),
    Filter("lasso", {"map": "../pool", "strokes": []}),
]


@pytest.mark.parametrize("one", BAD, ids=lambda one: f"{one.kind} {str(one.value)[:40]!r}")
def test_a_filter_that_cannot_be_answered_is_refused_in_one_line(shared, one):
    with pytest.raises(RequestError) as refused:
        filtered(shared, [one], chosen=None)
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize(
    "strokes",
    [
        [stroke("draw")],
        [{"points": BOX}],
        [stroke("add", [[0, float("inf")]])],
        [stroke("add", "points")],
        [stroke("add")] * 10_000,
        "strokes",
    ],
)
def test_a_lasso_that_is_none_is_refused(shared, strokes):
    with pytest.raises(RequestError):
        rows(shared, Filter("lasso", {"map": shared.current()["map"], "strokes": strokes}))


def test_a_lasso_on_the_map_of_another_pool_is_refused(own, tmp_path):
    drawn = lasso(own, stroke("replace"))
    rows(own, drawn)
    ingested(own, tmp_path, [{"instruction": "another", "output": "pool"}])
    with pytest.raises(RequestError, match="no longer in use; draw it again"):
        rows(own, drawn)


@pytest.mark.parametrize(
    "value",
    [None, 3, [], {}, {"kind": "words"}, {"kind": 3, "value": {}}, {"kind": "x", "value": 1}],
)
def test_what_is_no_filter_is_refused(value):
    with pytest.raises(RequestError):
        Filter.from_json(value)


def test_too_many_filters_are_refused(shared):
    with pytest.raises(RequestError, match="at most"):
        rows(shared, *[Filter("words", {"text": "a"})] * (MOST_FILTERS + 1))


def test_a_hub_model_is_opened_at_the_commit_that_is_here(monkeypatch):
    commit = "a" * 40
    monkeypatch.setattr(
        "huggingface_hub.snapshot_download", lambda repo, **how: f"/cache/{repo}/snapshots/{commit}"
    )
    assert meaning._on_this_machine("org/name@main") == f"org/name@{commit}"


def test_a_question_without_its_model_here_is_refused_in_one_line(own, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    own.choose(model="nobody/no-such-model")
    monkeypatch.setattr(meaning, "_open", {})
    with pytest.raises(RequestError, match="not on this machine"):
        rows(own, Filter("meaning", {"text": "a question of its own", "count": 3}))
