"""What a subset covers, repeats and costs."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics.pairwise import cosine_similarity

from core.metrics import (
    OrderTables,
    cluster_shares,
    column_shares,
    coverage,
    coverage_curve,
    nearest_cosines,
    redundancy,
    saturation,
    totals,
)
from tests.select_pools import feature_sets, random_matrix, sets_of

SETS = sets_of([{0, 1}, {1, 2}, {0, 2}, {4}], 6)  # nobody has 3 or 5


def test_the_coverage_curve_counts_features_pick_by_pick():
    assert coverage_curve(SETS, np.array([1, 2, 0, 3])).tolist() == [2, 3, 3, 4]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 999), count=st.integers(0, 40))
def test_the_coverage_curve_is_the_size_of_the_union(seed, count):
    matrix = random_matrix(40, 25, seed=seed)
    rows = np.random.default_rng(seed).permutation(40)[:count]
    unions = [matrix[rows[: at + 1]].any(axis=0).sum() for at in range(count)]
    assert coverage_curve(feature_sets(matrix), rows).tolist() == unions


def test_coverage_is_a_share_of_what_the_pool_can_reach():
    assert coverage(SETS, np.array([0, 3])) == 0.75  # 0, 1 and 4 of 0, 1, 2 and 4


def test_the_whole_pool_covers_everything_and_nothing_covers_nothing():
    assert coverage(SETS, np.arange(4)) == 1
    assert coverage(SETS, np.empty(0, dtype=np.int64)) == 0


@pytest.mark.parametrize(
    ("curve", "reachable", "picks"),
    [([3, 5, 6, 6, 6], 6, 3), ([3, 5], 6, None), ([6], 6, 1), ([], 6, None)],
)
def test_saturation_is_the_pick_that_completes_coverage(curve, reachable, picks):
    assert saturation(np.array(curve, dtype=np.int64), reachable) == picks


def test_cluster_shares_leave_noise_out_on_both_sides():
    shares = cluster_shares(np.array([-1, 0, 0, 2, 2, 2]), np.array([0, 1, 5]))
    assert shares.values.tolist() == [0, 2]
    assert shares.pool_shares.tolist() == [0.4, 0.6]
    assert shares.subset_shares.tolist() == [0.5, 0.5]
    assert shares.coverage == 1


def test_cluster_coverage_is_the_share_of_clusters_reached():
    assert cluster_shares(np.array([0, 1, 2, 3]), np.array([1])).coverage == 0.25


def test_column_shares_count_values_the_subset_lacks():
    shares = column_shares(np.array(["law", "code", "law", "art"]), np.array([0, 2]))
    assert shares.values.tolist() == ["art", "code", "law"]
    assert shares.pool.tolist() == [1, 1, 2]
    assert shares.subset.tolist() == [0, 0, 2]


def test_an_absent_value_is_one_value_more():
    shares = column_shares(np.array(["law", None, 3], dtype=object), np.array([1]))
    assert shares.values.tolist() == ["", "3", "law"]
    assert shares.subset.tolist() == [1, 0, 0]


def test_shares_of_an_empty_subset_are_zero():
    shares = column_shares(np.array(["a", "b"]), np.empty(0, dtype=np.int64))
    assert shares.subset_shares.tolist() == [0, 0]


def test_redundancy_of_known_angles():
    angles = np.array([0.0, 0.1, 1.0, 9.9])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    expected = (2 * math.cos(0.1) + math.cos(0.9)) / 3
    assert redundancy(vectors, np.array([0, 1, 2])) == pytest.approx(expected, abs=1e-6)


def test_nearest_cosines_equal_a_full_similarity_matrix():
    vectors = np.random.default_rng(0).normal(size=(2500, 6)).astype(np.float16)
    rows = np.random.default_rng(1).permutation(2500)[:2200]  # more than two blocks
    cosines = cosine_similarity(vectors[rows].astype(np.float64))
    np.fill_diagonal(cosines, -1)
    assert np.allclose(nearest_cosines(vectors, rows), cosines.max(axis=1), atol=1e-5)


def test_a_copy_is_fully_redundant_and_one_row_is_not_defined():
    assert redundancy(np.ones((2, 3)), np.array([0, 1])) == pytest.approx(1)
    assert math.isnan(redundancy(np.ones((2, 3)), np.array([0])))


def test_an_embedding_of_zeros_is_like_nothing():
    assert redundancy(np.array([[0, 0], [1, 0], [1, 0]]), np.array([0, 1])) == 0


def test_totals_stand_beside_the_pools_mean():
    found = totals(np.array([10, 20, 60]), np.array([0, 1]))
    assert (found.total, found.mean, found.pool_mean) == (30, 15, 30)


@pytest.fixture
def pool():
    rng = np.random.default_rng(4)
    return {
        "features": feature_sets(random_matrix(90, 50, seed=4)),
        "tokens": rng.integers(1, 99, size=90),
        "clusters": rng.integers(-1, 5, size=90).astype(np.int32),
        "columns": {"topic": rng.choice(["law", "code", "art"], size=90)},
    }


@pytest.mark.parametrize("budget", [1, 2, 30, 80])
def test_tables_say_of_a_prefix_what_the_metrics_say(pool, budget):
    rows = np.random.default_rng(2).permutation(90)[:80]
    prefix, facts = rows[:budget], OrderTables.of(rows, **pool).at(budget)
    assert facts.coverage == coverage(pool["features"], prefix)
    assert facts.tokens == totals(pool["tokens"], prefix).total
    assert (
        facts.clusters.subset.tolist() == cluster_shares(pool["clusters"], prefix).subset.tolist()
    )
    topics = column_shares(pool["columns"]["topic"], prefix)
    assert facts.columns["topic"].subset.tolist() == topics.subset.tolist()


def test_gains_of_the_tables_add_up_to_what_is_covered(pool):
    rows = np.random.default_rng(2).permutation(90)
    tables = OrderTables.of(rows, **pool)
    assert sum(tables.at(budget).gain for budget in range(1, 91)) == tables.at(90).covered


def test_tables_leave_out_what_was_not_given():
    facts = OrderTables.of(np.array([2, 0])).at(2)
    assert (facts.covered, facts.coverage, facts.gain, facts.tokens) == (None,) * 4
    assert facts.clusters is None and facts.columns == {}


@pytest.mark.parametrize("budget", [0, -1, 3])
def test_tables_refuse_a_budget_outside_the_order(budget):
    with pytest.raises(ValueError, match=f"2 rows; seen budget {budget}"):
        OrderTables.of(np.array([2, 0])).at(budget)
