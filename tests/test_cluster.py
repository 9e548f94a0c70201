"""Clusterings, their typical rows and their names, on pools from one row up."""

import numpy as np
import pytest
import sklearn.cluster
import sklearn.datasets
import sklearn.metrics

from core.cluster import CLUSTERINGS, cluster
from core.cluster.clustering import by_size
from core.cluster.describe import describe
from core.cluster.hdbscan import HdbscanConfig
from core.cluster.kmeans import KMeansConfig, n_clusters_for
from core.cluster.names import cluster_names
from core.cluster.words import words_of
from core.errors import RequestError


@pytest.fixture(scope="module")
def blobs():
    points, topics = sklearn.datasets.make_blobs([40, 80, 60], 5, cluster_std=0.5, random_state=0)
    return points.astype(np.float32), topics


@pytest.fixture(scope="module")
def three(blobs):
    return cluster("k-means", blobs[0], KMeansConfig(k=3))


def test_k_means_is_as_good_as_scikit_learn(blobs):
    ours = cluster("k-means", blobs[0], KMeansConfig(k=8, n_starts=10))
    theirs = sklearn.cluster.KMeans(8, n_init=10, random_state=0).fit(blobs[0])
    assert ours.inertia == pytest.approx(theirs.inertia_, rel=0.02)


def test_distances_are_to_the_own_centroid(blobs, three):
    gaps = np.linalg.norm(blobs[0] - three.centroids[three.labels], axis=1)
    assert np.allclose(three.distances, gaps, atol=1e-3)


def test_inertia_is_the_sum_of_squared_distances(three):
    assert three.inertia == pytest.approx(float((three.distances**2).sum()), rel=1e-4)


@pytest.mark.parametrize("name", sorted(CLUSTERINGS))
def test_every_clustering_finds_separate_blobs(name, blobs):
    config = KMeansConfig(k=3) if name == "k-means" else None
    found = cluster(name, blobs[0], config)
    assert sklearn.metrics.adjusted_rand_score(blobs[1], found.labels) > 0.95


@pytest.mark.parametrize("name", sorted(CLUSTERINGS))
def test_every_clustering_is_repeatable(name, blobs):
    first, second = cluster(name, blobs[0]), cluster(name, blobs[0])
    assert np.array_equal(first.labels, second.labels)


@pytest.mark.parametrize("name", sorted(CLUSTERINGS))
def test_every_clustering_numbers_by_falling_size(name, blobs):
    found = cluster(name, blobs[0])
    assert np.all(np.diff(found.sizes()) <= 0) and found.sizes().min() > 0


@pytest.mark.parametrize("name", sorted(CLUSTERINGS))
@pytest.mark.parametrize("n_rows", [1, 2, 3, 5, 6, 9])
def test_every_clustering_labels_any_pool(name, n_rows, blobs):
    found = cluster(name, blobs[0][:n_rows])
    assert found.labels.shape == (n_rows,) and found.labels.dtype == np.int32
    assert found.labels.max() < found.n_clusters


@pytest.mark.parametrize("name", sorted(CLUSTERINGS))
@pytest.mark.parametrize("n_rows", [4, 50])
def test_every_clustering_bears_identical_rows(name, n_rows):
    found = cluster(name, np.ones((n_rows, 3), np.float32))
    assert len(set(found.labels.tolist())) == 1


def test_identical_rows_make_one_cluster():
    found = cluster("k-means", np.ones((50, 3), np.float32), KMeansConfig(k=9))
    assert (found.n_clusters, found.centroids.shape) == (1, (1, 3))


@pytest.mark.parametrize("n_rows", [7, 120])
def test_k_may_be_every_row(n_rows, blobs):
    found = cluster("k-means", blobs[0][:n_rows], KMeansConfig(k=n_rows))
    assert found.n_clusters == n_rows and found.inertia == pytest.approx(0, abs=1e-3)


def test_more_clusters_than_rows_are_refused(blobs):
    with pytest.raises(RequestError, match="at most 5"):
        cluster("k-means", blobs[0][:5], KMeansConfig(k=6))


def test_a_smallest_cluster_above_the_pool_is_refused(blobs):
    with pytest.raises(RequestError, match="at most 5"):
        cluster("hdbscan", blobs[0][:5], HdbscanConfig(min_cluster_size=6))


def test_an_unknown_clustering_names_the_nearest(blobs):
    with pytest.raises(RequestError, match="k-means"):
        cluster("kmeans", blobs[0])


def test_points_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="finite"):
        cluster("k-means", np.full((3, 2), np.inf, np.float32))


@pytest.mark.parametrize(
    ("n_rows", "k"), [(1, 1), (3, 1), (12, 3), (40, 8), (600, 17), (52_000, 64)]
)
def test_the_rule_for_the_number_of_clusters(n_rows, k):
    assert n_clusters_for(n_rows, None) == k


def test_numbering_by_size_breaks_ties_by_first_row():
    labels, old = by_size(np.array([7, 3, 3, 7, -1, 5]))
    assert labels.tolist() == [0, 1, 1, 0, -1, 2]
    assert old.tolist() == [7, 3, 5]


def test_noise_share_counts_rows_in_no_cluster(blobs):
    lonely = 1000 * np.eye(5, dtype=np.float32)[:4]
    found = cluster("hdbscan", np.vstack([blobs[0], lonely]))
    assert found.labels[-4:].tolist() == [-1] * 4
    assert found.noise_share == np.mean(found.labels == -1)


def test_typical_rows_are_the_nearest_to_the_centroid(blobs, three):
    for card in describe(three, blobs[0]):
        rows = np.flatnonzero(three.labels == card.label)
        nearest = rows[np.argsort(three.distances[rows], kind="stable")]
        assert card.size == len(rows) and np.array_equal(card.typical, nearest[:5])


def test_typical_rows_without_centroids_are_nearest_the_mean(blobs):
    found = cluster("hdbscan", blobs[0])
    card = describe(found, blobs[0])[0]
    members = blobs[0][found.labels == 0]
    gaps = np.linalg.norm(members - members.mean(axis=0), axis=1)
    assert np.linalg.norm(blobs[0][card.typical[0]] - members.mean(axis=0)) == gaps.min()


def test_names_say_what_only_the_cluster_says():
    texts = ["please bake the bread", "bake a cake please"] * 5
    texts += ["please compile the code", "code to compile please"] * 5
    bread, code = cluster_names(texts, np.repeat([0, 1], 10))
    assert "bake" in bread and "compile" in code
    assert "please" not in bread.split(", ")[:1] + code.split(", ")[:1]


def test_names_of_languages_without_spaces_are_pairs_of_characters():
    texts = ["東京の天気は晴れです", "東京の電車に乗る"] * 3 + ["plain English text"] * 6
    assert "東京" in cluster_names(texts, np.repeat([0, 1], 6))[0]


def test_names_do_not_repeat_forms_of_one_word():
    texts = ["book books bookshop reading"] * 4 + ["river"] * 4
    name = cluster_names(texts, np.repeat([0, 1], 4))[0]
    assert ("books" in name.split(", ")) != ("book" in name.split(", "))


def test_noise_rows_get_no_name():
    assert cluster_names(["a lonely row"], np.array([-1])) == []


def test_a_cluster_without_words_is_named_by_its_number():
    assert cluster_names(["12 34", "!!"], np.array([0, 0])) == ["cluster 0"]


def test_a_hostile_text_is_only_words():
    assert words_of("<script>alert(1)</script>\x00\ud800") == {"script", "alert"}
