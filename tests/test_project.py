"""Neighbour graph, projections, placement and trustworthiness, on pools from one row up."""

import numpy as np
import pytest
import sklearn.datasets
import sklearn.decomposition
import sklearn.manifold
import sklearn.neighbors

from core.errors import Cancelled, RequestError
from core.options import configure
from core.project import PROJECTIONS, project
from core.project.graph import GraphConfig, neighbour_graph
from core.project.place import place
from core.project.trustworthiness import trustworthiness

QUICK = {"umap": {"n_epochs": 30}, "pca": {}}


@pytest.fixture(scope="module")
def blobs():
    points, topics = sklearn.datasets.make_blobs(300, 10, centers=4, random_state=0)
    return points.astype(np.float32), topics


@pytest.fixture(scope="module")
def graph(blobs):
    return neighbour_graph(blobs[0])


def quick(name, points, **changes):
    config = configure(PROJECTIONS.get(name).config, {**QUICK[name], **changes})
    return project(name, points, neighbour_graph(points), config)


def test_neighbours_equal_scikit_learn(blobs, graph):
    theirs = sklearn.neighbors.NearestNeighbors(n_neighbors=15, metric="cosine").fit(blobs[0])
    distances, indices = theirs.kneighbors(blobs[0])
    assert np.array_equal(graph.indices, indices)
    assert np.allclose(graph.distances, distances, atol=1e-5)


def test_the_graph_has_the_types_that_are_stored(graph):
    assert (graph.indices.dtype, graph.distances.dtype) == (np.int32, np.float32)


def test_exact_search_has_full_recall(graph):
    assert graph.recall == 1


def test_hnsw_finds_nearly_all_neighbours_and_says_how_many(blobs, graph):
    found = neighbour_graph(blobs[0], GraphConfig(exact_below=0))
    same = np.mean(
        [len(set(a) & set(b)) / 15 for a, b in zip(found.indices, graph.indices, strict=True)]
    )
    assert found.recall == pytest.approx(same, abs=0.01) and found.recall > 0.95


@pytest.mark.parametrize("exact_below", [0, 1000], ids=["hnsw", "exact"])
def test_identical_rows_still_have_themselves_first(exact_below):
    same = np.ones((60, 4), np.float32)
    found = neighbour_graph(same, GraphConfig(exact_below=exact_below))
    assert np.array_equal(found.indices[:, 0], np.arange(60))
    assert all(len(set(row)) == 15 for row in found.indices)


def test_distances_rise_from_zero(graph):
    assert np.all(graph.distances[:, 0] == 0) and np.all(np.diff(graph.distances) >= 0)


@pytest.mark.parametrize("n_rows", [1, 2, 5, 15])
def test_k_is_at_most_the_number_of_rows(n_rows, blobs):
    assert neighbour_graph(blobs[0][:n_rows]).indices.shape == (n_rows, n_rows)


def test_a_row_of_zeros_is_far_from_all_others(blobs):
    points = blobs[0][:40].copy()
    points[3] = 0
    found = neighbour_graph(points)
    assert found.indices[3, 0] == 3 and np.allclose(found.distances[3, 1:], 1)


def test_embeddings_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="not finite"):
        neighbour_graph(np.full((3, 2), np.nan, np.float32))


def test_searching_can_be_cancelled(blobs):
    def cancel(done, total, note=""):
        raise Cancelled

    with pytest.raises(Cancelled):
        neighbour_graph(blobs[0], progress=cancel)


def test_an_unknown_projection_names_the_nearest(blobs, graph):
    with pytest.raises(RequestError, match="umap"):
        project("umpa", blobs[0], graph)


@pytest.mark.parametrize("name", sorted(PROJECTIONS))
@pytest.mark.parametrize("n_components", [2, 5])
@pytest.mark.parametrize("n_rows", [1, 2, 3, 5, 16, 17, 40])
def test_every_projection_gives_finite_coordinates_for_any_pool(name, n_components, n_rows, blobs):
    found = quick(name, blobs[0][:n_rows], n_components=n_components)
    assert found.coordinates.shape == (n_rows, n_components)
    assert found.coordinates.dtype == np.float32 and np.isfinite(found.coordinates).all()


@pytest.mark.parametrize("name", sorted(PROJECTIONS))
def test_every_projection_is_repeatable(name, blobs):
    first, second = quick(name, blobs[0]), quick(name, blobs[0])
    assert np.array_equal(first.coordinates, second.coordinates)


@pytest.mark.parametrize("name", sorted(PROJECTIONS))
def test_every_projection_bears_identical_rows(name):
    assert np.isfinite(quick(name, np.ones((40, 6), np.float32)).coordinates).all()


def test_umap_uses_the_graph_and_not_its_dummy(blobs):
    points, topics = blobs
    found = quick("umap", points).coordinates
    nearest = neighbour_graph(np.hstack([found, np.ones((300, 1), "f4")])).indices[:, 1]
    gaps = np.linalg.norm(found[:, None] - found, axis=2) + np.eye(300, dtype="f4") * 1e9
    assert nearest.shape == (300,)
    assert np.mean(topics[gaps.argmin(axis=1)] == topics) > 0.95


def test_umap_of_a_tiny_pool_says_that_it_is_pca(blobs):
    assert quick("umap", blobs[0][:9]).method == "pca"


def test_pca_equals_scikit_learn_but_for_signs(blobs):
    theirs = sklearn.decomposition.PCA(2).fit_transform(blobs[0])
    ours = quick("pca", blobs[0]).coordinates
    assert np.allclose(np.abs(ours), np.abs(theirs), atol=1e-3)


def test_a_fitted_row_alone_is_placed_on_itself(blobs):
    coordinates = quick("pca", blobs[0]).coordinates
    assert np.allclose(place(blobs[0], blobs[0], coordinates, n_nearest=1), coordinates)


def test_a_new_row_is_placed_among_its_neighbours():
    fitted = np.array([[1, 0], [1, 0.01], [0, 1]], np.float32)
    coordinates = np.array([[0, 0], [2, 0], [100, 100]], np.float32)
    found = place(np.array([[1, 0.005]], np.float32), fitted, coordinates, n_nearest=2)
    assert np.allclose(found, [[1, 0]], atol=0.01)


def test_a_new_row_like_none_is_placed_in_the_middle():
    coordinates = np.array([[0, 0], [4, 2]], np.float32)
    found = place(-np.ones((1, 2), np.float32), np.eye(2, dtype=np.float32), coordinates)
    assert np.allclose(found, [[2, 1]])


def test_trustworthiness_equals_scikit_learn(blobs):
    coordinates = quick("pca", blobs[0]).coordinates
    theirs = sklearn.manifold.trustworthiness(
        blobs[0], coordinates, n_neighbors=15, metric="cosine"
    )
    assert trustworthiness(blobs[0], coordinates) == pytest.approx(theirs, abs=1e-6)


def test_trustworthiness_of_a_random_map_is_a_half(blobs):
    scattered = np.random.default_rng(0).random((300, 2)).astype(np.float32)
    assert trustworthiness(blobs[0], scattered) == pytest.approx(0.5, abs=0.05)


def test_trustworthiness_of_sampled_rows_is_near_that_of_all(blobs):
    coordinates = quick("pca", blobs[0]).coordinates
    whole = trustworthiness(blobs[0], coordinates)
    assert trustworthiness(blobs[0], coordinates, n_rows=100) == pytest.approx(whole, abs=0.02)


@pytest.mark.parametrize("n_rows", [3, 4, 9, 30])
def test_a_small_pool_is_judged_by_fewer_neighbours(n_rows, blobs):
    points = blobs[0][:n_rows]
    found = trustworthiness(points, quick("pca", points).coordinates)
    theirs = sklearn.manifold.trustworthiness(
        points,
        quick("pca", points).coordinates,
        n_neighbors=(n_rows - 1) // 2,
        metric="cosine",
    )
    assert found == pytest.approx(theirs, abs=1e-6)


def test_trustworthiness_of_two_rows_is_refused(blobs):
    with pytest.raises(ValueError, match="at least 3 rows"):
        trustworthiness(blobs[0][:2], blobs[0][:2, :2])
