"""Why a row is in a subset, why another is not, and who carries what alone."""

import numpy as np
import pytest

from core.select import Budget, select
from core.select.carriers import first_carriers, new_features, sole_carriers
from core.select.reasons import nearest_row, why_chosen, why_not
from tests.select_pools import feature_sets, random_matrix, sets_of, view_of

SETS = sets_of([{0, 1}, {0, 1, 2, 3}, {1, 2, 3}, {4}, {3, 4, 5}], 7)
ANGLES = np.array([0.0, 0.4, 0.5, 2.0, 3.0])
EMBEDDINGS = np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1).astype(np.float32)


def selection(budget):
    # order 1 {0, 1, 2, 3}, 4 {3, 4, 5}; all six are covered, so a round begins: 2, 0, 3
    view = view_of({"codes": SETS, "ids": list("abcde")})
    return select("sae-greedy", view, Budget("rows", budget))


def test_a_chosen_row_knows_its_rank_gain_and_round():
    why = why_chosen(selection(4), 4)
    assert (why.rank, why.round, why.gain, why.own_gain, why.is_pinned) == (1, 0, 2, 2, False)


def test_a_chosen_row_knows_which_features_it_was_first_to_bring():
    assert why_chosen(selection(4), 4, codes=SETS).first_to_bring.tolist() == [4, 5]


def test_first_to_bring_counts_within_the_round():
    why = why_chosen(selection(5), 0, codes=SETS)
    assert (why.round, why.gain, why.own_gain) == (1, 0, 1)
    assert why.first_to_bring.tolist() == [0]  # row 2 of the same round has feature 1


def test_first_to_bring_is_the_own_gain_of_every_pick():
    codes = feature_sets(random_matrix(80, 50, seed=6))
    found = select("sae-greedy", view_of({"codes": codes}), Budget("rows", 70))
    brought = [len(why_chosen(found, row, codes=codes).first_to_bring) for row in found.rows]
    assert brought == found.own_gains.tolist()


def test_the_nearest_chosen_row_is_another_one():
    why = why_chosen(selection(3), 1, embeddings=EMBEDDINGS)
    assert why.nearest.row == 2
    assert why.nearest.cosine == pytest.approx(np.cos(0.1), abs=1e-6)


def test_the_nearest_row_is_by_cosine_and_not_by_length():
    vectors = np.array([[1, 0], [9, 9], [0.1, 0]], dtype=np.float16)
    assert nearest_row(0, np.array([1, 2]), vectors).row == 2


def test_a_single_row_has_no_nearest():
    assert why_chosen(selection(1), 1, embeddings=EMBEDDINGS).nearest is None


def test_a_row_left_out_knows_who_covers_its_features():
    why = why_not(selection(2), 2, codes=SETS)
    assert (why.n_features, why.n_covered) == (3, 3)
    assert why.features.tolist() == [1, 2, 3]
    assert why.carriers.tolist() == [1, 1, 1]
    assert why.main_carriers() == [(1, 3)]


def test_a_row_left_out_knows_what_nobody_covers():
    why = why_not(selection(1), 4, codes=SETS)
    assert (why.n_features, why.n_covered) == (3, 1)
    assert why.carriers.tolist() == [1]


def test_a_row_left_out_knows_how_far_down_it_stands():
    assert why_not(selection(2), 0, longer=selection(5)).rank == 3
    assert why_not(selection(2), 3, longer=selection(3)).rank is None
    assert why_not(selection(2), 3).rank is None


def test_reasons_for_the_wrong_side_are_refused():
    with pytest.raises(ValueError, match="not in the subset"):
        why_chosen(selection(1), 0)
    with pytest.raises(ValueError, match="is in the subset"):
        why_not(selection(1), 1)


def test_first_carriers_are_positions_in_the_order():
    assert first_carriers(SETS, np.array([2, 0, 3])).tolist() == [1, 0, 0, 0, 2, -1, -1]
    assert new_features(SETS, np.array([2, 0, 3])).tolist() == [3, 1, 1]


def test_sole_carriers_of_the_pool():
    assert sole_carriers(SETS).tolist() == [-1, -1, -1, -1, -1, 4, -1]


def test_sole_carriers_within_a_subset():
    assert sole_carriers(SETS, np.array([3, 0, 2])).tolist() == [0, -1, 2, 2, 3, -1, -1]


def test_taking_out_a_sole_carrier_loses_its_features_and_no_others():
    matrix = random_matrix(40, 60, seed=3)
    rows = np.arange(5, 30)
    alone = sole_carriers(feature_sets(matrix), rows)
    for row in rows:
        lost = matrix[rows].any(axis=0) & ~matrix[rows[rows != row]].any(axis=0)
        assert np.flatnonzero(alone == row).tolist() == np.flatnonzero(lost).tolist()
