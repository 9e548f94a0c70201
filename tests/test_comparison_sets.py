"""Exact intersections and Jaccard of subsets: by hand, against Python sets, and by chance."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.pipeline import comparison_sets as sets

A, B, C = np.array([0, 1, 2, 3]), np.array([2, 3, 4]), np.array([3, 9])


def test_exact_intersections_by_hand():
    found = sets.overlap([A, B, C], 10)
    told = {one.members: one.n_rows for one in found.intersections}
    assert told == {(0,): 2, (1,): 1, (2,): 1, (0, 1): 1, (0, 1, 2): 1}
    assert found.exactly(0b111).tolist() == [3]
    assert found.n_union == 6


def test_the_largest_intersection_comes_first():
    counts = [one.n_rows for one in sets.overlap([A, B, C], 10).intersections]
    assert counts == sorted(counts, reverse=True)


def test_jaccard_by_hand():
    found = sets.overlap([A, B, C], 10)
    assert found.jaccard[0, 1] == 2 / 5
    assert found.jaccard[0, 2] == 1 / 5
    assert found.shared.tolist() == [[4, 2, 1], [2, 3, 1], [1, 1, 2]]


def test_two_empty_subsets_are_alike():
    nothing = np.array([], dtype=np.int64)
    found = sets.overlap([nothing, nothing], 5)
    assert found.jaccard.tolist() == [[1, 1], [1, 1]] and not found.intersections


def test_more_subsets_than_fit_are_refused():
    with pytest.raises(ValueError, match="1 to 6"):
        sets.overlap([A] * 7, 10)


@pytest.mark.parametrize(("a", "b", "n"), [(2, 3, 5), (1, 1, 4), (4, 4, 5), (5, 2, 5), (0, 2, 4)])
def test_the_jaccard_of_chance_is_the_mean_over_every_pair_of_subsets(a, b, n):
    pairs = [
        (set(one), set(other))
        for one in itertools.combinations(range(n), a)
        for other in itertools.combinations(range(n), b)
    ]
    mean = sum(len(x & y) / len(x | y) for x, y in pairs) / len(pairs)
    assert sets.expected_jaccard(a, b, n) == pytest.approx(mean, abs=1e-12)


def test_the_jaccard_of_chance_is_that_of_drawn_subsets():
    rng = np.random.default_rng(0)
    drawn = []
    for _ in range(400):
        x, y = (rng.choice(2000, size, replace=False) for size in (300, 500))
        both = len(np.intersect1d(x, y))
        drawn.append(both / (800 - both))
    assert sets.expected_jaccard(300, 500, 2000) == pytest.approx(np.mean(drawn), abs=0.002)


def test_rows_expected_by_chance_add_up_to_the_pool():
    sizes = (4, 3, 2)
    whole = sum(sets.expected_rows(pattern, sizes, 10) for pattern in range(8))
    assert whole == pytest.approx(10)
    assert sets.expected_rows(0b001, sizes, 10) == pytest.approx(10 * 0.4 * 0.7 * 0.8)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_intersections_are_those_of_python_sets(data):
    n_pool = data.draw(st.integers(1, 30))
    subsets = data.draw(
        st.lists(st.sets(st.integers(0, n_pool - 1)), min_size=1, max_size=sets.MOST)
    )
    found = sets.overlap([np.array(sorted(one), dtype=np.int64) for one in subsets], n_pool)
    naive = {}
    for row in range(n_pool):
        inside = tuple(at for at, one in enumerate(subsets) if row in one)
        if inside:
            naive[inside] = naive.get(inside, 0) + 1
    assert {one.members: one.n_rows for one in found.intersections} == naive
    for (a, x), (b, y) in itertools.product(enumerate(subsets), repeat=2):
        assert found.jaccard[a, b] == pytest.approx(len(x & y) / len(x | y) if x | y else 1)
