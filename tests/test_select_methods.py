"""Each selector on a case small enough to be worked by hand."""

import numpy as np
import pytest

from core.select import Budget, Constraints, select
from core.select.hashing import seeded_hash, uniforms
from core.select.view import id_hashes
from tests.select_pools import feature_sets, random_matrix, sets_of, view_of

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


DRAWN = {
    "kmq": {"clusters": 1, "weighting": "uniform"},
    "km-random": {"clusters": 1},
    "repr-filter": {"threshold": -1.0},
    "sae-simscale": {"order": "random", "tau": 1.0},
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_method_that_draws_shares_no_more_with_random_than_chance(name):
    arrays = {"ids": np.array([f"row {n}" for n in range(1000)]), "codes": sets_of([{0}] * 1000, 1)}
    arrays["embeddings"] = np.eye(2, dtype=np.float32)[np.zeros(1000, dtype=int)]
    chosen = set(picked(name, arrays, 100, DRAWN[name], seed=1).rows.tolist())
    shared = chosen & set(picked("random", arrays, 100, seed=1).rows.tolist())
    assert len(shared) < 25  # 10 expected, 2.8 a standard deviation


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


def test_unfired_features_change_nothing():
    matrix = random_matrix(50, 30, seed=1)
    wider = np.concatenate([matrix, np.zeros((50, 9), dtype=bool)], axis=1)
    first = picked("sae-greedy", {"codes": feature_sets(matrix)}, 30)
    assert (
        picked("sae-greedy", {"codes": feature_sets(wider)}, 30).rows.tolist()
        == first.rows.tolist()
    )
