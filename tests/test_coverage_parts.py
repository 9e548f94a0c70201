"""Coverage by part, by density and beside length."""

import numpy as np
import pytest

from core.metrics import coverage_curve
from core.pipeline import (
    coverage_bands,
    coverage_parts,
    cuts,
    length_check,
    length_spread,
    views,
)
from core.pipeline.filters import Filter, filtered
from tests.covering import measured, order, workspace

__all__ = ["measured", "order", "workspace"]


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
