"""Subsets held against each other: coverage, numbers, lengths and rows, against naive sums."""

import numpy as np
import pytest

from core.errors import RequestError
from core.pipeline import comparison_baselines as baselines
from core.pipeline import comparison_coverage as coverage
from core.pipeline import comparison_lengths as lengths
from core.pipeline import comparison_numbers as numbers
from core.pipeline import comparison_rows as rows
from core.pipeline import comparison_sets as sets
from core.pipeline import coverage_bands, coverage_parts
from core.pipeline.views import open_features, open_pool
from core.select.budget import Budget
from tests.comparing import TEN, two, workspace

__all__ = ["two", "workspace"]


def naive_latents(workspace, chosen):
    return {int(one) for row in chosen for one in open_features(workspace).sets.rows.row(int(row))}


def test_covered_latents_are_those_of_the_rows(workspace, two):
    covered = coverage.covered_latents(workspace, [one.rows for one in two])
    for one, found in zip(two, covered, strict=True):
        assert set(np.flatnonzero(found)) == naive_latents(workspace, one.rows)


def test_bands_are_those_of_the_coverage_page(workspace, two):
    covered = coverage.covered_latents(workspace, [one.rows for one in two])
    found = coverage.by_band(workspace, covered)
    for at, one in enumerate(two):
        theirs = coverage_bands.bands(workspace, one.rows)
        assert [(b.name, b.n_latents, b.covered[at]) for b in found] == [
            (b.name, b.n_latents, b.n_covered) for b in theirs
        ]


@pytest.mark.parametrize("key", ["clusters", "column:language", "column:n_response_words"])
def test_parts_are_those_of_the_coverage_page(workspace, two, key):
    found = coverage.by_part(workspace, key, [one.rows for one in two])
    for at, one in enumerate(two):
        theirs = coverage_parts.parts(workspace, key, one.rows)
        assert [(p.name, p.n_rows, p.n_latents, p.chosen[at], p.covered[at])
                for p in found.parts] == [
            (p.name, p.n_rows, p.n_latents, p.n_chosen, p.n_covered) for p in theirs.parts
        ]  # fmt: skip


def test_latents_covered_by_one_alone_are_the_difference(workspace, two):
    first, second = coverage.covered_latents(workspace, [one.rows for one in two])
    table = coverage.covered_alone(workspace, first, second, two[0].rows)
    mine, other = (naive_latents(workspace, one.rows) for one in two)
    assert set(table["latent"]) == mine - other
    latent = int(table["latent"].iloc[0])
    having = [
        row for row in two[0].rows if latent in open_features(workspace).sets.rows.row(int(row))
    ]
    assert table["chosen rows"].iloc[0] == len(having)


# Numbers and lengths


def test_numbers_are_beside_equal_rows_and_equal_tokens(workspace, two):
    found = numbers.numbers(workspace, two)
    tokens = baselines.tokens_of(workspace)
    for one, told in zip(two, found, strict=True):
        spent = int(tokens[one.rows].sum())
        assert (told.n_rows, told.tokens) == (10, spent)
        assert told.n_covered == len(naive_latents(workspace, one.rows))
        for name, beside in told.beside.items():
            equal = baselines.baseline(workspace, name, TEN)
            assert beside.at_rows == len(naive_latents(workspace, equal))
            equal = baselines.baseline(workspace, name, Budget("tokens", spent))
            assert beside.at_tokens == len(naive_latents(workspace, equal))
            assert beside.rows_at_tokens == len(equal)


def test_a_pool_without_a_model_has_words_alone(workspace, two):
    workspace.use({"pool": workspace.current()["pool"]})
    found = numbers.numbers(workspace, two)[0]
    assert found.n_covered is None and found.tokens is None and not found.beside
    assert found.words_mean > 0


@pytest.mark.parametrize("unit", ["words", "tokens"])
def test_shares_of_lengths_add_up_and_medians_are_numpys(workspace, two, unit):
    found = lengths.length_spreads(workspace, [one.rows for one in two], unit)
    own = lengths.lengths_of(workspace, unit)
    for one, spread in zip(two, found.subsets, strict=True):
        assert spread.shares.sum() == pytest.approx(1)
        assert spread.median == np.median(own[one.rows])
        assert spread.total == own[one.rows].sum()


# Rows


def found_rows(workspace, chosen, region, points=None):
    overlap = sets.overlap([one.rows for one in chosen], open_pool(workspace).n_rows)
    return overlap, rows.rows_found(workspace, chosen, overlap, region, points)


@pytest.mark.parametrize(
    ("which", "keep"),
    [
        ("only first", lambda a, b: a - b),
        ("both", lambda a, b: a & b),
        ("only second", lambda a, b: b - a),
        (None, lambda a, b: a | b),
    ],
)
def test_sides_of_a_pair_are_differences_of_sets(workspace, two, which, keep):
    _, found = found_rows(workspace, two, rows.Region(pair=(0, 1), which=which))
    wanted = keep(*(set(one.rows.tolist()) for one in two))
    assert found.n_found == len(wanted) and set(found.table["row"]) == wanted


def test_an_intersection_lists_its_rows_by_their_earliest_pick(workspace, two):
    overlap, found = found_rows(workspace, two, rows.Region(pattern=1))
    assert set(found.table["row"]) == set(overlap.exactly(1).tolist())
    assert list(found.table["pick"]) == sorted(found.table["pick"])
    assert set(found.table["in"]) == {"sae-greedy"}


def test_a_lasso_narrows_and_says_what_it_leaves_out(workspace, two):
    points = np.zeros((40, 2), dtype=np.float32)
    inside = int(two[0].rows[0])
    points[inside] = 5
    square = [[4.0, 4.0], [6.0, 4.0], [6.0, 6.0], [4.0, 6.0]]
    region = rows.Region(strokes=[{"mode": "replace", "points": square}])
    overlap, found = found_rows(workspace, two, region, points)
    assert list(found.table["row"]) == [inside]
    assert found.n_outside == overlap.n_union - 1


def test_an_unknown_intersection_is_refused(workspace, two):
    with pytest.raises(RequestError, match="no intersection 9"):
        found_rows(workspace, two, rows.Region(pattern=9))
