"""The knee of a coverage curve: by hand, where there is none, and what it does not depend on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.pipeline.knee import knee


def test_a_corner_is_the_knee():
    curve = np.concatenate([np.arange(0, 101, 10), np.arange(101, 191)])
    assert knee(curve).rows == 10
    assert knee(curve).covered == 100


def test_a_hyperbola_bends_where_it_is_as_steep_as_its_chord():
    """y = -1/x from 0.1 to 1 rises by 9 over 0.9, and has the slope 10 where x * x = 0.1."""
    x = np.linspace(0.1, 1, 901)
    curve = ((-1 / x + 5 + 5) * 1_000).astype(np.int64)
    found = knee(curve)
    assert x[found.rows] == pytest.approx(np.sqrt(0.1), abs=0.02)


def test_a_long_plateau_does_not_move_the_knee():
    rising = np.concatenate([np.arange(0, 101, 10), np.arange(101, 191)])
    flat = np.full(5_000, rising[-1])
    assert knee(np.concatenate([rising, flat])) == knee(rising)


@pytest.mark.parametrize(
    "curve",
    [
        [0],
        [0, 3],
        [0, 0, 0, 0],
        list(range(200)),
        [at * at for at in range(200)],
    ],
    ids=["nothing", "one row", "flat", "straight", "convex"],
)
def test_a_curve_that_does_not_bend_has_no_knee(curve):
    assert knee(np.array(curve, dtype=np.int64)) is None


@given(st.lists(st.integers(0, 50), min_size=3, max_size=400))
def test_a_knee_lies_on_the_curve(gains):
    falling = np.sort(np.array(gains, dtype=np.int64))[::-1]
    curve = np.concatenate([[0], np.cumsum(falling)])
    found = knee(curve)
    if found is not None:
        assert 0 < found.rows < len(curve)
        assert curve[found.rows] == found.covered


@given(st.lists(st.integers(0, 50), min_size=3, max_size=200), st.integers(2, 9))
def test_counting_every_latent_more_often_moves_no_knee(gains, times):
    falling = np.sort(np.array(gains, dtype=np.int64))[::-1]
    curve = np.concatenate([[0], np.cumsum(falling)])
    once, often = knee(curve), knee(curve * times)
    assert (once and once.rows) == (often and often.rows)
