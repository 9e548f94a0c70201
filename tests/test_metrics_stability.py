"""How much of a subset stays when the seed changes."""

import math

import numpy as np
import pytest
from scipy.stats import t as student
from sklearn.metrics import jaccard_score

from core.metrics import pairwise_jaccard, stability


def drawn(count, budget, n_rows, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.permutation(n_rows)[:budget] for _ in range(count)]


def test_three_subsets_by_hand():
    found = stability(
        [np.array([0, 1, 2]), np.array([1, 2, 3]), np.array([2, 3, 9])], n_rows=10, level=0.9
    )
    # pairs: 2 of 4, 1 of 5, 2 of 4; leaving one subset out leaves the pair of the other two
    assert found.jaccard[np.triu_indices(3, 1)].tolist() == [0.5, 0.2, 0.5]
    assert found.mean == pytest.approx(0.4)
    error = math.sqrt(2 / 3 * (0.1**2 + 0.2**2 + 0.1**2))
    reach = student.ppf(0.95, 2) * error
    assert (found.low, found.high) == (max(0.4 - reach, 0), pytest.approx(min(0.4 + reach, 1)))


def test_jaccard_equals_scikit_learn():
    subsets = drawn(4, 30, 80)
    member = np.zeros((4, 80), dtype=int)
    for at, subset in enumerate(subsets):
        member[at, subset] = 1
    expected = [[jaccard_score(a, b) for b in member] for a in member]
    assert np.allclose(pairwise_jaccard(subsets), expected)


def test_equal_subsets_are_stable_without_doubt():
    found = stability([np.arange(5)[::step] for step in (1, -1, 1)], n_rows=50)
    assert (found.mean, found.low, found.high) == (1, 1, 1)


def test_subsets_with_nothing_in_common_have_nothing():
    found = stability([np.arange(3), np.arange(3, 6), np.arange(6, 9)], n_rows=9)
    assert (found.mean, found.low, found.high) == (0, 0, 0)


def test_two_subsets_give_a_mean_without_an_interval():
    found = stability(drawn(2, 30, 40), n_rows=40)
    assert found.mean > 0
    assert math.isnan(found.low) and math.isnan(found.high)


def test_random_subsets_share_what_chance_gives_them():
    found = stability(drawn(30, 200, 1000), n_rows=1000)
    assert found.chance == pytest.approx(40 / 360)
    assert found.low < found.chance < found.high


def test_the_interval_holds_the_mean_over_all_seeds_about_as_often_as_it_says():
    rng = np.random.default_rng(5)

    def subset():  # a seed keeps more or less of a core of 60, and 20 rows by chance
        kept = np.flatnonzero(rng.random(60) < rng.uniform(0.3, 1))
        return np.concatenate([kept, 60 + rng.permutation(340)[:20]])

    truth = stability([subset() for _ in range(600)], n_rows=400).mean
    intervals = [stability([subset() for _ in range(6)], n_rows=400) for _ in range(100)]
    assert 86 <= sum(one.low <= truth <= one.high for one in intervals) <= 99


def test_the_order_of_subsets_and_of_rows_does_not_matter():
    subsets = drawn(5, 20, 60)
    one = stability(subsets, n_rows=60)
    other = stability([subset[::-1] for subset in subsets[::-1]], n_rows=60)
    assert (one.mean, one.low, one.high) == pytest.approx((other.mean, other.low, other.high))


def test_subsets_of_different_sizes_and_empty_ones_are_compared():
    found = pairwise_jaccard([np.arange(4), np.arange(2), np.array([], dtype=int)] * 2)
    assert found[0, :3].tolist() == [1, 0.5, 0]
    assert found[2, 5] == 1


@pytest.mark.parametrize(("count", "level"), [(0, 0.95), (1, 0.95), (3, 0), (3, 1)])
def test_too_few_subsets_and_odd_levels_are_refused(count, level):
    with pytest.raises(ValueError, match="seen"):
        stability(drawn(count, 5, 20), n_rows=20, level=level)
