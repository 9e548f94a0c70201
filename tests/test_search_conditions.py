"""SQL conditions answered by the child: the right rows, and one line for everything else."""

import numpy as np
import pyarrow as pa
import pytest

from core.errors import RequestError
from core.search import conditions, sandbox, worker
from core.search.conditions import rows_where
from core.search.sharing import shared

N = 3_000
NUMBERS = np.arange(N) % 97
TEXTS = [f"row {i} {'cook' if i % 7 == 0 else 'walk'}" for i in range(N)]
MISSING = [None if i % 5 == 0 else float(i) for i in range(N)]
COLUMNS = {
    "words": lambda: pa.array(NUMBERS),
    "response": lambda: pa.chunked_array([pa.array(TEXTS[:999]), pa.array(TEXTS[999:])]),
    "score": lambda: pa.array(MISSING),
    "chosen": lambda: pa.array(NUMBERS == 3),
    "Odd name": lambda: pa.array(NUMBERS, pa.float64()),
}


def where(text, **options):
    return rows_where(text, COLUMNS, N, **options)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("words > 90", NUMBERS > 90),
        ("words > 90 and not chosen", NUMBERS > 90),
        ("response like '%cook%'", np.arange(N) % 7 == 0),
        ("regexp_matches(response, '^row 1[0-9] ')", (np.arange(N) > 9) & (np.arange(N) < 20)),
        ("score is null", np.arange(N) % 5 == 0),
        ('"odd name" = 3 or false', NUMBERS == 3),
        ("true", np.ones(N, bool)),
        ("1 > 2", np.zeros(N, bool)),
        ("null::boolean", np.zeros(N, bool)),
    ],
)
def test_the_rows_are_those_for_which_the_condition_is_true(text, expected):
    assert where(text).tolist() == np.flatnonzero(expected).tolist()


def test_a_row_without_a_value_is_neither_above_nor_not_above():
    above, rest = where("score > 100"), where("not score > 100")
    assert len(above) + len(rest) == sum(one is not None for one in MISSING)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("words", "is true or false"),
        ("response", "is true or false"),
        ("cast(response as double) > 1", "cannot be answered"),
        ("words > 'many'", "cannot be answered"),
        ("length(words) > 1", "cannot be answered"),
        ("regexp_matches(response, '(?=a)')", "cannot be answered"),
        ("response like 'x' escape 'yz'", "cannot be answered"),
    ],
)
def test_a_condition_that_does_not_fit_its_columns_is_one_line(text, told):
    with pytest.raises(RequestError, match=told) as refused:
        where(text)
    assert len(str(refused.value).splitlines()) == 1


def test_only_the_columns_that_are_read_are_loaded():
    loud = {**COLUMNS, "response": lambda: pytest.fail("loaded")}
    assert len(rows_where("words = 1", loud, N))


def test_no_child_is_started_for_a_condition_that_is_refused(monkeypatch):
    monkeypatch.setattr(conditions, "answer_of", lambda *a, **k: pytest.fail("started"))
    with pytest.raises(RequestError):
        where("1=1) OR (1=1")


def test_the_child_asks_the_gate_again():
    with shared(pa.table({worker.ROW: pa.array([0])})) as fd:
        request = f'{{"text": "(select true)", "seconds": 5, "fd": {fd}}}'.encode()
        answer = sandbox.answer_of(conditions.WORKER, request, seconds=5, most=4_096, fds=[fd])
    assert answer.startswith(b"told\na subquery is not allowed")


def test_a_condition_that_needs_too_much_memory_is_stopped():
    large = {"t": lambda: pa.array(["x" * 400_000] * 64, pa.large_string())}
    with pytest.raises(RequestError, match="memory"):
        rows_where(f"length(concat({', '.join(['t'] * 900)})) > 1", large, 64)


def test_a_condition_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(sandbox, "START", 1.0)
    large = {"t": lambda: pa.array(["a" * 200_000] * 400, pa.large_string())}
    slow = " or ".join(f"regexp_matches(t, '(.{{0,30}}){{0,30}}x{i}')" for i in range(40))
    with pytest.raises(RequestError, match="took longer"):
        rows_where(slow, large, 400, seconds=0.5)


def test_no_rows_at_all_are_searched_as_well():
    assert rows_where("words > 1", {"words": lambda: pa.array([], pa.int64())}, 0).tolist() == []


@pytest.mark.parametrize(
    "answer", [b"", b"rows", b"rows\n123", b"rows\n" + np.array([N], "<i8").tobytes(), b"what\n"]
)
def test_an_answer_that_cannot_be_is_refused(answer):
    with pytest.raises(RequestError, match="no answer"):
        conditions._read(answer, N)
