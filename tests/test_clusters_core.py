"""Trees, margins, silhouette curves and matching of clusters, on points made by hand."""

import numpy as np
import pytest
import scipy.cluster.hierarchy
import sklearn.datasets
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st

from core.cluster.curve import CurveConfig, counts_for, silhouette_curve
from core.cluster.hierarchy import cluster_tree, groups_of, n_groups_for
from core.cluster.matching import HIGHEST, KEPT, Census, hashes_of
from core.cluster.means import cluster_means, standing
from core.cluster.names import group_names, vocabulary
from core.errors import RequestError


@pytest.fixture(scope="module")
def blobs():
    points, labels = sklearn.datasets.make_blobs([30, 50, 40], 6, cluster_std=0.5, random_state=1)
    return points.astype(np.float32), labels.astype(np.int32)


# --- means and margins ----------------------------------------------------------------------


def test_a_mean_is_that_of_the_rows_of_its_cluster(blobs):
    points, labels = blobs
    means = cluster_means(points, labels, 3)
    assert np.allclose(means, [points[labels == one].mean(axis=0) for one in range(3)], atol=1e-5)


def test_noise_and_empty_clusters_count_in_no_mean():
    means = cluster_means(np.array([[1.0, 2], [9, 9]], np.float32), np.array([0, -1]), 2)
    assert means.tolist() == [[1, 2], [0, 0]]


def test_distances_are_to_the_own_and_the_nearest_other_mean(blobs):
    points, labels = blobs
    means = cluster_means(points, labels, 3)
    found = standing(points, labels, means)
    apart = np.linalg.norm(points[:, None] - means[None], axis=2)
    assert np.allclose(found.own, apart[np.arange(len(points)), labels], atol=1e-3)
    apart[np.arange(len(points)), labels] = np.inf
    assert np.allclose(found.other, apart.min(axis=1), atol=1e-3)
    assert np.array_equal(found.second, apart.argmin(axis=1))


def test_halfway_between_two_clusters_the_margin_is_0():
    points = np.array([[0, 0], [1, 0], [2, 0]], np.float32)
    means = np.array([[0, 0], [2, 0]], np.float32)
    found = standing(points, np.array([0, 0, 1]), means)
    assert found.margin == pytest.approx([1, 0, 1], abs=1e-6)


def test_a_row_nearer_to_another_cluster_has_a_margin_below_0():
    means = np.array([[0, 0], [2, 0]], np.float32)
    found = standing(np.array([[1.5, 0]], np.float32), np.array([0]), means)
    assert found.margin[0] == pytest.approx((0.5 - 1.5) / 1.5)


def test_noise_stands_beside_its_nearest_cluster():
    means = np.array([[0, 0], [2, 0]], np.float32)
    found = standing(np.array([[1.5, 0]], np.float32), np.array([-1]), means)
    assert (found.second[0], found.own[0]) == (1, pytest.approx(0.5))


def test_one_cluster_alone_has_no_other():
    found = standing(np.ones((3, 2), np.float32), np.zeros(3, int), np.ones((1, 2), np.float32))
    assert np.isinf(found.other).all() and found.margin.tolist() == [1, 1, 1]
    assert found.second.tolist() == [-1, -1, -1]


def test_without_clusters_every_row_stands_alone():
    found = standing(np.ones((3, 2), np.float32), np.full(3, -1), np.empty((0, 2), np.float32))
    assert np.isfinite(found.margin).all()


# --- the tree -------------------------------------------------------------------------------


def test_the_tree_is_that_of_average_linkage_on_centred_cosines(blobs):
    means = np.random.default_rng(0).normal(size=(9, 4)).astype(np.float32)
    sizes = np.arange(1, 10)
    theirs = scipy.cluster.hierarchy.linkage(
        means.astype(float) - np.average(means.astype(float), axis=0, weights=sizes),
        "average",
        "cosine",
    )
    assert np.allclose(cluster_tree(means, sizes), theirs, atol=1e-6)


def test_clusters_in_one_direction_fall_into_one_group():
    means = np.array([[9, 1], [8, 0], [-9, 1], [-8, 0], [0, 9]], np.float32)
    groups = groups_of(cluster_tree(means, np.ones(5, int)), 3)
    assert groups.tolist() == [0, 0, 1, 1, 2]


@pytest.mark.parametrize("n_clusters", [0, 1, 2, 3])
def test_any_number_of_clusters_has_groups(n_clusters):
    tree = cluster_tree(np.eye(3, dtype=np.float32)[:n_clusters], np.ones(n_clusters, int))
    assert len(groups_of(tree, n_groups_for(n_clusters))[:n_clusters]) == n_clusters


def test_identical_means_bear_a_tree():
    assert np.isfinite(cluster_tree(np.ones((4, 3), np.float32), np.ones(4, int))).all()


def test_a_group_is_named_by_what_all_its_clusters_say():
    texts = ["garlic oil"] * 4 + ["garlic sugar"] * 4 + ["river"] * 8
    counted = vocabulary(texts, np.repeat([0, 1, 2], [4, 4, 8]))
    assert group_names(counted, [[0, 1], [2]])[0].startswith("garlic")


# --- the curve ------------------------------------------------------------------------------


def test_the_silhouette_is_largest_at_the_number_of_blobs(blobs):
    points, _ = blobs
    order = np.random.default_rng(0).permutation(len(points))
    found = silhouette_curve(points, (2, 3, 4, 8), order, CurveConfig())
    assert found.best == 3 and (found.n_rows, found.n_scored) == (120, 120)


def test_a_silhouette_is_that_of_scikit_learn(blobs):
    points, labels = blobs
    found = silhouette_curve(points, (3,), np.arange(len(points)), CurveConfig())
    theirs = sklearn.metrics.silhouette_score(points, labels)
    assert found.silhouettes[0] == pytest.approx(theirs, abs=1e-4)


def test_a_sample_is_clustered_where_the_pool_is_larger(blobs):
    found = silhouette_curve(blobs[0], (2,), np.arange(120), CurveConfig(rows=50, scored_rows=10))
    assert (found.n_rows, found.n_scored) == (50, 10)


def test_the_grid_doubles_and_holds_the_number_in_use():
    assert counts_for(700, "", 19) == (4, 8, 16, 19, 32, 64)
    assert counts_for(10, "") == (2,)


@pytest.mark.parametrize("asked", ["1", "0", "x", "2;3", "-4", "10", "2.5", ",".join(["3"] * 30)])
def test_a_number_of_clusters_that_cannot_be_is_refused(asked):
    with pytest.raises(RequestError, match="seen"):
        counts_for(10, asked)


# --- matching -------------------------------------------------------------------------------


def census(labels, n_clusters=None):
    labels = np.asarray(labels)
    hashes = np.arange(len(labels), dtype=np.uint64) * np.uint64(7919)
    return Census(hashes, labels, n_clusters or int(labels.max()) + 1)


def test_a_group_overlaps_wholly_with_itself():
    whole = census([0, 1, 1, 2, -1])
    assert whole.overlap(whole.members(np.array([1]))).jaccard().tolist() == [0, 1, 0]


def test_the_overlap_is_the_jaccard_index():
    before, after = census([0, 0, 0, 1]), census([0, 0, 1, 1])
    assert after.overlap(before.members(np.array([0]))).jaccard() == pytest.approx([2 / 3, 1 / 4])


@given(st.integers(1, 6), st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_overlaps_are_those_of_plain_sets(n_clusters, seed):
    rng = np.random.default_rng(seed)
    before, after = rng.integers(-1, n_clusters, (2, 60))
    members = census(before, n_clusters).members(np.array([0]))
    found = census(after, n_clusters).overlap(members).jaccard()
    own = set(np.flatnonzero(before == 0))
    for cluster in range(n_clusters):
        other = set(np.flatnonzero(after == cluster))
        assert found[cluster] == pytest.approx(len(own & other) / max(len(own | other), 1))


def test_a_large_group_is_known_by_a_fair_sample():
    rng = np.random.default_rng(0)
    hashes = rng.integers(0, HIGHEST, 40_000, dtype=np.uint64, endpoint=True)
    labels = np.repeat([0, 1], 20_000)
    moved = labels.copy()
    moved[:5_000] = 1  # a quarter of the first cluster goes over: 15,000 rows in both of 20,000
    members = Census(hashes, labels, 2).members(np.array([0]))
    assert len(members.hashes) == KEPT and members.n_rows == 20_000
    assert Census(hashes, moved, 2).overlap(members).jaccard()[0] == pytest.approx(0.75, abs=0.03)


def test_hashes_are_the_heads_of_ids():
    assert hashes_of(["00000000000000ff" + "0" * 16]).tolist() == [255]
