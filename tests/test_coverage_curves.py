"""Solutions and their curves, and the rows that would come next."""

import numpy as np
import pytest

from core.metrics import coverage_curve
from core.pipeline import (
    coverage_curves,
    features,
    next_rows,
    solutions,
    views,
)
from core.pipeline.coverage_curves import Line
from core.pipeline.random_rows import random_orders
from core.pipeline.requests import Request
from core.pipeline.selection import select_subset, solve, stored_order
from tests.covering import order, rows_of, workspace

__all__ = ["order", "workspace"]


def test_a_nested_method_is_one_solution_and_plain_baselines_are_none(workspace):
    solve(workspace, Request("random", rows_of(10)))
    solve(workspace, Request("sae-greedy", rows_of(20)))
    found = solutions.solutions(workspace)
    assert [one.method for one in found] == ["sae-greedy"]
    assert views.in_use(workspace, "selection").fingerprint in found[0].members


def test_random_with_pins_is_a_solution_of_its_own(workspace):
    pinned = (views.open_pool(workspace).ids()[3],)
    solve(workspace, Request("random", rows_of(10), pinned=pinned))
    assert "random" in [one.method for one in solutions.solutions(workspace)]


def test_random_rows_that_are_the_subset_itself_are_a_solution(workspace):
    select_subset(workspace, Request("random", rows_of(10)))
    found = next(one for one in solutions.solutions(workspace) if one.method == "random")
    assert views.in_use(workspace, "selection").fingerprint in found.members


def test_a_default_that_is_written_out_is_no_other_solution(workspace):
    solve(workspace, Request("kmq", rows_of(5), {"clusters": 2}))
    solve(workspace, Request("kmq", rows_of(6), {"clusters": 2, "temperature": 1.0}))
    found = [one for one in solutions.solutions(workspace) if one.method == "kmq"]
    assert [one.sizes for one in found] == [(5, 6)]


def test_a_method_that_is_not_nested_keeps_every_budget_as_a_point(workspace):
    for budget in (5, 9):
        solve(workspace, Request("kmq", rows_of(budget), {"clusters": 2}))
    found = next(one for one in solutions.solutions(workspace) if one.method == "kmq")
    curve = coverage_curves.line(workspace, found)
    assert curve.dots and curve.knee is None
    assert curve.rows.tolist() == [5, 9]
    sets = views.open_features(workspace).sets
    rows = stored_order(found.orders[-1]).rows
    assert curve.at(9) == coverage_curve(sets, rows)[-1]
    assert curve.at(7) is None


def test_names_tell_settings_only_where_they_differ(workspace):
    for clusters in (2, 3):
        solve(workspace, Request("kmq", rows_of(5), {"clusters": clusters}))
    found = solutions.solutions(workspace)
    told = set(solutions.names(found).values())
    assert told == {"sae-greedy", "kmq, clusters 2", "kmq, clusters 3"}


def test_orders_on_other_features_are_counted_but_not_listed(workspace):
    features.make(workspace, {"target_share": 0.01})
    assert solutions.solutions(workspace) == []
    assert solutions.stale_orders(workspace) >= 1


def test_a_curve_counts_latents_and_tokens_row_by_row(workspace, order):
    found = solutions.solutions(workspace)[0]
    curve = coverage_curves.line(workspace, found)
    sets = views.open_features(workspace).sets
    tokens = np.asarray(views.open_readings(workspace).n_tokens, dtype=np.int64)
    assert curve.covered[0] == curve.tokens[0] == 0
    assert curve.covered[1:].tolist() == coverage_curve(sets, order.rows).tolist()
    assert curve.tokens[12] == tokens[order.rows[:12]].sum()


def test_equal_tokens_count_whole_rows_only():
    line = Line(np.arange(4), np.array([0, 5, 8, 9]), np.array([0, 100, 150, 260]))
    assert [line.at_tokens(n) for n in (99, 100, 259, 1_000)] == [0, 5, 8, 9]


def test_a_curve_is_complete_at_the_row_that_covers_last():
    flat = Line(np.arange(5), np.array([0, 4, 6, 6, 6]), np.arange(5))
    rising = Line(np.arange(3), np.array([0, 4, 6]), np.arange(3))
    assert flat.complete_at == 2
    assert rising.complete_at is None


def test_every_random_draw_covers_all_of_the_pool_in_the_end(workspace):
    lines = coverage_curves.random_lines(workspace)
    n = views.open_features(workspace).sets.n_reachable
    assert {int(one.covered[-1]) for one in lines} == {n}
    assert len({int(one.covered[5]) for one in lines}) > 1


def test_the_first_random_draw_is_the_method_random(workspace):
    subset = solve(workspace, Request("random", rows_of(12))).subset
    assert random_orders(workspace)[0][:12].tolist() == subset.rows.tolist()


def test_the_band_holds_its_mean(workspace):
    lines = coverage_curves.random_lines(workspace)
    band = coverage_curves.band(lines, 40, by="rows")
    assert (band.low <= band.mean).all() and (band.mean <= band.high).all()


@pytest.mark.parametrize("by", ["rows", "tokens"])
def test_a_drawn_curve_has_few_points_and_the_right_ends(workspace, by):
    curve = coverage_curves.longest_line(workspace)
    most = int(getattr(curve, by)[-1])
    x, y = coverage_curves.drawn(curve, most, by=by)
    assert len(x) <= 2 * coverage_curves.N_DRAWN
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, most, curve.covered[-1])


def test_the_next_rows_of_greedy_are_the_best_there_are(workspace, order):
    found = next_rows.next_rows(workspace, order, 5)
    assert found.order.tolist() == order.gains[5:40].tolist()
    assert found.order.sum() == found.best.sum()
    assert found.at_random <= found.best.sum()


def test_greedy_on_top_of_another_method_never_brings_less_than_that_method(workspace):
    select_subset(workspace, Request("longest", rows_of(20)))
    whole = stored_order(views.in_use(workspace, "selection"))
    found = next_rows.next_rows(workspace, whole, 5)
    assert (np.cumsum(found.best)[0] >= np.cumsum(found.order)[0]).all()


def test_a_method_that_is_not_nested_has_no_next_row_but_a_best_one(workspace):
    select_subset(workspace, Request("kmq", rows_of(5), {"clusters": 2}))
    whole = stored_order(views.in_use(workspace, "selection"))
    found = next_rows.next_rows(workspace, whole, 5)
    assert found.order is None and next_rows.further(workspace, 5) is None
    assert found.best.sum() > 0


def test_constraints_that_leave_too_few_rows_end_the_order(workspace):
    select_subset(workspace, Request("sae-greedy", rows_of(12), quotas=("language=en:0-20",)))
    whole = stored_order(views.in_use(workspace, "selection"))
    assert next_rows.further(workspace, 12) is None
    assert next_rows.solved_further(workspace, whole, 12) is whole


def test_an_order_that_ends_at_the_budget_is_solved_further(workspace):
    select_subset(workspace, Request("sae-greedy", rows_of(12), quotas=("language=en:0-40",)))
    whole = stored_order(views.in_use(workspace, "selection"))
    further = next_rows.solved_further(workspace, whole, 12)
    assert len(whole) == 12 and len(further) > 12
    assert further.rows[:12].tolist() == whole.rows.tolist()


def test_after_everything_is_covered_the_round_is_told(workspace, order):
    complete = int(np.argmax(np.cumsum(order.gains) == order.gains.sum())) + 1
    found = next_rows.next_rows(workspace, order, complete)
    if len(found.best):
        assert not found.best.any()
        assert found.begins_anew
