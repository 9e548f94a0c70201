"""Silhouettes on shared distances, held against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import silhouette_samples, silhouette_score

from core.centroids.silhouette import mean_silhouettes


def test_a_case_worked_by_hand():
    points = np.array([[0], [1], [5]], dtype=np.float32)
    labels = np.array([0, 0, 1], dtype=np.int32)
    # (5 - 1) / 5 and (4 - 1) / 4; the row alone in its cluster counts 0
    found = mean_silhouettes(points, [labels], np.arange(3))
    assert found[0] == pytest.approx((0.8 + 0.75 + 0) / 3)


def test_every_partition_scores_as_in_scikit_learn():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(600, 12)).astype(np.float32) + 30
    labelings = [rng.integers(k, size=600).astype(np.int32) for k in (2, 7, 150)]
    expected = [silhouette_score(points.astype(np.float64), one) for one in labelings]
    assert mean_silhouettes(points, labelings, np.arange(600)) == pytest.approx(expected, abs=1e-5)


def test_a_sample_of_rows_is_scored_within_whole_clusters():
    rng = np.random.default_rng(1)
    points = rng.normal(size=(500, 6)).astype(np.float32)
    labels = (points[:, 0] > 0).astype(np.int32)
    rows = rng.choice(500, 40, replace=False)
    expected = silhouette_samples(points.astype(np.float64), labels)[rows].mean()
    assert mean_silhouettes(points, [labels], rows)[0] == pytest.approx(expected, abs=1e-5)


def test_identical_rows_and_a_single_cluster_score_nothing():
    points = np.ones((5, 3), dtype=np.float32)
    labelings = [np.zeros(5, dtype=np.int32), np.array([0, 0, 1, 1, 1], dtype=np.int32)]
    assert mean_silhouettes(points, labelings, np.arange(5)).tolist() == [0, 0]
