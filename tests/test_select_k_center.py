"""k-center: exact farthest-first traversal, whatever is looked at lazily."""

from itertools import combinations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import RequestError
from core.records import silent
from core.select import Budget, Constraints, Quota, farthest, select
from core.select.farthest import farthest_first
from core.select.hashing import hash_order
from core.select.limits import Limits
from core.select.view import id_hashes, id_ranks
from tests.select_pools import example_ids, readings, view_of

RAW = {"normalise": False}


def chosen(embeddings, budget, config=RAW, *, ids=None, columns=None, **options):
    arrays = {"embeddings": np.asarray(embeddings, dtype=np.float32)}
    if ids is not None:
        arrays["ids"] = np.array(ids)
    view = view_of(arrays, columns=columns)
    return select("k-center", view, Budget("rows", budget), config, **options)


def line(*places):
    return np.array(places, dtype=np.float32)[:, None]


def naive(points, budget, *, first, id_rank):
    """Every distance at every pick, by differences in float64."""
    points = points.astype(np.float64)
    rows = [first]
    gap = ((points - points[first]) ** 2).sum(axis=1)
    while len(rows) < budget:
        gap[rows] = -np.inf
        best = np.lexsort((id_rank, -gap))[0]
        rows.append(int(best))
        gap = np.minimum(gap, ((points - points[best]) ** 2).sum(axis=1))
    return rows


def traversal(points, budget, **options):
    id_rank = id_ranks(example_ids(len(points)))
    limits = Limits.of(Constraints(), n_rows=len(points), budget=budget)
    options = {"first": np.array([0]), "limits": limits, "id_rank": id_rank} | options
    return farthest_first(points, budget, **options)


def test_on_a_line_each_pick_is_the_farthest_point():
    # mean 4.4: starts at 4; then 10 (6 away), 0 (4), 7 (3), 1 (1)
    found = chosen(line(0, 1, 4, 7, 10), 5)
    assert found.rows.tolist() == [2, 4, 0, 3, 1]
    assert found.explains["gap"].tolist() == [np.inf, 6, 4, 3, 1]


def test_equal_gaps_go_to_the_smaller_id():
    found = chosen(line(0, 5, 10), 3, ids=["c", "a", "b"])
    assert found.rows.tolist() == [1, 2, 0]


def test_rows_on_a_chosen_row_come_last_by_id():
    found = chosen(line(3, 3, 0, 0, 3), 5, ids=list("edcba"))
    assert found.rows.tolist() == [4, 3, 2, 1, 0]
    assert found.explains["gap"].tolist() == [np.inf, 3, 0, 0, 0]


@pytest.mark.parametrize(
    ("start", "row"), [("mean", 1), ("norm", 2)]
)  # of 1, 4 and 9 the mean is 4.7
def test_the_first_row_is_the_one_asked_for(start, row):
    assert chosen(line(1, 4, 9), 1, RAW | {"start": start}).rows.tolist() == [row]


def test_a_random_start_is_by_hash_of_the_id():
    ids = example_ids(9)
    order = hash_order(5, id_hashes(ids), id_ranks(ids))
    found = chosen(line(*range(9)), 1, RAW | {"start": "random"}, ids=ids, seed=5)
    assert found.rows.tolist() == order[:1].tolist()


def test_the_traversal_goes_on_from_pinned_rows():
    found = chosen(line(0, 1, 4, 7, 10), 3, constraints=Constraints(pinned=np.array([0, 1])))
    assert found.rows[2] == 4
    assert found.explains["gap"][2] == 9


def test_normalised_rows_differ_by_direction_alone():
    points = [[1, 0], [50, 1], [0, 1]]
    assert chosen(points, 2, {"start": "random", "normalise": True}, seed=0).rows[1] == 2
    assert chosen(points, 2, {"start": "norm", "normalise": True}).rows.tolist() == [1, 2]
    assert chosen(points, 2, {"start": "norm", "normalise": False}).rows.tolist() == [1, 2]
    assert chosen(points, 2, RAW | {"start": "norm"}).explains["gap"][1] == np.sqrt(2500.0)


def test_the_note_tells_the_radius_left():
    found = chosen(line(0, 1, 4, 7, 10), 3)
    assert found.notes == ("every row that may still be chosen is within 3 of a chosen one",)


@pytest.mark.parametrize("width", [1, 3, 40])
@pytest.mark.parametrize("leaders", [2, 7, 2048])
def test_the_lazy_search_picks_what_the_naive_one_picks(width, leaders, monkeypatch):
    monkeypatch.setattr(farthest, "LEADERS", leaders)
    monkeypatch.setattr(farthest, "SEGMENT", 5)
    points = np.random.default_rng(width).normal(size=(300, width)).astype(np.float32)
    id_rank = id_ranks(example_ids(300))
    assert traversal(points, 120).rows.tolist() == naive(points, 120, first=0, id_rank=id_rank)


@settings(max_examples=60, deadline=None)
@given(
    points=st.lists(st.tuples(*[st.integers(-3, 3)] * 2), min_size=1, max_size=40),
    share=st.floats(0, 1),
)
def test_ties_on_a_grid_are_broken_as_the_naive_search_does(points, share):
    points = np.array(points, dtype=np.float32)
    budget = max(1, round(share * len(points)))
    id_rank = id_ranks(example_ids(len(points)))
    assert traversal(points, budget).rows.tolist() == naive(
        points, budget, first=0, id_rank=id_rank
    )


def test_rows_closer_than_float32_products_can_tell_are_ordered_by_their_true_distance():
    # products of rows of length 1000 are off by hundredths, the distances differ by less
    rng = np.random.default_rng(0)
    points = (1000 + rng.normal(size=(80, 16)) * 0.01).astype(np.float32)
    id_rank = id_ranks(example_ids(80))
    assert traversal(points, 60).rows.tolist() == naive(points, 60, first=0, id_rank=id_rank)


def test_gaps_never_rise_and_end_above_the_radius():
    points = np.random.default_rng(1).normal(size=(400, 6)).astype(np.float32)
    found = traversal(points, 90)
    assert (np.diff(found.gaps[1:]) <= 0).all()
    apart = np.linalg.norm(points[:, None] - points[found.rows][None], axis=2).min(axis=1)
    assert found.radius == pytest.approx(apart.max(), rel=1e-5)
    assert found.radius <= found.gaps[-1]


@pytest.mark.parametrize("seed", range(8))
def test_the_radius_is_at_most_twice_the_smallest_possible(seed):
    points = np.random.default_rng(seed).normal(size=(12, 2)).astype(np.float32)
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    for budget in (1, 2, 4):
        smallest = min(
            apart[:, list(some)].min(axis=1).max() for some in combinations(range(12), budget)
        )
        rows = chosen(points, budget).rows
        assert apart[:, rows].min(axis=1).max() <= 2 * smallest + 1e-6


def test_near_duplicates_of_a_chosen_row_are_left_out():
    groups = np.array([0, 1, 2, 3, 3])
    found = chosen(line(0, 1, 4, 9, 10), 4, constraints=Constraints(groups=groups))
    assert found.rows.tolist() == [2, 4, 0, 1]


def test_a_quota_bounds_what_the_traversal_may_take():
    limits = Constraints(quotas=(Quota("side", "right", most=1),))
    columns = {"side": np.array(["left", "left", "left", "right", "right"])}
    found = chosen(line(0, 1, 4, 9, 10), 3, constraints=limits, columns=columns)
    assert found.rows.tolist() == [2, 4, 0]


def test_progress_is_told_and_may_stop_the_search():
    class Stop(Exception):
        pass

    def stop(done, total, note=""):
        raise Stop

    with pytest.raises(Stop):
        traversal(np.eye(9, dtype=np.float32), 5, progress=stop)
    assert len(traversal(np.eye(9, dtype=np.float32), 5, progress=silent).rows) == 5


def test_embeddings_that_are_not_finite_are_refused():
    arrays = readings()
    arrays["embeddings"][3, 1] = np.nan
    with pytest.raises(RequestError, match="not finite"):
        select("k-center", view_of(arrays), Budget("rows", 5))


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
def test_a_gpu_picks_the_same_rows():
    points = np.random.default_rng(2).normal(size=(3000, 64)).astype(np.float32)
    assert (
        traversal(points, 500, device="cuda").rows.tolist() == traversal(points, 500).rows.tolist()
    )
