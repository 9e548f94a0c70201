"""The child process behind a SQL condition: whatever it does, it ends and reaches nothing."""

import time
from pathlib import Path

import pytest

from core.errors import RequestError
from core.search import sandbox
from core.search.sandbox import answer_of

CHILD = "tests.hostile_child"


def asked(deed, *, seconds=20.0, most=1 << 16):
    return answer_of(CHILD, deed.encode(), seconds=seconds, most=most).decode()


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(sandbox, "START", 0.5)


def members(group):
    """The processes of a group that are alive; the dead may wait for their burial."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, own = stat.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if own == group and state != "Z":
            found.append(stat.parent.name)
    return found


@pytest.mark.parametrize("deed", ["sleep", "levenshtein"])
def test_a_child_beyond_its_time_is_killed(deed, impatient):
    with pytest.raises(RequestError, match="took longer than"):
        asked(deed, seconds=0.6)


def test_a_child_that_closes_its_answer_and_lives_on_is_killed(impatient):
    with pytest.raises(RequestError):
        asked("stubborn", seconds=0.6)


def test_a_child_that_answers_without_end_is_stopped():
    with pytest.raises(RequestError, match="more than there can be"):
        asked("flood")


def test_a_child_that_crashes_is_one_line():
    with pytest.raises(RequestError, match="ended without an answer"):
        asked("crash")


def test_no_grandchild_outlives_the_answer():
    group = asked("breed")
    for _ in range(100):  # a killed process needs a moment
        if not members(group):
            break
        time.sleep(0.01)
    assert members(group) == []


def test_a_child_sees_no_secret_of_the_environment(monkeypatch):
    monkeypatch.setenv("CORESET_CANARY", "secret")
    monkeypatch.setenv("HF_TOKEN", "secret")
    assert set(asked("environment").split()) <= {*sandbox.ENVIRONMENT, "LC_CTYPE", "PWD"}


def test_a_child_opens_no_file_and_no_socket_once_its_data_is_loaded():
    assert asked("files") == "closed"


def test_a_child_writes_no_file():
    assert asked("write") == "refused"


@pytest.mark.parametrize("deed", ["memory", "repeated"])
def test_a_child_is_stopped_by_the_limit_of_its_memory(deed):
    try:
        answer = asked(deed)
    except RequestError as error:  # the library aborts rather than says so
        answer = "stopped" if "memory" in str(error) else str(error)
    assert answer == "stopped"


def test_a_child_that_is_not_there_is_one_line():
    with pytest.raises(RequestError):
        answer_of("core.search.no_such_worker", b"", seconds=5.0, most=10)
