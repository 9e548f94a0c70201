"""NovelSelect: bounds and lists give what the formula gives."""

import numpy as np
import pytest
import torch

from core.select import Budget, Constraints, Quota, novel, select
from core.select.density import _search_of, _search_on, densities
from core.select.hashing import hash_order
from core.select.limits import Limits
from core.select.novel import novel_order
from core.select.vectors import unit_vectors_of
from core.select.view import id_hashes, id_ranks
from tests.select_pools import example_ids, readings, view_of


def chosen(arrays, budget, config=None, *, columns=None, **options):
    view = view_of(arrays, columns=columns)
    return select("novelselect", view, Budget("rows", budget), config or {}, **options)


def formula(unit, density, row, subset, power):
    """The mean of the paper's code, taken literally: scale, rank, weigh."""
    scaled = [(1 - unit[row] @ unit[one]) * (density[row] + density[one]) for one in subset]
    ranks = np.argsort(np.argsort(scaled)) + 1
    return np.mean(np.array(scaled) * ranks**-power)


def naive(unit, density, budget, *, power, first, id_rank):
    unit = unit.astype(np.float64)
    rows = list(first)
    while len(rows) < budget:
        left = [row for row in range(len(unit)) if row not in rows]
        scores = np.array([formula(unit, density, row, rows, power) for row in left])
        rows.append(left[np.lexsort((id_rank[left], -scores.round(9)))[0]])
    return rows


def order_of(unit, density, budget, *, power=1.0, first=(0,), constraints=None):
    n_rows = len(unit)
    limits = Limits.of(constraints or Constraints(), n_rows=n_rows, budget=budget)
    return novel_order(
        unit,
        density,
        budget,
        power=power,
        first=np.array(first),
        limits=limits,
        id_rank=id_ranks(example_ids(n_rows)),
    )


def circle(*degrees):
    turns = np.radians(degrees)
    return np.stack([np.cos(turns), np.sin(turns)], axis=1).astype(np.float32)


def test_by_hand_the_second_distance_counts_half():
    # from 0: 180 is at 2, so it is next. Then 90 has 1 / 1 + 1 / 2 = 1.5, and 120 has
    # 0.5 / 1 + 1.5 / 2 = 1.25 (nearest first)
    found = order_of(circle(0, 120, 90, 180), np.full(4, 0.5), 4)
    assert found.rows.tolist() == [0, 3, 2, 1]
    assert found.novelty[1:3].tolist() == pytest.approx([2.0, 1.5 / 2])
    assert np.isnan(found.novelty[0])


def test_density_scales_the_distance_to_both_rows():
    # 60 degrees at density 3: 0.5 * (3 + 1) = 2; 90 degrees at density 0.5: 1 * (0.5 + 1) = 1.5
    found = order_of(circle(0, 60, 90), np.array([1.0, 3.0, 0.5]), 2)
    assert found.rows.tolist() == [0, 1]
    assert found.novelty[1] == pytest.approx(2.0)


@pytest.mark.parametrize("power", [0.0, 1.0, 2.5])
@pytest.mark.parametrize("leaders", [1, 5, 4096])
def test_the_bounded_search_picks_what_the_formula_picks(power, leaders, monkeypatch):
    monkeypatch.setattr(novel, "LEADERS", leaders)
    rng = np.random.default_rng(3)
    unit = unit_vectors_of(rng.normal(size=(90, 6)).astype(np.float32))
    density = rng.uniform(0.5, 2, size=90)
    expected = naive(
        unit, density, 40, power=power, first=[0, 7], id_rank=id_ranks(example_ids(90))
    )
    assert order_of(unit, density, 40, power=power, first=(0, 7)).rows.tolist() == expected


def test_equal_rows_are_taken_by_smaller_id():
    unit = np.repeat(circle(0, 180), [1, 6], axis=0)
    ranks = id_ranks(example_ids(7))
    found = order_of(unit, np.ones(7), 2)
    assert found.rows[1] == 1 + np.argmin(ranks[1:])


def test_the_first_row_is_random_by_hash():
    arrays = readings()
    order = hash_order(9, id_hashes(arrays["ids"]), id_ranks(arrays["ids"]))
    assert chosen(arrays, 3, seed=9).rows[0] == order[0]


def test_pinned_rows_stand_in_for_the_first():
    limits = Constraints(pinned=np.array([5, 9]))
    found = chosen(readings(), 6, constraints=limits)
    assert np.isnan(found.explains["novelty"]).tolist() == [True] * 2 + [False] * 4


def test_a_quota_bounds_what_is_picked():
    limits = Constraints(quotas=(Quota("half", "low", most=2),))
    columns = {"half": np.where(np.arange(60) < 30, "low", "high")}
    found = chosen(readings(), 20, constraints=limits, columns=columns)
    assert (found.rows < 30).sum() == 2


def test_rows_far_apart_are_picked_before_rows_near_each_other():
    found = chosen({"embeddings": np.repeat(np.eye(5), 8, axis=0).astype(np.float32)}, 5)
    assert sorted(found.rows // 8) == [0, 1, 2, 3, 4]


# density


def test_density_is_by_the_nearest_other_vectors():
    points = np.array([[0], [1], [3], [3]], dtype=np.float32)  # the second 3 counts once
    near = densities(points, 2, power=0.5)
    assert near.tolist() == pytest.approx([5**-0.5, 2.5**-0.5, 6.5**-0.5, 6.5**-0.5])


def test_density_to_the_power_0_is_left_out():
    points = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32)
    assert densities(points, 5, power=0.0).tolist() == [1.0] * 20


def test_density_counts_all_others_when_there_are_few():
    points = np.array([[0], [2]], dtype=np.float32)
    assert densities(points, 10, power=1.0).tolist() == pytest.approx([0.25, 0.25])


def test_equal_rows_alone_are_as_dense_as_it_gets():
    assert densities(np.ones((4, 2), dtype=np.float32), 10, power=0.5) == pytest.approx(1e-9**-0.5)


def test_density_is_that_of_a_naive_search():
    points = np.random.default_rng(1).normal(size=(700, 5)).astype(np.float32)
    apart = ((points[:, None].astype(np.float64) - points[None]) ** 2).sum(axis=2)
    nearest = np.sort(apart, axis=1)[:, 1:11].mean(axis=1)
    assert densities(points, 10, power=0.5) == pytest.approx((nearest + 1e-9) ** -0.5)


def test_far_from_the_origin_a_row_is_still_not_its_own_neighbour():
    points = 300 + np.random.default_rng(1).normal(size=(60, 4)).astype(np.float32) * 0.01
    apart = ((points[:, None].astype(np.float64) - points[None]) ** 2).sum(axis=2)
    nearest = np.sort(apart, axis=1)[:, 1:]
    assert densities(points, 59, power=1.0) == pytest.approx(1 / (nearest.mean(axis=1) + 1e-9))


def test_torch_finds_the_neighbours_that_faiss_finds():
    points = np.random.default_rng(5).normal(size=(200, 6)).astype(np.float32)
    here, there = _search_of(points, 11, "cpu"), _search_on(points, 11, "cpu")
    assert np.sort(there(points[:50])).tolist() == np.sort(here(points[:50])).tolist()


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
def test_a_gpu_finds_the_same_densities():
    points = np.random.default_rng(2).normal(size=(3000, 32)).astype(np.float32)
    here, there = (densities(points, 10, power=0.5, device=one) for one in ("cpu", "cuda"))
    assert there == pytest.approx(here, rel=1e-9)
