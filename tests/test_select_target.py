"""`target` finds what given examples have: by covering their features, or by likeness."""

import itertools

import numpy as np
import pytest

from core.errors import RequestError
from core.records import Csr, FeatureSets
from core.select import Budget, Constraints, select
from core.sparse import transpose
from tests.select_pools import random_matrix, sets_of, view_of


def valued(matrix):
    """Rows with values from a matrix in which 0 is absent."""
    matrix = np.asarray(matrix, dtype=np.float16)
    indptr = np.concatenate([[0], np.cumsum((matrix != 0).sum(axis=1))])
    columns = np.nonzero(matrix)[1].astype(np.uint32)
    return Csr(indptr, columns, matrix[matrix != 0], matrix.shape[1])


def picked(codes, targets, budget, config=None, **options):
    rows = codes if isinstance(codes, Csr) else codes.rows
    sets = FeatureSets(rows, transpose(rows))
    arrays = {"ids": [f"{row:04d}" for row in range(rows.n_rows)], "codes": sets}
    view = view_of(arrays | {"targets": targets})
    return select("target", view, Budget("rows", budget), config or {}, **options)


ROWS = [{0, 5, 6, 7}, {0, 1}, {2}, {1, 2}, {5, 6}]
TARGETS = sets_of([{0, 1}, {0, 2}, {0, 1, 9}], 10).rows


def test_the_textbook_coverage():
    # three targets have feature 0, two have 1, one each has 2 and 9. Row 1 brings 3 + 2, row 2
    # and row 3 bring 1 each and row 3 is larger. Nothing is left: of rows 0 and 2 and 4 a round
    # takes 0 (3), then 2 (1); row 4 has none of it and is last
    found = picked(sets_of(ROWS, 10), TARGETS, 5)
    assert found.rows.tolist() == [1, 3, 0, 2, 4]
    assert found.own_gains.tolist() == [5, 1, 3, 1, 0]
    assert found.round_starts.tolist() == [0, 2]


def test_the_textbook_similarity():
    # the prototype is 1, 2/3, 1/3, 1/3 at features 0, 1, 2, 9: 7/3 in all.
    # row 0: 1 / (4 + 7/3 - 1); row 1: (5/3) / (2 + 7/3 - 5/3); row 2: (1/3) / (1 + 7/3 - 1/3);
    # row 3: 1 / (2 + 7/3 - 1); row 4: 0
    found = picked(sets_of(ROWS, 10), TARGETS, 5, {"mode": "similarity"})
    assert found.rows.tolist() == [1, 3, 0, 2, 4]
    expected = [5 / 8, 3 / 10, 3 / 16, 1 / 9, 0]
    assert found.explains["similarity"].tolist() == pytest.approx(expected, abs=1e-6)


def test_the_notes_tell_what_can_be_shown_and_is_covered():
    note = "features of the targets that the pool can show: 3 of 4; that the subset covers: 2"
    for mode in ("coverage", "similarity"):
        notes = picked(sets_of(ROWS, 10), TARGETS, 1, {"mode": mode}).notes
        assert notes == (note, "targets: 3; the method is meant for 10 to 200")
    everything = picked(sets_of(ROWS, 10), TARGETS, 5).notes
    assert "rows of the subset with none of these features: 1" in everything


def test_ten_targets_are_no_remark():
    targets = sets_of([{0}] * 10, 10).rows
    assert len(picked(sets_of(ROWS, 10), targets, 2).notes) == 1


def naive_coverage(matrix, counts, budget):
    covered, rows = np.zeros(matrix.shape[1], dtype=bool), []
    sizes = matrix.sum(axis=1)
    while len(rows) < budget:
        left = [row for row in range(len(matrix)) if row not in rows]
        gain = {row: counts[matrix[row] & ~covered].sum() for row in left}
        best = max(left, key=lambda row: (gain[row], sizes[row], -row))
        if gain[best] == 0 and covered.any():
            covered[:] = False
            continue
        rows.append(best)
        covered |= matrix[best]
    return rows


@pytest.mark.parametrize("seed", range(3))
def test_coverage_equals_looking_at_every_row(seed):
    matrix, wanted = random_matrix(120, 50, seed=seed), random_matrix(15, 50, seed=seed + 9)
    counts = wanted.sum(axis=0)
    targets = valued(wanted)
    found = picked(valued(matrix), targets, 110)
    assert found.rows.tolist() == naive_coverage(matrix, counts, 110)


@pytest.mark.parametrize("seed", range(3))
def test_similarity_equals_the_formula(seed):
    rng = np.random.default_rng(seed)
    matrix = (random_matrix(120, 50, seed=seed) * rng.random((120, 50))).astype(np.float16)
    wanted = (random_matrix(15, 50, seed=seed + 9) * rng.random((15, 50))).astype(np.float16)
    prototype = wanted.astype(np.float64).mean(axis=0)
    values = matrix.astype(np.float64)
    likeness = np.minimum(values, prototype).sum(1) / np.maximum(values, prototype).sum(1)
    found = picked(valued(matrix), valued(wanted), 100, {"mode": "similarity"})
    assert found.rows.tolist() == np.argsort(-np.round(likeness, 9), kind="stable")[:100].tolist()
    assert found.explains["similarity"] == pytest.approx(likeness[found.rows], abs=1e-6)


def test_without_values_on_one_side_codes_are_sets():
    matrix, wanted = random_matrix(60, 30, seed=1), random_matrix(15, 30, seed=2)
    sets = picked(sets_of([np.flatnonzero(row) for row in matrix], 30), valued(wanted * 7), 50)
    both = picked(valued(matrix), valued(wanted), 50)
    assert sets.rows.tolist() == both.rows.tolist()


def test_values_that_are_no_numbers_count_as_absent():
    codes = valued([[1, 2, 0], [2, 1, 0], [1, 0, 3]])
    codes.values[:2] = [np.nan, np.inf]
    found = picked(codes, valued([[1, 1, 0]]), 3, {"mode": "similarity"})
    # of row 0 nothing is left; row 1: 2 / 3; row 2: 1 / 5
    assert found.rows.tolist() == [1, 2, 0]
    assert found.explains["similarity"].tolist() == pytest.approx([2 / 3, 1 / 5, 0])


def test_coverage_reaches_the_theorems_share_of_the_best():
    matrix, wanted = random_matrix(12, 30, seed=3, density=0.2), random_matrix(20, 30, seed=4)
    counts = wanted.sum(axis=0)
    for budget in (2, 4):
        value = lambda rows: counts[matrix[list(rows)].any(axis=0)].sum()  # noqa: E731
        best = max(map(value, itertools.combinations(range(12), budget)))
        found = picked(valued(matrix), valued(wanted), budget)
        assert value(found.rows) >= (1 - 1 / np.e) * best


def test_a_pool_that_shows_none_of_it_goes_by_size_and_says_so():
    found = picked(sets_of([{1}, {2, 3}], 5), sets_of([{0, 4}], 5).rows, 2)
    assert found.rows.tolist() == [1, 0]
    assert found.notes[0].startswith("features of the targets that the pool can show: 0 of 2")
    assert "rows of the subset with none of these features: 2" in found.notes


@pytest.mark.parametrize("mode", ["coverage", "similarity"])
def test_muted_features_count_for_nothing(mode):
    weights = np.array([1, 0, 1], dtype=np.float32)
    limits = Constraints(feature_weights=weights)
    codes, targets = sets_of([{1}, {2}], 3), sets_of([{1}, {1}, {2}], 3).rows
    assert picked(codes, targets, 1, {"mode": mode}).rows.tolist() == [0]
    assert picked(codes, targets, 1, {"mode": mode}, constraints=limits).rows.tolist() == [1]


def test_costs_divide_the_gain_of_coverage():
    limits = Constraints(costs=np.array([4, 1], dtype=np.float32))
    codes, targets = sets_of([{0, 1, 2}, {3}], 4), sets_of([{0, 1, 2, 3}], 4).rows
    assert picked(codes, targets, 1).rows.tolist() == [0]
    assert picked(codes, targets, 1, constraints=limits).rows.tolist() == [1]


def test_costs_cannot_be_honoured_by_likeness():
    limits = Constraints(costs=np.ones(5, dtype=np.float32))
    with pytest.raises(RequestError, match="cannot honour costs; use mode 'coverage'"):
        picked(sets_of(ROWS, 10), TARGETS, 1, {"mode": "similarity"}, constraints=limits)


def test_no_target_is_refused():
    with pytest.raises(RequestError, match="no target examples; give 10 to 200"):
        picked(sets_of(ROWS, 10), sets_of([], 10).rows, 1)


def test_targets_without_a_feature_are_refused():
    with pytest.raises(RequestError, match="none of the 2 target examples has a feature"):
        picked(sets_of(ROWS, 10), sets_of([set(), set()], 10).rows, 1)


def test_targets_read_otherwise_are_refused():
    with pytest.raises(RequestError, match="read in 3 features and the pool in 10"):
        picked(sets_of(ROWS, 10), sets_of([{0}], 3).rows, 1)
