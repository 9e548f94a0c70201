"""Reference features, numbers of features, and the spread over clusters."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import entropy, pearsonr

from core.metrics import (
    coverage,
    feature_activation_coverage,
    features_present,
    length_correlation,
    mean_features,
    partition_entropy,
)
from tests.select_pools import feature_sets, random_matrix, sets_of

SETS = sets_of([{0, 1}, {1, 2, 3}, set(), {5}], 7)
NONE = np.array([], dtype=np.int64)


def marks(*features):
    marked = np.zeros(7, dtype=bool)
    marked[list(features)] = True
    return marked


def test_fac_is_the_covered_share_of_the_reference():
    assert feature_activation_coverage(SETS, np.array([0, 2]), marks(1, 2, 5, 6)) == 0.25


def test_a_reference_nobody_can_reach_still_counts():
    assert feature_activation_coverage(SETS, np.arange(4), marks(4, 5)) == 0.5


def test_fac_of_the_pools_own_features_is_coverage():
    sets = feature_sets(random_matrix(40, 25))
    reference = features_present(sets.rows, np.arange(40))
    rows = np.array([3, 8, 21])
    assert feature_activation_coverage(sets, rows, reference) == coverage(sets, rows)


def test_fac_of_nothing_is_zero_and_without_a_reference_not_defined():
    assert feature_activation_coverage(SETS, NONE, marks(1)) == 0
    assert math.isnan(feature_activation_coverage(SETS, np.arange(4), marks()))


def test_a_reference_of_another_size_is_refused():
    with pytest.raises(ValueError, match="6 reference marks for 7 features"):
        feature_activation_coverage(SETS, np.arange(4), marks(1)[:6])


def test_features_present_are_the_union_of_rows():
    assert np.flatnonzero(features_present(SETS.rows, np.array([0, 1, 2]))).tolist() == [0, 1, 2, 3]


def test_mean_features_counts_empty_rows():
    assert mean_features(SETS, np.arange(4)) == 1.5
    assert math.isnan(mean_features(SETS, NONE))


def test_length_correlation_by_hand():
    lengths = np.array([10, 20, 0, 7])  # sets of 2, 3 and 0: length is five times their size, less
    rows = np.array([0, 1, 2])
    assert length_correlation(lengths, SETS, rows) == pytest.approx(
        pearsonr([10, 20, 0], [2, 3, 0]).statistic
    )
    assert length_correlation(SETS.rows.lengths() * 5 + 3, SETS, np.arange(4)) == pytest.approx(1)
    assert length_correlation(-SETS.rows.lengths(), SETS, np.arange(4)) == pytest.approx(-1)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 999))
def test_length_correlation_equals_scipy_in_any_order(seed):
    sets, rng = feature_sets(random_matrix(40, 25, seed=seed)), np.random.default_rng(seed)
    lengths, rows = rng.integers(1, 900, size=40), rng.permutation(40)[:20]
    expected = pearsonr(lengths[rows], sets.rows.lengths()[rows]).statistic
    assert length_correlation(lengths, sets, rows) == pytest.approx(expected)
    assert length_correlation(lengths, sets, rows[::-1]) == pytest.approx(expected)


@pytest.mark.parametrize("rows", [NONE, [0], [0, 0]])
def test_a_constant_has_no_correlation(rows):
    assert math.isnan(length_correlation(np.arange(4), SETS, np.array(rows, dtype=np.int64)))


def test_partition_entropy_by_hand():
    labels = np.array([0, 0, 1, 2, 2, -1], dtype=np.int32)
    # shares 1/2, 1/4 and 1/4 of three clusters; noise is left out
    rows = np.array([0, 1, 2, 3, 5])
    expected = (0.5 * math.log(2) + 0.5 * math.log(4)) / math.log(3)
    assert partition_entropy(labels, rows) == pytest.approx(expected)


def test_an_even_subset_has_entropy_one_and_a_narrow_one_zero():
    labels = np.array([0, 0, 0, 0, 1, 2, 3], dtype=np.int32)
    assert partition_entropy(labels, np.array([3, 4, 5, 6])) == pytest.approx(1)
    assert partition_entropy(labels, np.array([0, 1])) == 0


def test_a_cluster_nobody_chose_still_divides():
    labels = np.array([0, 1, 2, 3], dtype=np.int32)
    assert partition_entropy(labels, np.array([0, 1])) == pytest.approx(0.5)


def test_partition_entropy_equals_scipy():
    rng = np.random.default_rng(0)
    labels, rows = rng.integers(0, 9, size=300).astype(np.int32), rng.permutation(300)[:80]
    expected = entropy(np.bincount(labels[rows], minlength=9)) / math.log(9)
    assert partition_entropy(labels, rows) == pytest.approx(expected)


def test_one_cluster_says_nothing_and_noise_alone_has_no_entropy():
    assert partition_entropy(np.zeros(3, dtype=np.int32), np.arange(3)) == 0
    assert math.isnan(partition_entropy(np.array([-1, 0, 1]), np.array([0])))
