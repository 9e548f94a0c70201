"""The numbers of the coverage page on a small workspace that is real."""

import numpy as np
import pytest

from core.errors import ModelError
from core.metrics import coverage_curve
from core.pipeline import (
    coverage_bands,
    coverage_curves,
    coverage_parts,
    cuts,
    features,
    length_check,
    length_spread,
    next_rows,
    solutions,
    threshold_line,
    thresholds,
    views,
)
from core.pipeline.coverage_curves import Line
from core.pipeline.filters import Filter, filtered
from core.pipeline.random_rows import random_orders
from core.pipeline.requests import Request
from core.pipeline.selection import select_subset, solve, stored_order
from core.records import Csr
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


# --- solutions and curves -------------------------------------------------------------------


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


# --- parts and bands ------------------------------------------------------------------------


def test_parts_count_what_a_plain_loop_counts(workspace, order):
    rows = order.rows[:12]
    found = coverage_parts.parts(workspace, "column:language", rows)
    language = views.open_pool(workspace).column("language")
    sets = views.open_features(workspace).sets.rows
    for part in found.parts:
        every = [row for row in range(len(language)) if language[row] == part.name]
        own = [row for row in rows if language[row] == part.name]
        assert (part.n_rows, part.n_chosen) == (len(every), len(own))
        assert part.n_latents == len({one for row in every for one in sets.row(row).tolist()})
        assert part.n_covered == len({one for row in own for one in sets.row(row).tolist()})


def test_every_way_to_cut_the_pool_leads_to_its_own_rows_on_the_map(workspace, order):
    for key in cuts.cuts(workspace):
        for part in coverage_parts.parts(workspace, key, order.rows[:12]).parts:
            kind, value = part.filter
            kept = filtered(workspace, [Filter(kind, value)], chosen=None)
            assert len(kept.rows) == part.n_rows, (key, part.name)


def test_the_whole_pool_covers_every_part(workspace):
    rows = np.arange(views.open_pool(workspace).n_rows)
    for part in coverage_parts.parts(workspace, "clusters", rows).parts:
        assert part.n_covered == part.n_latents == part.n_covered_at_random
        assert not coverage_parts.parts(workspace, "clusters", rows).behind


@pytest.mark.parametrize("n_rows", [40, 737, 3_000, 51_924, 1_000_000])
def test_bands_hold_every_density_once(n_rows):
    found = coverage_bands.edges(n_rows)
    assert found[0][1] == 1 and found[-1][2] == n_rows
    assert [low for _, low, _ in found[1:]] == [high + 1 for _, _, high in found[:-1]]


def test_bands_add_up_to_the_coverage_of_the_subset(workspace, order):
    found = coverage_bands.bands(workspace, order.rows[:12])
    sets = views.open_features(workspace).sets
    assert sum(one.n_covered for one in found) == coverage_curve(sets, order.rows[:12])[-1]
    assert sum(one.n_latents for one in found) == sets.n_reachable


def test_rows_that_carry_missed_latents_are_not_chosen_and_carry_some(workspace, order):
    rows = order.rows[:3]
    sets = views.open_features(workspace).sets
    covered = {one for row in rows for one in sets.rows.row(row).tolist()}
    for band in coverage_bands.bands(workspace, rows):
        ids = coverage_bands.carriers_of_missed(workspace, rows, band)
        carrying = views.open_pool(workspace).rows_of(ids)
        assert bool(ids) == bool(band.n_missed)
        assert all(set(sets.rows.row(row).tolist()) - covered for row in carrying)
        assert not set(carrying.tolist()) & set(rows.tolist())


# --- the next rows --------------------------------------------------------------------------


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


# --- length ---------------------------------------------------------------------------------


def test_lengths_of_all_rows_are_those_of_the_pool(workspace):
    rows = np.arange(views.open_pool(workspace).n_rows)
    spread = length_spread.length_spread(workspace, rows)
    assert spread.shares["subset"] == pytest.approx(spread.shares["pool"])
    assert spread.shares["random"] == pytest.approx(spread.shares["pool"])
    assert {round(float(one.sum()), 9) for one in spread.shares.values()} == {1.0}


def test_the_density_counts_every_row_once():
    rng = np.random.default_rng(0)
    tokens = rng.integers(1, 300, 500)
    found = length_check.density(tokens, tokens // 2)
    assert found.counts.sum() == found.n_rows == 500
    assert found.r == pytest.approx(1, abs=1e-3)


def test_sampled_rows_are_read_as_the_pool_was_with_more_codes(measured):
    sample = length_check.read_sample(measured, 8)
    readings = views.open_readings(measured)
    assert sample.tokens.tolist() == np.asarray(readings.n_tokens)[sample.rows].tolist()
    for at, row in enumerate(sample.rows.tolist()):
        full, kept = sample.positive.row(at), readings.codes.row(row)
        assert len(full) >= sample.n_top[at] >= 1
        assert len(np.intersect1d(full, kept)) >= 0.95 * len(kept)


# --- thresholds -----------------------------------------------------------------------------


def toy():
    """Three rows over four latents."""
    indptr = np.array([0, 2, 4, 5])
    indices = np.array([0, 1, 1, 2, 3], dtype=np.uint32)
    values = np.array([3, 1, 2, 2, 1], dtype=np.float16)
    return Csr(indptr, indices, values, 4)


def measure(theta):
    orders = [np.array([0, 1, 2]), np.array([2, 1, 0])]
    return threshold_line.measure_threshold(
        toy(), np.array([9, 5, 1]), theta,
        quantile=0.0, orders=orders, id_rank=np.arange(3), whole=True,
    )  # fmt: skip


def test_a_threshold_is_measured_as_by_hand():
    line = measure(0.0)
    assert (line.n_reachable, line.median, line.picks_to_all) == (4, 2.0, 3)
    assert line.greedy == 1.0 and line.empty_share == 0
    assert line.random == (1.0, 1.0)
    assert line.r == pytest.approx(np.corrcoef([9, 5, 1], [2, 2, 1])[0, 1])


def test_a_higher_threshold_leaves_fewer_latents():
    line = measure(1.5)
    assert (line.n_reachable, line.median, line.picks_to_all) == (3, 1.0, 2)
    assert line.empty_share == pytest.approx(1 / 3)


def test_the_verdict_follows_the_budget_and_the_set_sizes():
    line = measure(0.0)
    assert threshold_line.verdict(line, 10) == threshold_line.HEALTHY
    assert threshold_line.verdict(line, 30) == threshold_line.EARLY
    assert threshold_line.verdict(measure(1.5), 10) == threshold_line.FEW


def test_the_table_is_kept_and_falls_with_the_threshold(measured):
    found = thresholds.stored_thresholds(measured)
    assert not found.why_no_sample
    assert len(found.lines) == len(thresholds.QUANTILES)
    thetas = [line.theta for line in found.lines]
    medians = [line.median for line in found.lines]
    assert thetas == sorted(thetas) and medians == sorted(medians, reverse=True)
    again = thresholds.measure_thresholds(measured)
    assert again.seconds < 5 and len(measured.artifacts("thresholds")) == 1


def test_the_line_in_use_agrees_with_the_features_in_use(measured):
    line = thresholds.line_in_use(measured)
    notes = views.in_use(measured, "features").notes
    assert line.theta == notes["threshold"]["theta"]
    assert line.median == notes["threshold"]["median_set_size"]
    assert line.n_reachable == notes["n_reachable"]
    assert line.r == pytest.approx(notes["threshold"]["length_correlation"])


def test_a_threshold_measured_on_the_pool_can_be_put_in_use(measured, tmp_path):
    lines = [one for one in thresholds.stored_thresholds(measured).lines if one.whole]
    assert lines
    features.make(measured, {"value": lines[-1].theta})
    line = thresholds.line_in_use(measured)
    assert (line.median, line.n_reachable) == (lines[-1].median, lines[-1].n_reachable)
    features.make(measured, {})


def test_without_the_model_the_table_says_why_and_keeps_what_is_stored(workspace, monkeypatch):
    def absent(*_, **__):
        raise ModelError("the model is not here")

    monkeypatch.setattr(thresholds, "read_sample", absent)
    thresholds.measure_thresholds(workspace)
    found = thresholds.stored_thresholds(workspace)
    assert found.why_no_sample == "the model is not here"
    assert all(line.whole for line in found.lines) and not len(found.tokens)


def test_other_readings_have_no_table_yet(workspace):
    assert thresholds.stored_thresholds(workspace) is None
