"""What a method costs, told apart from what compiling it once costs."""

import pytest
from numba.core import event

from core import stopwatch
from core.stopwatch import COMPILING, Stopwatch


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(stopwatch.time, "monotonic", clock)
    monkeypatch.setattr(event, "timer", clock)
    return clock


def test_seconds_of_compiling_do_not_count(clock):
    with Stopwatch() as taken:
        clock.now += 2
        with event.trigger_event(COMPILING):
            clock.now += 7
        clock.now += 1
    assert taken.seconds == 3


def test_without_compiling_every_second_counts(clock):
    with Stopwatch() as taken:
        clock.now += 2
    assert taken.seconds == 2


def test_a_real_loop_is_compiled_under_the_event_that_is_timed():
    from numba import njit

    with Stopwatch() as taken:
        njit(lambda number: number + 1)(1)
    assert taken._compiling.duration > 0


def test_a_stopwatch_that_has_stopped_counts_no_more(clock):
    with Stopwatch() as taken:
        clock.now += 2
    with event.trigger_event(COMPILING):
        clock.now += 7
    assert not taken._compiling.done
