"""Vendi score and log-determinant: what the eigenvalues of the cosines say of chosen rows."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics.pairwise import cosine_similarity

from core.errors import RequestError
from core.metrics import log_det, vendi_score
from core.metrics.spectrum import spectrum

JITTER = 1e-10


def every(points):
    return np.arange(len(points))


def points_of(n_rows, d_in, seed=0, dtype=np.float32):
    return (np.random.default_rng(seed).normal(size=(n_rows, d_in)) * 3).astype(dtype)


def naive_vendi(points):
    values = np.linalg.eigvalsh(cosine_similarity(points.astype(np.float64)) / len(points))
    values = values[values > 1e-12]
    return math.exp(-(values * np.log(values)).sum())


def test_two_rows_at_60_degrees_by_hand():
    points = np.array([[2, 0], [0.5, math.sqrt(0.75)]])
    # K / 2 = [[.5, .25], [.25, .5]] has the eigenvalues 3/4 and 1/4
    expected = math.exp(-(0.75 * math.log(0.75) + 0.25 * math.log(0.25)))
    assert vendi_score(points, every(points)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("shape", [(7, 40), (40, 40), (60, 12)])
def test_vendi_equals_the_formula_on_either_side_of_the_width(shape):
    points = points_of(*shape)
    assert vendi_score(points, every(points)) == pytest.approx(naive_vendi(points), rel=1e-9)


def test_both_forms_of_the_cosine_matrix_have_one_spectrum():
    tall = points_of(30, 8)
    wide = np.pad(tall, ((0, 0), (0, 60)))  # zeros change no cosine, but which form is taken
    assert np.allclose(
        spectrum(tall, every(tall)).values, spectrum(wide, every(wide)).values[-8:], atol=1e-12
    )


@pytest.mark.parametrize("m", [1, 2, 9])
def test_orthonormal_rows_are_worth_their_number(m):
    assert vendi_score(np.eye(9), np.arange(m)) == pytest.approx(m, rel=1e-12)


@pytest.mark.parametrize("shape", [(3, 5), (20, 5)])
def test_identical_rows_are_worth_one(shape):
    assert vendi_score(np.full(shape, 0.3), np.arange(shape[0])) == pytest.approx(1, rel=1e-9)


def test_copies_in_equal_number_change_nothing():
    points = points_of(6, 9)
    twice = np.concatenate([points, points])
    assert vendi_score(twice, every(twice)) == pytest.approx(vendi_score(points, every(points)))


def test_one_row_is_worth_one_and_none_is_not_defined():
    points = points_of(3, 4)
    assert vendi_score(points, np.array([2])) == pytest.approx(1)
    assert math.isnan(vendi_score(points, np.array([], dtype=np.int64)))
    assert math.isnan(log_det(points, np.array([], dtype=np.int64)))


def test_a_row_of_zeros_is_like_nothing_but_itself():
    points = np.array([[1.0, 0], [0, 0], [2, 0]])  # two of one direction, one of none
    expected = math.exp(-(2 / 3 * math.log(2 / 3) + 1 / 3 * math.log(1 / 3)))
    assert vendi_score(points, every(points)) == pytest.approx(expected)


def test_more_rows_of_zeros_than_directions_leave_the_spectrum_whole():
    points = np.zeros((6, 2))
    points[0, 0] = 5
    assert vendi_score(points, every(points)) == pytest.approx(6)
    assert spectrum(points, every(points)).values.tolist() == [1] * 6


def test_vendi_is_the_same_in_half_precision_and_at_any_length_of_rows():
    points = points_of(50, 16, dtype=np.float16)
    scaled = points.astype(np.float32) * np.arange(1, 51, dtype=np.float32)[:, None]
    expected = naive_vendi(points)
    assert vendi_score(points, every(points)) == pytest.approx(expected, rel=1e-6)
    assert vendi_score(scaled, every(points)) == pytest.approx(expected, rel=1e-6)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 999), m=st.integers(1, 30))
def test_the_order_of_rows_does_not_matter(seed, m):
    points, rows = points_of(30, 10, seed), np.random.default_rng(seed).permutation(30)[:m]
    assert vendi_score(points, rows) == pytest.approx(vendi_score(points, rows[::-1]), rel=1e-9)
    assert log_det(points, rows) == pytest.approx(log_det(points, rows[::-1]), rel=1e-6, abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 999), m=st.integers(1, 30))
def test_vendi_lies_between_one_and_the_rows_or_the_width(seed, m):
    score = vendi_score(points_of(30, 10, seed), np.arange(m))
    assert 1 - 1e-9 <= score <= min(m, 10) + 1e-9


def test_log_det_of_two_rows_at_60_degrees_by_hand():
    points = np.array([[2, 0], [0.5, math.sqrt(0.75)]])
    assert log_det(points, every(points)) == pytest.approx(math.log(1 - 0.25), abs=1e-8)


def test_log_det_equals_the_determinant_of_the_source():
    points = points_of(20, 50)
    gram = cosine_similarity(points.astype(np.float64)) + JITTER * np.eye(20)
    sign, expected = np.linalg.slogdet(gram)
    assert sign == 1
    assert log_det(points, every(points)) == pytest.approx(expected, rel=1e-9)


def test_rows_beyond_the_width_count_the_jitter_each():
    points = points_of(9, 3)
    gram = cosine_similarity(points.astype(np.float64))
    nonzero = np.linalg.eigvalsh(gram)[-3:]
    expected = np.log(nonzero + JITTER).sum() + 6 * math.log(JITTER)
    assert log_det(points, every(points)) == pytest.approx(expected, rel=1e-9)


def test_log_det_of_orthonormal_rows_is_zero_and_of_copies_finite():
    assert log_det(np.eye(5), np.arange(5)) == pytest.approx(0, abs=1e-8)
    copies = np.ones((4, 6))
    assert log_det(copies, every(copies)) == pytest.approx(
        math.log(4) + 3 * math.log(JITTER), abs=1e-4
    )


def test_what_is_not_finite_or_not_there_is_refused_in_one_line():
    points = points_of(4, 3)
    with pytest.raises(RequestError, match="device 'tpu' is not there"):
        vendi_score(points, every(points), device="tpu")
    points[2, 1] = np.nan
    with pytest.raises(RequestError, match="not finite"):
        vendi_score(points, every(points))


def test_progress_is_told_and_may_stop_the_work():
    seen = []
    points = points_of(40, 6)
    vendi_score(points, every(points), progress=lambda done, total, note="": seen.append(done))
    assert seen[-1] == 40
