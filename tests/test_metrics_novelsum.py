"""NovelSum and the density that it weighs rows by."""

import math

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from core.metrics import NovelSumConfig, distinct_rows, novel_sum, sparsity


def points_of(n_rows, d_in, seed=0):
    return np.random.default_rng(seed).normal(size=(n_rows, d_in)).astype(np.float32)


def naive_novel_sum(pool, rows, config):
    """The definition, one row after the other, all distances at once."""
    pool = pool.astype(np.float64)
    reference = np.unique(pool, axis=0)
    chosen = pool[rows]
    cosine = np.maximum(cdist(chosen, chosen, "cosine"), 0)
    total = 0.0
    for at, row in enumerate(chosen):
        near = np.sort(((reference - row) ** 2).sum(axis=1))[1 : config.n_neighbours + 1]
        density = (near.mean() + 1e-9) ** -config.beta
        distances = cosine[at] if config.counts_itself else np.delete(cosine[at], at)
        weights = np.arange(1, len(distances) + 1) ** -float(config.alpha)
        total += density * np.average(np.sort(distances), weights=weights)
    return total / len(rows)


def test_two_rows_by_hand():
    # at 90 degrees: distances 0 and 1 with weights 1 and 1/2; squared gap 2 to the one neighbour
    config = NovelSumConfig(n_neighbours=1)
    expected = (0.5 / 1.5) / math.sqrt(2)
    assert novel_sum(np.eye(2), np.arange(2), config) == pytest.approx(expected)


def test_without_itself_the_nearest_other_row_has_the_whole_first_weight():
    config = NovelSumConfig(n_neighbours=1, counts_itself=False)
    assert novel_sum(np.eye(2), np.arange(2), config) == pytest.approx(1 / math.sqrt(2))


@pytest.mark.parametrize("counts_itself", [True, False])
@pytest.mark.parametrize("alpha", [0, 1, 2])
@pytest.mark.parametrize(("beta", "n_neighbours"), [(0, 5), (0.5, 10), (0.25, 1000)])
def test_it_equals_the_definition(alpha, beta, n_neighbours, counts_itself):
    config = NovelSumConfig(alpha, beta, n_neighbours, counts_itself)
    pool, rows = points_of(50, 6), np.random.default_rng(1).permutation(50)[:23]
    found = novel_sum(pool, rows, config)
    assert found == pytest.approx(naive_novel_sum(pool, rows, config), rel=1e-5)


def test_blocks_do_not_show(monkeypatch):
    pool, rows = points_of(50, 6), np.arange(40)
    expected = novel_sum(pool, rows)
    monkeypatch.setattr("core.metrics.blocks.ENTRIES", 120)
    monkeypatch.setattr("core.metrics.blocks.FEWEST", 1)
    assert novel_sum(pool, rows) == pytest.approx(expected, rel=1e-6)


def test_power_zero_of_rank_and_density_is_the_mean_distance():
    pool = points_of(30, 5)
    config = NovelSumConfig(alpha=0, beta=0, counts_itself=False)
    expected = cdist(pool, pool, "cosine")[np.triu_indices(30, 1)].mean()
    assert novel_sum(pool, np.arange(30), config) == pytest.approx(expected, rel=1e-5)


def test_copies_in_the_pool_do_not_change_a_density():
    pool = points_of(20, 4)
    twice = np.concatenate([pool, pool])
    rows = np.arange(12)
    assert novel_sum(twice, rows) == pytest.approx(novel_sum(pool, rows), rel=1e-6)


def test_identical_rows_have_no_novelty():
    assert novel_sum(np.ones((6, 3)), np.arange(6)) == 0


def test_one_row_has_no_novelty_and_without_itself_no_value():
    pool = points_of(5, 3)
    assert novel_sum(pool, np.array([2])) == 0
    assert math.isnan(novel_sum(pool, np.array([2]), NovelSumConfig(counts_itself=False)))
    assert math.isnan(novel_sum(pool, np.array([], dtype=np.int64)))


def test_the_order_of_rows_and_of_the_pool_does_not_matter():
    rng = np.random.default_rng(3)
    pool, rows, order = points_of(40, 5), rng.permutation(40)[:15], rng.permutation(40)
    moved = np.argsort(order)[rows][::-1]
    assert novel_sum(pool[order], moved) == pytest.approx(novel_sum(pool, rows), rel=1e-5)


def test_a_known_spread_is_used():
    pool, rows = points_of(30, 5), np.arange(11)
    spread = sparsity(pool, rows, np.arange(30))
    assert novel_sum(pool, rows, spread=spread) == pytest.approx(novel_sum(pool, rows))


def test_sparsity_is_the_mean_squared_distance_without_the_row_itself():
    pool = np.array([[0.0], [1], [3]], dtype=np.float32)
    found = sparsity(pool, np.array([0, 2]), np.arange(3), n_neighbours=2)
    assert found.tolist() == [(1 + 9) / 2, (4 + 9) / 2]


def test_a_row_without_neighbours_has_a_sparsity_of_zero():
    assert sparsity(np.ones((1, 3)), np.array([0]), np.array([0])).tolist() == [0]


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_distinct_rows_are_the_first_of_their_kind(dtype, monkeypatch):
    monkeypatch.setattr("core.metrics.density.BYTES", 8)
    pool = np.random.default_rng(0).integers(0, 3, size=(60, 3)).astype(dtype)
    expected = np.sort(np.unique(pool, axis=0, return_index=True)[1])
    assert distinct_rows(pool).tolist() == expected.tolist()
