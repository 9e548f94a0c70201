"""Progress says how far a stage is, how fast, and how long it will still take."""

import io

import pytest

from core import reporting
from core.console import ConsoleReporter
from core.reporting import StageClock, time_left


@pytest.fixture
def clock(monkeypatch):
    """A stage whose time is moved by hand."""
    now = [100.0]
    monkeypatch.setattr(reporting.time, "monotonic", lambda: now[0])
    stage = StageClock("Reading", "rows")
    return stage, now


def test_the_estimate_follows_the_rate(clock):
    stage, now = clock
    stage.advance(0, 1000, "")
    now[0] += 10
    stage.advance(250, 1000, "")
    assert (stage.rate, stage.seconds_left) == (25.0, 30.0)


def test_rows_kept_from_an_earlier_run_do_not_make_the_rest_look_quick(clock):
    stage, now = clock
    stage.advance(800, 1000, "")
    now[0] += 10
    stage.advance(900, 1000, "")
    assert stage.seconds_left == 10.0


def test_no_estimate_is_given_before_anything_is_done(clock):
    stage, _ = clock
    stage.advance(0, 1000, "")
    assert stage.seconds_left is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "estimating"),
        (2, "5 s left"),
        (33, "35 s left"),
        (58, "1 min left"),
        (240, "4 min left"),
        (4800, "1 h 20 min left"),
    ],
)
def test_time_is_told_as_people_say_it(seconds, words):
    assert time_left(seconds) == words


def test_a_log_gets_whole_lines_and_the_last_one_says_the_end():
    stream = io.StringIO()
    progress = ConsoleReporter(stream).stage("Reading", "rows")
    progress(0, 20)
    progress(20, 20)
    assert stream.getvalue().endswith("s\n")
    assert "100% · 20 of 20 rows" in stream.getvalue().splitlines()[-1]


def test_the_end_of_a_stage_is_told_once():
    stream = io.StringIO()
    progress = ConsoleReporter(stream).stage("Reading", "rows")
    progress(20, 20)
    progress(20, 20)
    assert stream.getvalue().count("\n") == 1


def test_a_terminal_line_moves_in_place():
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    stream = Terminal()
    progress = ConsoleReporter(stream).stage("Reading", "rows")
    progress(1, 20)
    progress(20, 20)
    assert stream.getvalue().count("\n") == 1
    assert stream.getvalue().startswith("\r")
