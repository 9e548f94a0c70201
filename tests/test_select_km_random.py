"""kM-Random: even draws inside each cluster."""

import numpy as np

from core.select import Budget, select
from core.select.hashing import hash_order
from core.select.view import id_hashes, id_ranks
from tests.select_pools import readings, view_of


def picked(name, arrays, budget, config, **options):
    return select(name, view_of(arrays), Budget("rows", budget), config, **options)


def test_clusters_share_by_size():
    points = np.repeat([0.0, 50.0], [8, 4])[:, None].astype(np.float32)
    points += np.linspace(0, 1, 12, dtype=np.float32)[:, None]
    rows = picked("km-random", {"embeddings": points}, 6, {"clusters": 2}).rows
    assert [int((rows < 8).sum()), int((rows >= 8).sum())] == [4, 2]


def test_it_is_kmq_without_quality():
    arrays = readings()
    plain = picked("km-random", arrays, 20, {"clusters": 4})
    uniform = picked("kmq", arrays, 20, {"clusters": 4, "weighting": "uniform"})
    assert plain.rows.tolist() == uniform.rows.tolist()


def test_one_cluster_is_drawn_by_hash():
    arrays = readings()
    found = picked("km-random", arrays, 20, {"clusters": 1}, seed=5)
    order = hash_order(5, id_hashes(arrays["ids"]), id_ranks(arrays["ids"]), "kmq")
    assert found.rows.tolist() == order[:20].tolist()


def test_every_row_of_a_cluster_is_drawn_about_equally_often():
    points = np.repeat([0.0, 50.0], [10, 5])[:, None].astype(np.float32)
    counts = np.zeros(15)
    config = {"clusters": 2, "restarts": 1, "iterations": 9}
    for seed in range(300):
        counts[picked("km-random", {"embeddings": points}, 3, config, seed=seed).rows] += 1
    assert counts.min() > 36  # 60 expected, 7 a standard deviation
    assert counts.max() < 84
