"""Herding: exact picks by a screen of rounded rows."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.select import Budget, Constraints, Quota, select
from core.select.screen import _OnDevice, screen_of
from core.select.vectors import unit_vectors_of
from core.select.view import id_ranks
from tests.select_pools import example_ids, readings, view_of

RAW = {"normalise": False}


def chosen(embeddings, budget, config=RAW, *, ids=None, columns=None, **options):
    arrays = {"embeddings": np.asarray(embeddings, dtype=np.float32)}
    if ids is not None:
        arrays["ids"] = np.array(ids)
    view = view_of(arrays, columns=columns)
    return select("herding", view, Budget("rows", budget), config, **options)


def naive(vectors, budget, *, id_rank, pinned=()):
    vectors = vectors.astype(np.float64)
    mean = vectors.mean(axis=0)
    weights, rows = mean.copy(), []
    for at in range(budget):
        scores = (vectors @ weights).round(9)
        scores[rows] = -np.inf
        best = pinned[at] if at < len(pinned) else int(np.lexsort((id_rank, -scores))[0])
        rows.append(best)
        weights += mean - vectors[best]
    return rows


def line(*places):
    return np.array(places, dtype=np.float32)[:, None]


def test_on_a_line_the_running_mean_is_drawn_back_to_the_mean():
    # mean 2: w = 2 takes 5; w = 2 + 2 - 5 = -1 takes the smallest, 0; w = 1 takes 3; w = 0
    found = chosen(line(0, 3, 5, 0.5, 1.5), 4, ids=list("abcde"))
    assert found.rows.tolist() == [2, 0, 1, 3]
    assert found.explains["distance"].tolist() == pytest.approx([3, 0.5, 2 / 3, 0.125])


def test_equal_products_go_to_the_smaller_id():
    assert chosen([[1, 0], [1, 0], [1, 0]], 3, ids=["c", "a", "b"]).rows.tolist() == [1, 2, 0]


def test_normalised_rows_weigh_the_same():
    points = [[100, 1], [0, 1], [0, 1]]
    assert chosen(points, 1, RAW).rows.tolist() == [0]
    assert chosen(points, 1, {"normalise": True}, ids=["c", "a", "b"]).rows.tolist() == [1]


@pytest.mark.parametrize("config", [RAW, {"normalise": True}])
def test_the_screened_search_picks_what_the_naive_one_picks(config):
    arrays = readings(400, seed=2)
    points = arrays["embeddings"]
    vectors = unit_vectors_of(points) if config["normalise"] else points
    expected = naive(vectors, 150, id_rank=id_ranks(arrays["ids"]))
    assert chosen(points, 150, config, ids=arrays["ids"]).rows.tolist() == expected


def test_pinned_rows_move_the_weights():
    points = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
    ids = example_ids(50)
    rank = id_ranks(ids)
    pinned = sorted([3, 8], key=lambda row: rank[row])
    found = chosen(points, 20, ids=ids, constraints=Constraints(pinned=np.array([8, 3])))
    assert found.rows.tolist() == naive(points, 20, id_rank=rank, pinned=pinned)


def test_the_mean_of_the_subset_comes_nearer_than_a_random_ones():
    points = np.random.default_rng(1).normal(size=(2000, 16)).astype(np.float32)
    mean = points.mean(axis=0)
    herded = points[chosen(points, 100).rows].mean(axis=0)
    drawn = points[:100].mean(axis=0)
    assert np.linalg.norm(herded - mean) < 0.2 * np.linalg.norm(drawn - mean)


def test_the_distance_told_is_that_of_the_last_mean():
    points = np.random.default_rng(1).normal(size=(60, 4)).astype(np.float32)
    found = chosen(points, 20)
    apart = np.linalg.norm(points[found.rows].mean(axis=0) - points.mean(axis=0))
    assert found.explains["distance"][-1] == pytest.approx(apart, rel=1e-4)


def test_a_quota_bounds_what_is_herded():
    limits = Constraints(quotas=(Quota("side", "right", most=1),))
    columns = {"side": np.array(["left", "left", "right", "right"])}
    found = chosen(line(1, 2, 9, 10), 3, constraints=limits, columns=columns)
    assert sorted(found.rows.tolist()) == [0, 1, 3]


@pytest.mark.parametrize("make", [screen_of, lambda rows: _OnDevice(rows, "cpu")])
def test_a_closed_screen_has_no_rivals(make):
    screen = make(np.eye(3, dtype=np.float32))
    screen.close(np.arange(3))
    assert not len(screen.rivals(np.ones(3)))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.integers(1, 40), st.floats(1e-3, 1e3))
def test_the_row_of_largest_product_is_among_the_rivals(seed, n_rows, width, scale):
    rng = np.random.default_rng(seed)
    vectors = (rng.normal(size=(n_rows, width)) * scale).astype(np.float32)
    vectors[rng.random(n_rows) < 0.2] = 0
    weights = rng.normal(size=width)
    vectors.flags.writeable = False  # as stored embeddings come
    for screen in (screen_of(vectors), _OnDevice(vectors, "cpu")):
        closed = rng.permutation(n_rows)[: n_rows // 2]
        screen.close(closed)
        products = vectors.astype(np.float64) @ weights
        products[closed] = -np.inf
        assert int(np.argmax(products)) in screen.rivals(weights)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
def test_a_gpu_herds_the_same_rows():
    points = np.random.default_rng(2).normal(size=(3000, 64)).astype(np.float32)
    view = view_of({"embeddings": points})
    here = select("herding", view, Budget("rows", 300)).rows
    view.device = "cuda"
    assert select("herding", view, Budget("rows", 300)).rows.tolist() == here.tolist()
