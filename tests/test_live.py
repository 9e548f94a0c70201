"""What the live curve stands on: running sums, points, costs, what is asked, and previews."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.curate.records import Event
from core.errors import RequestError
from core.metrics import OrderTables
from core.pipeline import asked, costs, live, trial
from core.pipeline.change_tables import rows_in_table, rows_out_table
from core.pipeline.changes import change
from core.pipeline.decisions import decide
from core.pipeline.live import baseline_curves, beginnings, live_order, points, reached
from core.pipeline.requests import Request
from core.pipeline.selection import select_subset, solve, stored_order
from core.pipeline.tables import previews
from core.pipeline.views import in_use, open_features, open_labels, open_pool, open_readings
from core.select.budget import Budget
from core.workspace import Workspace


@pytest.fixture
def workspace(tiny_workspace):
    return Workspace.open(tiny_workspace)


@pytest.fixture
def order(workspace):
    return stored_order(in_use(workspace, "selection"))


def rows(n):
    return Budget("rows", n)


# --- running sums ---------------------------------------------------------------------------


def test_every_prefix_amounts_to_what_is_measured_of_it(workspace, order):
    found = live_order(workspace, order)
    readings, pool = open_readings(workspace), open_pool(workspace)
    tables = OrderTables.of(
        order.rows,
        features=open_features(workspace).sets,
        tokens=np.asarray(readings.n_tokens, dtype=np.int64),
        clusters=np.asarray(open_labels(workspace)),
    )
    words = pool.column("n_response_words")
    for budget in (1, 5, len(order)):
        facts = tables.at(budget)
        assert found.covered[budget] == facts.covered
        assert found.tokens[budget] == facts.tokens
        assert found.clusters[budget] == (facts.clusters.subset > 0).sum()
        assert found.words[budget] == words[order.rows[:budget]].sum()


def test_the_sums_of_no_rows_are_nothing(workspace, order):
    found = live_order(workspace, order)
    assert found.covered[0] == found.words[0] == found.tokens[0] == found.clusters[0] == 0


@given(st.lists(st.integers(-1, 5), max_size=20))
@settings(deadline=None)
def test_clusters_reached_are_the_distinct_ones_so_far(labels):
    found = reached(np.array(labels, dtype=np.int32))
    assert found.tolist() == [
        len({one for one in labels[:n] if one >= 0}) for n in range(len(labels) + 1)
    ]


def test_baselines_reach_as_far_as_the_order(workspace, order):
    curves = baseline_curves(workspace, len(order))
    assert {len(one) for one in curves.values()} == {len(order) + 1}
    assert set(curves) == {"random", "longest"}


def test_beginnings_are_those_of_the_rows(workspace, order):
    starts, texts = beginnings(workspace, order.rows[:3])
    cut = [texts[a:b].decode() for a, b in pairwise(starts)]
    assert cut == [text[: live.TEXT] for text in previews(open_pool(workspace), order.rows[:3])]


def test_a_method_without_prefixes_has_a_point_a_solved_budget(workspace):
    for budget in (6, 9):
        select_subset(workspace, Request("kmq", rows(budget)))
    found = points(workspace, in_use(workspace, "selection"))
    assert [one.rows for one in found] == [6, 9]
    assert all(one.covered and one.tokens and one.clusters for one in found)


# --- what is asked --------------------------------------------------------------------------


def test_an_order_answers_every_smaller_budget_of_the_same_request(workspace):
    artifact = in_use(workspace, "selection")
    assert asked.answers(workspace, artifact, Request("sae-greedy", rows(3)))
    assert asked.answers(workspace, artifact, Request("sae-greedy", Budget("ratio", 0.5)))


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 1},
        {"options": {"mode": "scan"}},
        {"quotas": ("language=en:1-40",)},
        {"length_power": 0.5},
        {"weights": {3: 0.0}},
    ],
)
def test_an_order_does_not_answer_another_request(workspace, other):
    artifact = in_use(workspace, "selection")
    assert not asked.answers(workspace, artifact, Request("sae-greedy", rows(3), **other))


def test_a_default_that_is_named_is_the_same_request(workspace):
    artifact = in_use(workspace, "selection")
    request = Request("sae-greedy", rows(3), {"mode": "greedy"})
    assert asked.answers(workspace, artifact, request)


def test_a_method_without_prefixes_answers_its_own_budget_alone(workspace):
    artifact = solve(workspace, Request("kmq", rows(9))).artifact
    assert asked.answers(workspace, artifact, Request("kmq", rows(9)))
    assert not asked.answers(workspace, artifact, Request("kmq", rows(8)))


def test_a_budget_of_tokens_is_answered_by_itself_alone(workspace):
    artifact = solve(workspace, Request("sae-greedy", Budget("tokens", 900))).artifact
    assert asked.answers(workspace, artifact, Request("sae-greedy", Budget("tokens", 900)))
    assert not asked.answers(workspace, artifact, Request("sae-greedy", Budget("tokens", 901)))
    assert not asked.answers(workspace, artifact, Request("sae-greedy", rows(3)))


def test_the_former_subset_can_be_returned_to_and_back(workspace):
    first = asked.in_view(workspace)
    select_subset(workspace, Request("random", rows(5)))
    asked.remember_former(workspace, first)
    assert asked.former(workspace) == first
    second = asked.in_view(workspace)
    request = asked.return_to_former(workspace)
    assert request.method == "sae-greedy" and asked.in_view(workspace) == first
    assert asked.former(workspace) == second


def test_a_former_subset_of_other_latents_is_none(workspace):
    asked.remember_former(workspace, asked.in_view(workspace))
    roles = workspace.current()
    workspace.use({name: one for name, one in roles.items() if name != "features"})
    assert asked.former(workspace) is None


@pytest.mark.parametrize("told", ["x", {"selection": "../x", "budget": 3}, {"budget": 3}, 7])
def test_a_former_subset_that_makes_no_sense_is_none(workspace, told):
    workspace.choose(former=told)
    assert asked.former(workspace) is None


def test_the_decisions_of_now_are_pinned_and_forbidden(workspace, order):
    ids = open_pool(workspace).ids()
    approved, rejected = ids[order.rows[-1]], ids[order.rows[0]]
    decide(workspace, [event("a", approved, "approved"), event("b", rejected, "rejected")])
    request = asked.as_now(workspace, Request("sae-greedy", rows(8), decided=(approved,)))
    assert approved in request.pinned and rejected in request.forbidden


def event(letter, example, verdict):
    return Event(letter * 32, example, "somebody", verdict)


# --- what it costs --------------------------------------------------------------------------


def test_costs_are_those_measured_on_this_pool(workspace):
    assert set(costs.measured(workspace)) >= {"sae-greedy"}
    assert costs.measured(workspace)["sae-greedy"].seconds >= 0


def test_a_method_that_was_measured_to_be_slow_is_not_at_once(workspace, monkeypatch):
    slow = {"kmq": costs.Measured(7.0, 40)}
    monkeypatch.setattr(costs, "measured", lambda workspace: slow)
    assert not costs.is_at_once(workspace, Request("kmq", rows(5)))
    assert costs.is_at_once(workspace, Request("random", rows(5)))


# --- previews -------------------------------------------------------------------------------


def test_a_preview_chooses_from_a_sample_by_the_method_itself(workspace, monkeypatch):
    monkeypatch.setattr(trial, "SAMPLE", 20)
    pin, forbid = open_pool(workspace).ids()[:2]
    request = Request("kmq", rows(6), pinned=(pin,), forbidden=(forbid,))
    found = trial.trial(workspace, request)
    assert len(found.order) == 6 and found.order.method == "kmq"
    assert 0 in found.order.rows and 1 not in found.order.rows
    assert "Preview" in found.what and "20 of 40" in found.what


def test_the_gains_of_a_preview_are_those_on_the_whole_pool(workspace, monkeypatch):
    monkeypatch.setattr(trial, "SAMPLE", 20)
    found = trial.trial(workspace, Request("k-center", rows(6))).order
    sets = open_features(workspace).sets
    held = np.unique(np.concatenate([sets.rows.row(row) for row in found.rows.tolist()]))
    assert found.gains.sum() == len(held)


def test_beyond_a_sample_coverage_stands_in_and_says_so(workspace, monkeypatch):
    monkeypatch.setattr(trial, "MOST", 5)
    found = trial.trial(workspace, Request("kmq", rows(12)))
    assert found.order.method == "sae-greedy" and "not those of kmq" in found.what


def test_where_nothing_is_quick_there_is_no_preview(workspace):
    assert trial.trial(workspace, Request("sae-greedy", Budget("tokens", 900))) is None


@pytest.mark.parametrize("method", ["mads", "herding", "semdedup", "repr-filter", "stratified"])
def test_any_method_may_be_tried_on_a_sample(workspace, monkeypatch, method):
    monkeypatch.setattr(trial, "SAMPLE", 20)
    found = trial.trial(workspace, Request(method, rows(5)))
    assert found is None or len(found.order) == 5


# --- a change as tables ---------------------------------------------------------------------


def test_what_came_is_listed_in_pick_order_and_what_went_dearest_first(workspace, order):
    told = change(workspace, order.rows[:8], order.rows[4:12])
    came, went = rows_in_table(workspace, told), rows_out_table(workspace, told)
    assert came["row"].tolist() == order.rows[8:12].tolist()
    assert came["brings"].tolist() == told.coverage.brings.tolist()
    assert went["alone brought"].is_monotonic_decreasing and len(went) == 4


def test_a_budget_above_the_pool_is_refused(workspace):
    with pytest.raises(RequestError, match="at most 40"):
        asked.rows_asked(workspace, Request("sae-greedy", rows(41)))
