"""Thresholds, feature sets and latent statistics, against plain numpy on small pools."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import RequestError
from core.records import Csr
from core.sae.features import feature_sets
from core.sae.statistics import N_BANDS, N_EACH, N_TOP, latent_statistics, top_examples
from core.sae.threshold import ThresholdConfig, calibrate, theta_for

N_ROWS, N_LATENTS = 200, 64


def csr_of(dense):
    rows, columns = np.nonzero(dense)
    indptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(dense)))])
    values = dense[rows, columns].astype(np.float16)
    return Csr(indptr.astype(np.int64), columns.astype(np.uint32), values, dense.shape[1])


def random_dense(seed, share=0.4):
    rng = np.random.default_rng(seed)
    values = rng.gamma(2.0, size=(N_ROWS, N_LATENTS)).astype(np.float16).astype(float)
    return values * (rng.random((N_ROWS, N_LATENTS)) < share)


@pytest.fixture(scope="module")
def dense():
    return random_dense(0)


@pytest.fixture(scope="module")
def lengths(dense):
    return (dense > 0).sum(axis=1) * 10


@pytest.fixture(scope="module")
def calibrated(dense, lengths):
    return calibrate(csr_of(dense), lengths, ThresholdConfig(target_share=0.1))


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000), target=st.integers(1, 12))
def test_the_median_row_has_the_target_number_of_latents(seed, target):
    dense = random_dense(seed)
    sizes = (dense > theta_for(csr_of(dense), target)).sum(axis=1)
    assert abs(np.median(sizes) - target) <= 0.5


def test_calibration_reports_the_median_it_reached(dense, calibrated):
    assert calibrated.median_set_size == np.median((dense > calibrated.theta).sum(axis=1))


def test_reachable_latents_are_counted(dense, calibrated):
    assert calibrated.n_reachable == ((dense > calibrated.theta).sum(axis=0) > 0).sum()


def test_length_correlation_is_pearsons(dense, lengths, calibrated):
    sizes = (dense > calibrated.theta).sum(axis=1)
    assert calibrated.length_correlation == pytest.approx(np.corrcoef(lengths, sizes)[0, 1])


def test_without_a_threshold_fewer_rows_saturate_coverage(dense, lengths, calibrated):
    none = calibrate(csr_of(dense), lengths, ThresholdConfig(value=0.0))
    assert none.saturation_rows < calibrated.saturation_rows


def test_all_stored_codes_passing_is_reported(dense, lengths):
    one_each = csr_of(dense * (dense == dense.max(axis=1, keepdims=True)))
    assert calibrate(one_each, lengths, ThresholdConfig(value=0.0)).full_share == 1


def test_a_given_value_is_taken(dense, lengths):
    assert calibrate(csr_of(dense), lengths, ThresholdConfig(value=1.5)).theta == 1.5


def test_a_quantile_is_of_the_stored_codes(dense, lengths):
    codes = csr_of(dense)
    found = calibrate(codes, lengths, ThresholdConfig(quantile=0.9)).theta
    assert found == pytest.approx(np.quantile(codes.values.astype(np.float32), 0.9))


def test_a_pool_without_codes_is_an_error():
    with pytest.raises(RequestError, match="sees nothing"):
        calibrate(csr_of(np.zeros((3, 4))), np.ones(3, np.int64), ThresholdConfig())


def test_one_row_is_enough():
    result = calibrate(csr_of(np.array([[0, 2.0, 1.0]])), np.array([5]), ThresholdConfig())
    assert (result.median_set_size, result.length_correlation) == (1, None)


def test_feature_sets_hold_exactly_the_latents_above(dense):
    sets = feature_sets(csr_of(dense), 2.0)
    assert all(set(sets.rows.row(i)) == set(np.flatnonzero(dense[i] > 2.0)) for i in range(N_ROWS))


def test_feature_columns_are_the_rows_turned(dense):
    sets = feature_sets(csr_of(dense), 2.0)
    for j in range(N_LATENTS):
        assert np.array_equal(sets.columns.row(j), np.flatnonzero(dense[:, j] > 2.0))


def test_feature_sets_take_a_threshold_a_latent(dense):
    thresholds = np.linspace(0, 5, N_LATENTS, dtype=np.float32)
    sets = feature_sets(csr_of(dense), thresholds)
    assert np.array_equal(sets.columns.lengths(), (dense > thresholds).sum(axis=0))


def test_density_maximum_and_mean_equal_numpy(dense):
    found = latent_statistics(csr_of(dense))
    fires = dense > 0
    assert np.allclose(found.density, fires.mean(axis=0))
    assert np.allclose(found.maximum, dense.max(axis=0))
    assert np.allclose(found.mean, dense.sum(axis=0) / fires.sum(axis=0), rtol=1e-5)


def test_latents_that_never_fire_are_dead():
    found = latent_statistics(csr_of(np.array([[1.0, 0, 0, 0], [2.0, 0, 3.0, 0]])))
    assert (found.dead_share, found.maximum[1], found.mean[1]) == (0.5, 0, 0)


def test_top_rows_are_the_strongest_with_ties_by_row(dense):
    found = top_examples(csr_of(dense))
    for j in range(N_LATENTS):
        fires = np.flatnonzero(dense[:, j])
        best = fires[np.lexsort((fires, -dense[fires, j]))]
        assert np.array_equal(found.top_rows[j], best[:N_TOP])


def test_bands_fall_and_hold_no_top_row(dense):
    found = top_examples(csr_of(dense))
    for j in range(N_LATENTS):
        below = found.band_values[j].ravel()
        assert np.all(np.diff(below) <= 0) and below[0] <= found.top_values[j, -1]
        assert not set(found.band_rows[j].ravel()) & set(found.top_rows[j])


def test_few_rows_leave_the_rest_marked_absent():
    found = top_examples(csr_of(np.array([[0.0, 2.0], [0.0, 3.0]])))
    assert found.top_rows[1].tolist() == [1, 0] + [-1] * (N_TOP - 2)
    assert found.band_rows.tolist() == [[[-1] * N_EACH] * N_BANDS] * 2


def test_rows_to_read_again_are_named_once(dense):
    found = top_examples(csr_of(dense))
    rows = found.rows()
    assert rows[0] >= 0 and np.all(np.diff(rows) > 0)


@pytest.mark.parametrize(
    "module", ["core.sae", "core.sae.info", "core.sae.threshold", "core.sae.statistics"]
)
def test_what_the_first_page_needs_loads_no_torch(module):
    code = f"import sys, {module}; raise SystemExit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
