"""kMQ: shares of clusters, weighted draws, the number of clusters, and other constraints."""

import json

import numpy as np
import pytest

from core.errors import RequestError
from core.select import Budget, Constraints, Quota, select
from core.select.cluster_count import GRID, silhouette_count, table_count
from core.select.hashing import hash_order
from core.select.view import id_hashes, id_ranks
from tests.select_pools import example_ids, readings, view_of


def picked(name, arrays, budget, config=None, *, columns=None, **options):
    view = view_of(arrays, columns=columns)
    return select(name, view, Budget("rows", budget), config or {}, **options)


def kmq(arrays, budget, config=None, **options):
    return picked("kmq", arrays, budget, config, **options)


QUICK = {"clusters": 1, "iterations": 1, "restarts": 1}


def two_clusters(sizes=(8, 4)):
    """A large cluster at 0 and a small one at 10, with the rows of the large one first."""
    rng = np.random.default_rng(0)
    centres = np.repeat([0.0, 10.0], sizes)[:, None]
    near = centres + rng.normal(size=(sum(sizes), 2)) * 0.1
    quality = np.tile(np.arange(4), sum(sizes) // 4)
    return {"embeddings": near.astype(np.float32), "quality": quality.astype(np.float32)}


def large_and_small(rows):
    return [int((rows < 8).sum()), int((rows >= 8).sum())]


@pytest.mark.parametrize(
    ("allocation", "budget", "parts"),
    [
        ("proportional", 6, [4, 2]),
        ("proportional", 5, [3, 2]),  # 3.33 and 1.67: the larger remainder is rounded up
        ("equal", 6, [3, 3]),
        ("equal", 10, [6, 4]),  # the small cluster is full at 4, the rest goes over
        ("equal", 12, [8, 4]),
    ],
)
def test_kmq_shares_the_budget_among_clusters(allocation, budget, parts):
    config = {"clusters": 2, "allocation": allocation}
    assert large_and_small(kmq(two_clusters(), budget, config).rows) == parts


def test_kmq_counts_pins_towards_their_clusters_part():
    limits = Constraints(pinned=np.array([8, 9, 10]))
    found = kmq(two_clusters(), 6, {"clusters": 2}, constraints=limits)
    assert large_and_small(found.rows) == [3, 3]  # the small cluster's part would have been 2


def test_kmq_gives_a_forbidden_clusters_part_to_the_others():
    limits = Constraints(forbidden=np.arange(8, 12))
    found = kmq(two_clusters(), 6, {"clusters": 2}, constraints=limits)
    assert large_and_small(found.rows) == [6, 0]


def test_kmq_at_a_low_temperature_takes_the_best_of_each_cluster():
    config = {"clusters": 2, "temperature": 0.001}
    found = kmq(two_clusters(), 6, config)
    assert sorted(found.rows.tolist()) == [2, 3, 6, 7, 10, 11]


def test_kmq_draws_by_softmax_of_quality():
    arrays = {
        "embeddings": np.zeros((2, 2), dtype=np.float32),
        "quality": np.log([1.0, 3.0]).astype(np.float32),
    }
    config = QUICK | {"weighting": "softmax"}
    first = [kmq(arrays, 1, config, seed=seed).rows[0] for seed in range(400)]
    assert 0.68 < np.mean(first) < 0.82  # 3 / (1 + 3); 0.022 a standard deviation


def test_kmq_draws_linearly_when_asked():
    arrays = {
        "embeddings": np.zeros((3, 2), dtype=np.float32),
        "quality": np.array([1, 3, 0], dtype=np.float32),
    }
    config = QUICK | {"weighting": "linear"}
    first = [kmq(arrays, 1, config, seed=seed).rows[0] for seed in range(400)]
    assert set(first) == {0, 1}
    assert 0.68 < np.mean(first) < 0.82


def test_kmq_takes_rows_of_no_weight_only_to_fill_the_budget():
    arrays = {
        "embeddings": np.zeros((3, 2), dtype=np.float32),
        "quality": np.array([0, 3, 0], dtype=np.float32),
    }
    config = {"clusters": 1, "weighting": "linear"}
    found = kmq(arrays, 3, config)
    assert found.rows[0] == 1 and sorted(found.rows.tolist()) == [0, 1, 2]


def test_kmq_refuses_negative_quality_with_linear_weights():
    with pytest.raises(RequestError, match="linear weighting needs quality of 0 or more"):
        kmq(readings(), 9, {"weighting": "linear"})


def test_kmq_with_one_cluster_and_no_quality_draws_by_hash():
    arrays = readings()
    config = {"clusters": 1, "quality": "uniform"}
    drawn = kmq(arrays, 20, config, seed=5).rows
    order = hash_order(5, id_hashes(arrays["ids"]), id_ranks(arrays["ids"]), "kmq")
    assert set(drawn.tolist()) == set(order[:20].tolist())


def test_kmq_with_equal_scores_draws_as_without_weights():
    arrays = readings() | {"quality": np.full(60, 2.5, dtype=np.float32)}
    equal = kmq(arrays, 20)
    assert equal.rows.tolist() == kmq(arrays, 20, {"weighting": "uniform"}).rows.tolist()


@pytest.mark.parametrize("choose", ["silhouette", "table"])
def test_kmq_bounds_its_clusters_by_a_quarter_of_the_budget_and_says_so(choose):
    found = kmq(readings(), 21, {"choose": choose})
    assert len(found.explains["cluster_sizes"]) == 5
    assert "a quarter of the budget" in found.notes[0]


def test_kmq_refuses_more_clusters_than_rows():
    with pytest.raises(RequestError, match="61 clusters need as many rows; the pool has 60"):
        kmq(readings(), 20, {"clusters": 61})


def test_kmq_refuses_embeddings_that_are_not_finite():
    arrays = readings()
    arrays["embeddings"][3, 1] = np.nan
    with pytest.raises(RequestError, match="not finite"):
        kmq(arrays, 20)


def test_kmq_moves_no_cluster_when_a_row_is_rejected():
    before = kmq(readings(), 30)
    after = kmq(readings(), 30, constraints=Constraints(forbidden=before.rows[:1]))
    assert before.explains["cluster_sizes"] == after.explains["cluster_sizes"]
    assert len(set(before.rows.tolist()) & set(after.rows.tolist())) >= 27


@pytest.mark.parametrize(
    ("given", "source"),
    [
        ("auto", "quality"),
        ("scores", "scores"),
        ("stars", "column 'stars'"),
        ("uniform", "uniform"),
    ],
)
def test_kmq_says_where_quality_came_from(given, source):
    columns = {"stars": np.arange(60)}
    found = kmq(readings(), 12, {"quality": given}, columns=columns)
    assert found.explains["quality"] == source


def test_kmq_without_any_quality_says_uniform():
    arrays = {name: readings()[name] for name in ("ids", "embeddings")}
    assert kmq(arrays, 12).explains["quality"] == "uniform"


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ("star", "did you mean 'stars'"),
        ("topic", "not numeric"),
        ("gaps", "no number in 2 of 60 rows"),
    ],
)
def test_a_quality_that_cannot_be_used_is_refused(given, complaint):
    columns = {
        "stars": np.arange(60),
        "topic": np.full(60, "law"),
        "gaps": np.where(np.arange(60) < 2, np.nan, 1.0),
    }
    with pytest.raises(RequestError, match=complaint):
        kmq(readings(), 12, {"quality": given}, columns=columns)


# defects of the authors' code (2.7)


@pytest.mark.parametrize("allocation", ["proportional", "equal"])
@pytest.mark.parametrize(("clusters", "budget"), [(7, 24), (7, 27), (40, 24), (60, 24), (24, 59)])
def test_kmq_fills_the_budget_whatever_the_number_of_clusters(clusters, budget, allocation):
    config = {"clusters": clusters, "allocation": allocation}
    rows = kmq(readings(), budget, config).rows
    assert len(set(rows.tolist())) == budget


def test_kmq_reads_scores_with_their_fractions():
    arrays = {
        "embeddings": np.zeros((2, 2), dtype=np.float32),
        "quality": np.array([1.0, 1.9], dtype=np.float32),
    }
    config = QUICK | {"temperature": 0.05}  # odds of exp(18); cut to whole numbers they were even
    assert {int(kmq(arrays, 1, config, seed=seed).rows[0]) for seed in range(40)} == {1}


def test_kmq_bears_scores_whose_exponential_is_infinite():
    arrays = {
        "embeddings": np.zeros((2, 2), dtype=np.float32),
        "quality": np.array([5000, 5000 + np.log(3)], dtype=np.float32),
    }
    first = [kmq(arrays, 1, QUICK, seed=seed).rows[0] for seed in range(400)]
    assert 0.68 < np.mean(first) < 0.82


# the number of clusters


def heaps(n_heaps, n_rows, *, seed=0):
    """Small heaps far apart, with a row of each first, then the others in turn."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(n_heaps, 16)) * 20
    near = centres[np.arange(n_rows) % n_heaps] + rng.normal(size=(n_rows, 16))
    return {"embeddings": near.astype(np.float32), "ids": np.array(example_ids(n_rows))}


@pytest.mark.parametrize("n_heaps", [64, 256])
def test_the_number_of_clusters_of_largest_silhouette_is_chosen(n_heaps):
    found = kmq(heaps(n_heaps, 1200), 1024, {"choose": "silhouette", "restarts": 1})
    silhouettes = found.explains["silhouettes"]
    assert list(silhouettes) == ["64", "128", "256"]
    assert max(silhouettes, key=silhouettes.get) == str(n_heaps)
    assert len(found.explains["cluster_sizes"]) == n_heaps
    assert found.notes[0].startswith(f"{n_heaps} clusters: the largest mean silhouette")


def test_explanations_of_the_number_of_clusters_are_json():
    explains = kmq(heaps(64, 600), 512, {"choose": "silhouette"}).explains
    whole = {name: one for name, one in explains.items() if not isinstance(one, np.ndarray)}
    assert json.loads(json.dumps(whole)) == whole
    assert list(whole["silhouettes"]) == ["64", "128"]


def test_the_grid_is_the_papers_and_stays_below_a_quarter_of_the_budget():
    assert GRID == (64, 128, 256, 512, 1024, 2048, 4096, 8192)
    count = silhouette_count(view_of(heaps(64, 600)), 511, seed=1)
    assert (count.n_clusters, dict(count.silhouettes)) == (64, {})
    assert "only number of the grid" in count.note


def test_the_choice_does_not_depend_on_the_order_of_the_pool():
    arrays = heaps(64, 700)
    order = np.random.default_rng(4).permutation(700)
    moved = {name: one[order] for name, one in arrays.items()}
    here, there = (silhouette_count(view_of(one), 512, seed=1) for one in (arrays, moved))
    assert here == there


@pytest.mark.parametrize(
    ("budget", "n_rows", "expected"),
    [(5000, 52_002, 64), (10_000, 196_000, 512), (100, 52_002, 25), (3, 50, 1)],
)
def test_the_table_follows_the_paper(budget, n_rows, expected):
    assert table_count(budget, n_rows).n_clusters == expected


# groups and quotas


def test_kmq_keeps_the_shares_when_groups_close_rows():
    groups = np.array([0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8], dtype=np.int32)
    limits = Constraints(groups=groups)
    rows = kmq(two_clusters(), 6, {"clusters": 2}, constraints=limits).rows
    assert large_and_small(rows) == [4, 2]
    assert len(set(groups[rows].tolist())) == 6


def test_kmq_leaves_the_shares_where_other_constraints_bind():
    groups = np.array([0] * 8 + [1, 2, 3, 4], dtype=np.int32)  # the large cluster has one to give
    rows = kmq(two_clusters(), 5, {"clusters": 2}, constraints=Constraints(groups=groups)).rows
    assert large_and_small(rows) == [1, 4]


def test_kmq_meets_quotas_and_fills_the_budget():
    columns = {"colour": np.array(["red", "blue"])[np.arange(12) % 2]}
    limits = Constraints(quotas=(Quota("colour", "red", most=2),))
    found = kmq(two_clusters(), 6, {"clusters": 2}, constraints=limits, columns=columns)
    assert (columns["colour"][found.rows] == "red").sum() == 2
    assert large_and_small(found.rows) == [4, 2]
