"""What other thresholds would make of coverage."""

import numpy as np
import pytest

from core.errors import ModelError
from core.pipeline import (
    features,
    threshold_line,
    thresholds,
    views,
)
from core.records import Csr
from tests.covering import measured, workspace

__all__ = ["measured", "workspace"]


def toy():
    """Three rows over four latents."""
    indptr = np.array([0, 2, 4, 5])
    indices = np.array([0, 1, 1, 2, 3], dtype=np.uint32)
    values = np.array([3, 1, 2, 2, 1], dtype=np.float16)
    return Csr(indptr, indices, values, 4)


def measure(theta):
    orders = [np.array([0, 1, 2]), np.array([2, 1, 0])]
    return threshold_line.measure_threshold(
        toy(), np.array([9, 5, 1]), theta,
        quantile=0.0, orders=orders, id_rank=np.arange(3), whole=True,
    )  # fmt: skip


def test_a_threshold_is_measured_as_by_hand():
    line = measure(0.0)
    assert (line.n_reachable, line.median, line.picks_to_all) == (4, 2.0, 3)
    assert line.greedy == 1.0 and line.empty_share == 0
    assert line.random == (1.0, 1.0)
    assert line.r == pytest.approx(np.corrcoef([9, 5, 1], [2, 2, 1])[0, 1])


def test_a_higher_threshold_leaves_fewer_latents():
    line = measure(1.5)
    assert (line.n_reachable, line.median, line.picks_to_all) == (3, 1.0, 2)
    assert line.empty_share == pytest.approx(1 / 3)


def test_the_verdict_follows_the_budget_and_the_set_sizes():
    line = measure(0.0)
    assert threshold_line.verdict(line, 10) == threshold_line.HEALTHY
    assert threshold_line.verdict(line, 30) == threshold_line.EARLY
    assert threshold_line.verdict(measure(1.5), 10) == threshold_line.FEW


def test_the_table_is_kept_and_falls_with_the_threshold(measured):
    found = thresholds.stored_thresholds(measured)
    assert not found.why_no_sample
    assert len(found.lines) == len(thresholds.QUANTILES)
    thetas = [line.theta for line in found.lines]
    medians = [line.median for line in found.lines]
    assert thetas == sorted(thetas) and medians == sorted(medians, reverse=True)
    again = thresholds.measure_thresholds(measured)
    assert again.seconds < 5 and len(measured.artifacts("thresholds")) == 1


def test_the_line_in_use_agrees_with_the_features_in_use(measured):
    line = thresholds.line_in_use(measured)
    notes = views.in_use(measured, "features").notes
    assert line.theta == notes["threshold"]["theta"]
    assert line.median == notes["threshold"]["median_set_size"]
    assert line.n_reachable == notes["n_reachable"]
    assert line.r == pytest.approx(notes["threshold"]["length_correlation"])


def test_a_threshold_measured_on_the_pool_can_be_put_in_use(measured, tmp_path):
    lines = [one for one in thresholds.stored_thresholds(measured).lines if one.whole]
    assert lines
    features.make(measured, {"value": lines[-1].theta})
    line = thresholds.line_in_use(measured)
    assert (line.median, line.n_reachable) == (lines[-1].median, lines[-1].n_reachable)
    features.make(measured, {})


def test_without_the_model_the_table_says_why_and_keeps_what_is_stored(workspace, monkeypatch):
    def absent(*_, **__):
        raise ModelError("the model is not here")

    monkeypatch.setattr(thresholds, "read_sample", absent)
    thresholds.measure_thresholds(workspace)
    found = thresholds.stored_thresholds(workspace)
    assert found.why_no_sample == "the model is not here"
    assert all(line.whole for line in found.lines) and not len(found.tokens)


def test_other_readings_have_no_table_yet(workspace):
    assert thresholds.stored_thresholds(workspace) is None
