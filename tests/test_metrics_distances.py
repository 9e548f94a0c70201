"""Distances of chosen rows to the pool and to each other."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist, pdist
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.neighbors import NearestNeighbors

from core.errors import Cancelled
from core.metrics import blocks as blocks_of_work
from core.metrics import (
    facility_location,
    geometric_radius,
    k_center_radius,
    knn_distance,
    mean_pairwise_distance,
    served_by_prefixes,
)
from core.metrics.facility_location import facility_location_of
from core.metrics.k_center import k_center_radius_of
from core.metrics.nearest import nearest_distances

NONE = np.array([], dtype=np.int64)
ALL = (
    facility_location,
    geometric_radius,
    k_center_radius,
    knn_distance,
    mean_pairwise_distance,
)


def points_of(n_rows, d_in, seed=0, dtype=np.float32):
    return (np.random.default_rng(seed).normal(size=(n_rows, d_in)) * 3 + 1).astype(dtype)


def circle(*degrees):
    """Unit rows of the plane at these angles."""
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


@pytest.fixture
def small_blocks(monkeypatch):
    """Blocks of one row or few, so that small arrays take many of them."""
    monkeypatch.setattr(blocks_of_work, "ENTRIES", 8)
    monkeypatch.setattr(blocks_of_work, "NUMBERS", 8)
    monkeypatch.setattr(blocks_of_work, "FEWEST", 1)
    monkeypatch.setattr("core.metrics.nearest.QUERIES", 7)
    monkeypatch.setattr("core.metrics.nearest.DIFFERENCES", 20)


def test_facility_location_by_hand():
    pool = circle(0, 60, 90, 180)  # nearest of 0 and 90: itself, 90, itself, 90
    expected = (1 + math.cos(math.radians(30)) + 1 + 0) / 4
    assert facility_location(pool, np.array([0, 2])) == pytest.approx(expected, abs=1e-6)


def test_the_k_center_radius_is_the_chord_to_the_worst_served_row():
    pool = circle(0, 60, 90, 170)
    assert k_center_radius(pool * 7, np.array([0, 2])) == pytest.approx(
        2 * math.sin(math.radians(40)), abs=1e-6
    )


def test_facility_location_and_radius_equal_full_matrices(small_blocks):
    pool, rows = points_of(90, 7), np.random.default_rng(1).permutation(90)[:20]
    cosines = cosine_similarity(pool, pool[rows]).max(axis=1)
    assert facility_location(pool, rows) == pytest.approx(cosines.mean(), abs=1e-6)
    units = pool / np.linalg.norm(pool, axis=1, keepdims=True)
    radius = cdist(units, units[rows]).min(axis=1).max()
    assert k_center_radius(pool, rows) == pytest.approx(radius, abs=1e-6)


def test_choosing_everything_serves_everybody():
    pool = points_of(30, 5, dtype=np.float16)
    assert facility_location(pool, np.arange(30)) == pytest.approx(1)
    assert k_center_radius(pool, np.arange(30)) == 0


def test_a_copy_of_a_chosen_row_is_served_wholly():
    pool = np.repeat(points_of(10, 5), 3, axis=0)
    assert k_center_radius(pool, np.arange(0, 30, 3)) == 0


def test_a_row_of_zeros_is_like_nothing():
    pool = np.array([[1, 0], [0, 0]], dtype=np.float32)
    assert facility_location(pool, np.array([0])) == 0.5
    assert k_center_radius(pool, np.array([0])) == 1


def test_prefixes_of_an_order_are_served_as_each_would_be_alone():
    pool, order = points_of(60, 6), np.random.default_rng(2).permutation(60)[:40]
    budgets = [40, 1, 0, 13, 13]
    for budget, found in zip(budgets, served_by_prefixes(pool, order, budgets), strict=True):
        assert facility_location_of(found) == pytest.approx(
            facility_location(pool, order[:budget]), abs=1e-6, nan_ok=True
        )
        assert k_center_radius_of(found, pool) == pytest.approx(
            k_center_radius(pool, order[:budget]), abs=1e-6, nan_ok=True
        )


def test_mean_pairwise_distance_by_hand():
    # pairs at 90, 180 and 90 degrees: 1, 2 and 1
    assert mean_pairwise_distance(circle(0, 90, 180), np.arange(3)) == pytest.approx(4 / 3)


def test_mean_pairwise_distance_equals_all_pairs(small_blocks):
    pool, rows = points_of(50, 6), np.random.default_rng(1).permutation(50)[:31]
    expected = pdist(pool[rows].astype(np.float64), "cosine").mean()
    assert mean_pairwise_distance(pool, rows) == pytest.approx(expected, rel=1e-9)


def test_a_row_of_zeros_is_at_one_from_every_other():
    pool = np.array([[1, 0], [0, 0], [0, 0]], dtype=np.float32)
    assert mean_pairwise_distance(pool, np.arange(3)) == 1


def test_knn_distance_by_hand():
    pool = np.array([[0.0], [1], [3], [100]], dtype=np.float32)
    # two nearest others: 1 and 3; 1 and 2; 2 and 3
    assert knn_distance(pool, np.array([0, 1, 2]), k=2) == pytest.approx((2 + 1.5 + 2.5) / 3)


@pytest.mark.parametrize("k", [1, 5, 39])
def test_knn_distance_equals_scikit_learn(small_blocks, k):
    pool, rows = points_of(60, 6) + 50, np.random.default_rng(1).permutation(60)[:40]
    found, _ = NearestNeighbors(n_neighbors=k + 1).fit(pool[rows]).kneighbors(pool[rows])
    assert knn_distance(pool, rows, k=k) == pytest.approx(found[:, 1:].mean(), rel=1e-5)


def test_fewer_neighbours_than_asked_are_all_of_them():
    pool = points_of(3, 4)
    assert knn_distance(pool, np.arange(3), k=5) == pytest.approx(
        pdist(pool.astype(np.float64)).mean(), rel=1e-6
    )


def test_equal_rows_are_at_zero_in_spite_of_rounding():
    pool = np.repeat(points_of(4, 64) * 100, 8, axis=0)
    assert knn_distance(pool, np.arange(32), k=7) == 0


def test_neighbours_in_half_precision_are_those_of_their_values():
    pool = points_of(40, 8, dtype=np.float16)
    rows = np.arange(40)
    expected = np.sort(cdist(pool.astype(np.float64), pool.astype(np.float64)), axis=1)[:, :4]
    assert np.allclose(nearest_distances(pool, rows, rows, 4), expected, atol=1e-4)


def test_radius_by_hand():
    pool = np.array([[0, 0], [2, 8]], dtype=np.float32)  # deviations 1 and 4
    assert geometric_radius(pool, np.arange(2)) == pytest.approx(2)


def test_radius_equals_numpy_and_a_constant_dimension_is_not_fatal():
    pool, rows = points_of(40, 5), np.arange(7, 31)
    deviations = pool[rows].astype(np.float64).std(axis=0)
    assert geometric_radius(pool, rows) == pytest.approx(np.prod(deviations) ** (1 / 5))
    pool[:, 2] = 0.1
    deviations[2] = 1e-10
    assert geometric_radius(pool, rows) == pytest.approx(np.prod(deviations) ** (1 / 5))


@pytest.mark.parametrize("measure", [knn_distance, mean_pairwise_distance])
def test_distances_between_rows_need_two(measure):
    assert math.isnan(measure(points_of(3, 2), np.array([1])))


@pytest.mark.parametrize("measure", ALL)
def test_no_rows_have_no_value(measure):
    assert math.isnan(measure(points_of(3, 2), NONE))


@pytest.mark.parametrize("measure", [knn_distance, mean_pairwise_distance])
def test_identical_rows_are_at_no_distance(measure):
    assert measure(np.full((9, 4), 0.3, dtype=np.float16), np.arange(9)) == pytest.approx(0)


@pytest.mark.parametrize("measure", ALL)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 999))
def test_the_order_of_rows_and_of_the_pool_does_not_matter(measure, seed):
    rng = np.random.default_rng(seed)
    pool, rows, order = points_of(40, 5, seed), rng.permutation(40)[:15], rng.permutation(40)
    moved = np.argsort(order)[rows]  # where the chosen rows went
    assert measure(pool[order], moved[::-1]) == pytest.approx(measure(pool, rows), rel=1e-5)


@pytest.mark.parametrize("measure", [facility_location, k_center_radius, knn_distance])
def test_progress_ends_where_it_said_it_would(small_blocks, measure):
    seen = []
    measure(
        points_of(30, 4),
        np.arange(20),
        progress=lambda done, total, note="": seen.append((done, total)),
    )
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1][0] == seen[-1][1]


def test_cancelling_comes_through():
    def stop(done, total, note=""):
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        facility_location(points_of(30, 4), np.arange(20), progress=stop)


def test_the_callers_embeddings_are_left_alone():
    pool = points_of(20, 4)
    before = pool.copy()
    for measure in ALL:
        measure(pool, np.arange(12))
    assert (pool == before).all()


def test_read_only_embeddings_are_read():
    pool = points_of(20, 4)
    pool.flags.writeable = False
    assert facility_location(pool, np.arange(20)) == pytest.approx(1)
