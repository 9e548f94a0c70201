"""The one k-means of the project: textbook, parity, and what an iteration must never do."""

import numpy as np
import pytest
import sklearn.cluster
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st

from core.centroids import fit_centroids, nearest, nearest_centroids
from core.centroids.fitting import _start
from core.errors import Cancelled, RequestError


def lloyd(points, centroids, n_iterations):
    """The iterations as they are written in textbooks, in float64."""
    points, centroids = points.astype(np.float64), centroids.astype(np.float64)
    labels = None
    for _ in range(n_iterations + 1):
        apart = ((points[:, None] - centroids[None]) ** 2).sum(axis=2)
        before, labels = labels, apart.argmin(axis=1)
        if before is not None and (before == labels).all():
            break
        used = np.unique(labels)
        centroids[used] = [points[labels == one].mean(axis=0) for one in used]
    return labels


def spread_out(n_rows=500, width=16, *, seed=0):
    """Overlapping heaps of very different size, so that iterations go on for a while."""
    rng = np.random.default_rng(seed)
    heaps = rng.normal(size=(12, width)) * 1.5
    which = np.minimum(rng.exponential(3, n_rows).astype(int), 11)
    return (heaps[which] + rng.normal(size=(n_rows, width))).astype(np.float32)


@pytest.fixture
def by_products(monkeypatch):
    """Labels by products alone, as on a CUDA device."""
    monkeypatch.setattr(nearest, "MOST_BOUNDS", 0)


@pytest.fixture
def by_bounds(monkeypatch):
    """Labels by bounds from the first iteration on, however many are open."""
    monkeypatch.setattr(nearest, "MOSTLY_OPEN", 2.0)


def test_two_heaps_have_their_means_for_centroids():
    points = np.array([[0, 0], [0, 2], [10, 0], [10, 4], [13, 2]], dtype=np.float32)
    found = fit_centroids(points, 2)
    left, right = found.labels[0], found.labels[2]
    assert found.labels.tolist() == [left, left, right, right, right]
    assert found.centroids[left].tolist() == [0, 1]
    assert found.centroids[right].tolist() == [11, 2]
    assert found.squared.tolist() == pytest.approx([1, 1, 5, 5, 4], rel=1e-6)
    assert found.inertia == pytest.approx(16, rel=1e-6)
    assert found.converged


@pytest.mark.parametrize("way", ["", "by_products", "by_bounds"])
@pytest.mark.parametrize("n_clusters", [1, 2, 7, 40, 90])
def test_labels_are_those_of_the_textbook_from_the_same_start(way, n_clusters, request):
    if way:
        request.getfixturevalue(way)
    points = spread_out()
    start = _start(len(points), n_clusters, 42, 0)
    found = fit_centroids(points, n_clusters, n_starts=1)
    assert found.converged
    assert found.labels.tolist() == lloyd(points, points[start], 300).tolist()


@pytest.mark.parametrize("n_iterations", [1, 2, 5])
def test_labels_are_those_of_the_textbook_when_it_is_stopped_early(n_iterations, by_bounds):
    points = spread_out()
    expected = lloyd(points, points[_start(len(points), 20, 42, 0)], n_iterations)
    found = fit_centroids(points, 20, n_starts=1, n_iterations=n_iterations)
    assert (found.n_iterations, found.converged) == (n_iterations, False)
    assert found.labels.tolist() == expected.tolist()


def test_the_objective_is_that_of_scikit_learn_from_the_same_starts():
    points = spread_out(2000)
    starts = [points[_start(len(points), 12, 42, one)] for one in range(5)]
    theirs = [sklearn.cluster.KMeans(12, init=one, n_init=1, tol=0).fit(points) for one in starts]
    best = min(one.inertia_ for one in theirs)
    assert fit_centroids(points, 12).inertia == pytest.approx(best, rel=0.01)


def test_more_iterations_change_nothing_once_it_has_converged():
    points = spread_out()
    first = fit_centroids(points, 9, n_starts=1)
    again = fit_centroids(points, 9, n_starts=1, n_iterations=first.n_iterations + 1)
    assert first.converged
    assert first.n_iterations < 300
    assert again.labels.tolist() == first.labels.tolist()


def test_the_best_start_counts():
    points = spread_out()
    found = [fit_centroids(points, 9, n_starts=starts, seed=3).inertia for starts in range(1, 7)]
    assert found == sorted(found, reverse=True)
    assert found[-1] < found[0]


@settings(max_examples=30, deadline=None)
@given(
    n_rows=st.integers(1, 60),
    n_distinct=st.integers(1, 8),
    n_clusters=st.integers(1, 12),
    seed=st.integers(0, 99),
)
def test_rows_lie_with_their_nearest_centroid_and_centroids_amid_their_rows(
    n_rows, n_distinct, n_clusters, seed
):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(n_distinct, 3))[rng.integers(n_distinct, size=n_rows)]
    points = points.astype(np.float32)
    n_clusters = min(n_clusters, n_rows)
    found = fit_centroids(points, n_clusters, n_starts=2, seed=seed)
    apart = np.linalg.norm(points[:, None] - found.centroids[None], axis=2)
    assert apart[np.arange(n_rows), found.labels] == pytest.approx(apart.min(axis=1), abs=1e-5)
    for one in np.unique(found.labels):
        assert found.centroids[one] == pytest.approx(points[found.labels == one].mean(0), abs=1e-5)
    if n_clusters >= len(np.unique(points, axis=0)):  # an empty centroid moves to where it helps
        assert found.inertia == 0


def test_an_offset_loses_no_digits():
    points = spread_out()
    near = fit_centroids(points, 9, n_starts=2)
    far = fit_centroids(points + np.float32(1000), 9, n_starts=2)
    assert sklearn.metrics.adjusted_rand_score(near.labels, far.labels) > 0.99


def test_half_precision_is_read_as_it_is():
    points = spread_out().astype(np.float16)
    wide = fit_centroids(points.astype(np.float32), 9, n_starts=2)
    assert fit_centroids(points, 9, n_starts=2).labels.tolist() == wide.labels.tolist()


def test_an_order_by_id_makes_the_clusters_free_of_positions():
    points = spread_out().astype(np.float16)
    order = np.random.default_rng(1).permutation(len(points))
    moved = np.random.default_rng(2).permutation(len(points))
    place = np.argsort(moved)
    here = fit_centroids(points, 9, n_starts=2, order=order, sample=20)
    there = fit_centroids(points[moved], 9, n_starts=2, order=place[order], sample=20)
    assert there.labels.tolist() == here.labels[moved].tolist()


@pytest.mark.parametrize("sample", [None, 20])
def test_the_same_seed_gives_the_same_clusters(sample):
    points = spread_out()
    first, again = (fit_centroids(points, 9, n_starts=2, seed=7, sample=sample) for _ in range(2))
    assert first.labels.tolist() == again.labels.tolist()


def test_rows_outside_the_sample_go_to_their_nearest_centroid():
    points = spread_out()
    found = fit_centroids(points, 4, sample=10)
    labels, squared = nearest_centroids(points, found.centroids)
    apart = ((points[:, None] - found.centroids[None]) ** 2).sum(axis=2)
    assert found.labels.tolist() == labels.tolist() == apart.argmin(axis=1).tolist()
    assert squared == pytest.approx(apart.min(axis=1), rel=1e-4)


def test_it_can_be_cancelled_within_a_start():
    def cancel(done, total, note=""):
        if "start 1 of 5, 3 iterations" in note:
            raise Cancelled

    with pytest.raises(Cancelled):
        fit_centroids(spread_out(), 40, progress=cancel)


def test_progress_never_falls_and_ends_at_its_total():
    seen = []
    fit_centroids(
        spread_out(), 9, sample=20, progress=lambda done, total, note="": seen.append((done, total))
    )
    assert seen == sorted(seen)
    assert len(seen) > 10
    assert seen[-1][0] == seen[-1][1]


def test_fewer_rows_than_clusters_are_refused():
    with pytest.raises(RequestError, match="61 clusters need as many rows; the pool has 60"):
        fit_centroids(spread_out(60), 61)


def test_values_that_are_not_finite_are_refused():
    points = spread_out(60)
    points[31, 2] = np.nan
    with pytest.raises(RequestError, match="not finite"):
        fit_centroids(points, 3)


@pytest.mark.gpu
def test_a_cuda_device_finds_the_same_clusters():
    torch = pytest.importorskip("torch")
    if not torch.cuda.is_available():
        pytest.skip("needs CUDA")
    points = spread_out(4000, 32)
    here, there = (fit_centroids(points, 20, n_starts=2, device=one) for one in ("cpu", "cuda"))
    assert there.inertia == pytest.approx(here.inertia, rel=1e-3)
    assert (here.labels == there.labels).mean() > 0.99
