"""Each selector on a case small enough to be worked by hand."""

import numpy as np
import pytest

from core.errors import RequestError
from core.select import Budget, Constraints, select
from core.select.hashing import seeded_hash, uniforms
from core.select.view import id_hashes
from tests.select_pools import feature_sets, random_matrix, readings, sets_of, view_of

WORD = (1 << 64) - 1


def picked(name, arrays, budget, config=None, *, columns=None, **options):
    view = view_of(arrays, columns=columns)
    return select(name, view, Budget("rows", budget), config or {}, **options)


# random


def splitmix64(bits):
    bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & WORD
    bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & WORD
    return bits ^ (bits >> 31)


def test_the_seeded_hash_is_splitmix64_over_seed_and_id():
    start = splitmix64((7 + 0x9E3779B97F4A7C15) & WORD)
    expected = [splitmix64(5 ^ start), splitmix64(WORD ^ start)]
    assert seeded_hash(7, np.array([5, WORD], dtype=np.uint64)).tolist() == expected


def test_random_takes_the_smallest_hashes():
    ids = np.array(["a", "b", "c", "d", "e"])
    hashes = seeded_hash(9, id_hashes(ids))
    found = picked("random", {"ids": ids}, 3, seed=9)
    assert found.rows.tolist() == np.argsort(hashes)[:3].tolist()


def test_random_draws_every_row_about_equally_often():
    ids = np.array([f"row {n}" for n in range(20)])
    counts = np.zeros(20)
    for seed in range(600):
        counts[picked("random", {"ids": ids}, 5, seed=seed).rows] += 1
    assert counts.min() > 100 and counts.max() < 200  # 150 expected, 11 a standard deviation


def test_uniform_numbers_stay_strictly_between_0_and_1():
    extremes = np.array([0, WORD], dtype=np.uint64)
    drawn = np.concatenate([uniforms(seed, extremes) for seed in range(2000)])
    assert drawn.min() > 0 and drawn.max() < 1


# longest


def test_longest_orders_by_length_then_by_id():
    arrays = {"ids": np.array(["d", "c", "b", "a"]), "lengths": np.array([3, 9, 9, 1])}
    assert picked("longest", arrays, 4).rows.tolist() == [2, 1, 0, 3]


def test_longest_puts_pins_first_and_leaves_forbidden_out():
    arrays = {"ids": np.array(["a", "b", "c", "d"]), "lengths": np.array([4, 3, 2, 1])}
    limits = Constraints(pinned=np.array([3]), forbidden=np.array([0]))
    assert picked("longest", arrays, 3, constraints=limits).rows.tolist() == [3, 1, 2]


# sae-greedy


def test_sae_greedy_brings_most_new_features_first():
    arrays = {"codes": sets_of([{0, 1}, {0, 1, 2, 3}, {1, 2, 3}, {4}], 5), "ids": list("abcd")}
    found = picked("sae-greedy", arrays, 4)
    assert found.rows.tolist() == [1, 3, 2, 0]
    assert found.gains.tolist() == [4, 1, 0, 0]
    assert found.own_gains.tolist() == [4, 1, 3, 1]
    assert found.round_starts.tolist() == [0, 2]


def test_sae_greedy_covers_no_less_than_random_at_any_budget():
    arrays = {"codes": random_matrix(200, 120, seed=2, density=0.03)}
    greedy = picked("sae-greedy", arrays, 150)
    for seed in range(5):
        others = picked("random", arrays, 150, seed=seed)
        assert (np.cumsum(greedy.gains) >= np.cumsum(others.gains)).all()


def test_sae_greedy_scans_when_asked():
    # the scan takes row 1, which is larger, before row 2, which brings more
    arrays = {"codes": sets_of([{0, 1, 2, 3}, {0, 1, 4}, {5, 6}], 7), "ids": list("abc")}
    assert picked("sae-greedy", arrays, 3, {"mode": "scan"}).rows.tolist() == [0, 1, 2]
    assert picked("sae-greedy", arrays, 3).rows.tolist() == [0, 2, 1]


# kmq

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
    assert large_and_small(picked("kmq", two_clusters(), budget, config).rows) == parts


def test_kmq_counts_pins_towards_their_clusters_part():
    limits = Constraints(pinned=np.array([8, 9, 10]))
    found = picked("kmq", two_clusters(), 6, {"clusters": 2}, constraints=limits)
    assert large_and_small(found.rows) == [3, 3]  # the small cluster's part would have been 2


def test_kmq_gives_a_forbidden_clusters_part_to_the_others():
    limits = Constraints(forbidden=np.arange(8, 12))
    found = picked("kmq", two_clusters(), 6, {"clusters": 2}, constraints=limits)
    assert large_and_small(found.rows) == [6, 0]


def test_kmq_at_a_low_temperature_takes_the_best_of_each_cluster():
    config = {"clusters": 2, "temperature": 0.001}
    found = picked("kmq", two_clusters(), 6, config)
    assert sorted(found.rows.tolist()) == [2, 3, 6, 7, 10, 11]


def test_kmq_draws_by_softmax_of_quality():
    arrays = {
        "embeddings": np.zeros((2, 2), dtype=np.float32),
        "quality": np.log([1.0, 3.0]).astype(np.float32),
    }
    config = QUICK | {"weighting": "softmax"}
    first = [picked("kmq", arrays, 1, config, seed=seed).rows[0] for seed in range(400)]
    assert 0.68 < np.mean(first) < 0.82  # 3 / (1 + 3); 0.022 a standard deviation


def test_kmq_draws_linearly_when_asked():
    arrays = {
        "embeddings": np.zeros((3, 2), dtype=np.float32),
        "quality": np.array([1, 3, 0], dtype=np.float32),
    }
    config = QUICK | {"weighting": "linear"}
    first = [picked("kmq", arrays, 1, config, seed=seed).rows[0] for seed in range(400)]
    assert set(first) == {0, 1}
    assert 0.68 < np.mean(first) < 0.82


def test_kmq_takes_rows_of_no_weight_only_to_fill_the_budget():
    arrays = {
        "embeddings": np.zeros((3, 2), dtype=np.float32),
        "quality": np.array([0, 3, 0], dtype=np.float32),
    }
    config = {"clusters": 1, "weighting": "linear"}
    found = picked("kmq", arrays, 3, config)
    assert found.rows[0] == 1 and sorted(found.rows.tolist()) == [0, 1, 2]


def test_kmq_refuses_negative_quality_with_linear_weights():
    with pytest.raises(RequestError, match="linear weighting needs quality of 0 or more"):
        picked("kmq", readings(), 9, {"weighting": "linear"})


def test_kmq_with_one_cluster_and_no_quality_is_random():
    arrays = readings()
    config = {"clusters": 1, "quality": "uniform"}
    drawn = picked("kmq", arrays, 20, config, seed=5).rows
    assert set(drawn.tolist()) == set(picked("random", arrays, 20, seed=5).rows.tolist())


def test_kmq_with_equal_scores_draws_as_without_weights():
    arrays = readings() | {"quality": np.full(60, 2.5, dtype=np.float32)}
    equal = picked("kmq", arrays, 20)
    assert equal.rows.tolist() == picked("kmq", arrays, 20, {"weighting": "uniform"}).rows.tolist()


def test_kmq_bounds_its_clusters_by_a_quarter_of_the_budget_and_says_so():
    found = picked("kmq", readings(), 21)
    assert len(found.explains["cluster_sizes"]) == 5
    assert "a quarter of the budget" in found.notes[0]


def test_kmq_refuses_more_clusters_than_rows():
    with pytest.raises(RequestError, match="61 clusters need as many rows; the pool has 60"):
        picked("kmq", readings(), 20, {"clusters": 61})


def test_kmq_refuses_embeddings_that_are_not_finite():
    arrays = readings()
    arrays["embeddings"][3, 1] = np.nan
    with pytest.raises(RequestError, match="not finite"):
        picked("kmq", arrays, 20)


def test_kmq_moves_no_cluster_when_a_row_is_rejected():
    before = picked("kmq", readings(), 30)
    after = picked("kmq", readings(), 30, constraints=Constraints(forbidden=before.rows[:1]))
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
    found = picked("kmq", readings(), 12, {"quality": given}, columns=columns)
    assert found.explains["quality"] == source


def test_kmq_without_any_quality_says_uniform():
    arrays = {name: readings()[name] for name in ("ids", "embeddings")}
    assert picked("kmq", arrays, 12).explains["quality"] == "uniform"


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
        picked("kmq", readings(), 12, {"quality": given}, columns=columns)


def test_unfired_features_change_nothing():
    matrix = random_matrix(50, 30, seed=1)
    wider = np.concatenate([matrix, np.zeros((50, 9), dtype=bool)], axis=1)
    first = picked("sae-greedy", {"codes": feature_sets(matrix)}, 30)
    assert (
        picked("sae-greedy", {"codes": feature_sets(wider)}, 30).rows.tolist()
        == first.rows.tolist()
    )
