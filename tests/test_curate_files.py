"""Decisions as CSV and JSONL: what is written is read again, what is bad is named."""

import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.curate.files import FORMS, form_of, parsed, read_events, written
from core.curate.state import fold
from core.errors import DataError, RequestError
from tests.curate_events import example, logs, numbered, said, undoing

ONE, TWO = example(1), example(2)


def read(text, form="csv", **how):
    return parsed(text, form, name="d", **how)


@settings(deadline=None, max_examples=60)
@given(log=logs(most=6), form=st.sampled_from(FORMS), safe=st.booleans())
def test_what_is_written_is_read_again_unchanged(log, form, safe):
    found = read(written(log, form, spreadsheet_safe=safe), form, strict=True)
    assert list(found.events) == log


@settings(deadline=None, max_examples=40)
@given(log=logs(most=3))
def test_a_safe_file_has_no_cell_that_a_spreadsheet_would_run_or_round(log):
    rows = list(csv.reader(io.StringIO(written(log, "csv", spreadsheet_safe=True), newline="")))
    texts = [
        cell
        for row in rows[1:]
        for name, cell in zip(rows[0], row, strict=True)
        if name not in ("number", "at")
    ]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in texts)
    assert not any(cell.isascii() and cell.isdigit() for cell in texts)


def test_an_id_that_looks_like_a_number_is_text_in_a_safe_file():
    log = numbered([said(1), undoing("12345678e12345678901234567890123")])
    rows = list(csv.DictReader(io.StringIO(written(log, "csv", spreadsheet_safe=True))))
    assert rows[0]["example"] == f"'{ONE}"
    assert rows[1]["undoes"].startswith("'1234")


def test_a_log_that_somebody_sorted_is_read_in_its_own_order():
    first = said(1, "approved")
    log = numbered([first, said(1, "rejected"), undoing(first)])
    header, *lines = written(log, "csv").splitlines(keepends=True)
    assert list(read("".join([header, *lines[::-1]])).events) == log


def test_somebody_else_s_csv_needs_an_id_and_a_verdict():
    found = read(f"id,verdict\n{ONE},approved\n{TWO}, Rejected \n", curator="bo").events
    assert [(one.example, one.verdict, one.curator) for one in found] == [
        (ONE, "approved", "bo"),
        (TWO, "rejected", "bo"),
    ]
    assert len({one.id for one in found} | {ONE, TWO}) == 4


def test_other_columns_are_passed_over_and_known_ones_taken():
    text = f"score,example,verdict,curator,tags,note\n3,{ONE},unsure,eve,maths; long ,hm\n"
    (found,) = read(text).events
    assert (found.curator, found.tags, found.note) == ("eve", ("maths", "long"), "hm")


def test_lines_without_a_verdict_say_nothing():
    found = read(f"id,verdict\n{ONE},approved\n{TWO},\n\n")
    assert (len(found.events), found.n_blank, found.bad) == (1, 1, ())


def test_reading_twice_makes_the_same_ids():
    text = f"id,verdict\n{ONE},approved\n{ONE},rejected\n{ONE},approved\n"
    found = read(text).events
    assert read(text).events == found
    assert len({one.id for one in found}) == 3
    assert fold(numbered(found)).approved == (ONE,)


def test_jsonl_of_somebody_else_is_read_too():
    text = json.dumps({"id": ONE, "verdict": "approved", "model": 3}) + "\n"
    assert read(text, "jsonl").events[0].example == ONE


@pytest.mark.parametrize(
    ("line", "match"),
    [
        (f"{ONE},yes", "line 3: a verdict is one of approved, rejected, unsure; seen 'yes'"),
        ("short,approved", "line 3: an event's example has 32 hex digits; seen 'short'"),
        (f"{ONE},approved,x", "line 3: 3 cells where the header has 2"),
        (",approved", "line 3: it names no example"),
    ],
)
def test_a_bad_csv_line_is_named_and_the_good_ones_go_on(line, match):
    good = "".join(f"{example(n)},approved\n" for n in range(9, 19))
    found = read(f"id,verdict\n{ONE},approved\n{line}\n{good}")
    assert [f"line {one.line}: {one.reason}" for one in found.bad] == [match]
    assert len(found.events) == 11


@pytest.mark.parametrize(
    ("line", "match"),
    [
        ("{", "no JSON"),
        ("3", "no JSON object"),
        ('{"id": "' + ONE + '", "verdict": NaN}', "NaN is no number"),
        ('{"id": 3, "verdict": "approved"}', "example is a text; seen 3"),
        ('{"id": "' + ONE + '", "verdict": "approved", "tags": [1]}', "tags are a list of texts"),
        ('{"id": "' + ONE + '", "verdict": "approved", "at": "x"}', "at is a number; seen 'x'"),
        ('{"id": "' + ONE + '", "verdict": "approved", "at": -1}', "seconds since 1970"),
        ('{"id": "' + ONE + '", "verdict": "approved", "resolves": 7}', "resolves is yes or no"),
        ('{"id": "' + ONE + '", "note": "\\ud800"}', "cannot be stored"),
        ("[" * 100_000, "no JSON"),
    ],
)
def test_a_bad_json_line_is_named(line, match):
    good = json.dumps({"id": ONE, "verdict": "approved"})
    found = read("\n".join([line, *[good] * 5]), "jsonl")
    assert [one.line for one in found.bad] == [1]
    assert match in found.bad[0].reason


def test_line_numbers_count_the_lines_of_a_note():
    note = '"two\nlines"'
    text = f"id,verdict,note\n{ONE},approved,{note}\n{TWO},yes,\n" + f"{ONE},unsure,\n" * 9
    assert read(text).bad[0].line == 4


def test_too_many_bad_lines_refuse_the_file():
    text = f"id,verdict\n{ONE},approved\n{TWO},yes\n"
    with pytest.raises(
        DataError, match=r"1 of 2 lines of d are bad, so nothing was taken \(line 3"
    ):
        read(text)


def test_strict_refuses_one_bad_line():
    text = "id,verdict\nx,approved\n" + f"{ONE},approved\n" * 99
    assert len(read(text).bad) == 1
    with pytest.raises(DataError, match="1 of 100 lines"):
        read(text, strict=True)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "has the columns of no header"),
        ("a,b\n1,2\n", "has the columns a, b"),
        ("id,id\n", "each once"),
        (f'id,verdict\n{ONE},"approved\n', "d, line 2: unexpected end of data"),
    ],
)
def test_a_csv_of_another_make_is_refused(text, match):
    with pytest.raises(DataError, match=match):
        read(text)


def test_a_header_alone_holds_nothing():
    assert read("id,verdict\n").events == ()


def test_a_file_is_read_by_its_ending(tmp_path):
    path = tmp_path / "d.JSONL"
    path.write_text(written(numbered([said(1)]), "jsonl"), encoding="utf-8-sig")
    assert len(read_events(path).events) == 1
    with pytest.raises(RequestError, match=r"\.csv or \.jsonl; seen d\.txt"):
        form_of(tmp_path / "d.txt")


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_one_line(tmp_path, content):
    path = tmp_path / "d.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=r"d\.csv cannot be read"):
        read_events(path)
