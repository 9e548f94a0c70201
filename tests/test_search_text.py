"""Substrings and regular expressions: what Python finds on ASCII, in linear time."""

import ast
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import RequestError
from core.search import sandbox
from core.search import text as searched
from core.search.text import check_pattern, holding, matching

ASCII = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)
TEXTS = st.lists(ASCII, max_size=20)
ATOMS = st.sampled_from(
    [*"abcABC019 _-", r"\d", r"\w", r"\.", ".", "[a-c]", "[^a-c]", r"\b", "^", "$", "(?:ab|c)", "a"]
)
REPEATS = st.sampled_from(["", "", "", "*", "+", "?", "*?"])


def pieces(atoms):
    return "".join(a if a in (r"\b", "^", "$") else a + r for a, r in atoms)


PATTERNS = st.lists(st.tuples(ATOMS, REPEATS), min_size=1, max_size=6).map(pieces)
LETTERS = st.text(st.sampled_from("abcABC019 _-."), max_size=20)


@settings(deadline=None)
@given(TEXTS, ASCII)
def test_a_piece_is_found_where_python_finds_it(texts, piece):
    expected = [piece in one for one in texts]
    assert holding(pa.array(texts, pa.string()), piece, match_case=True).tolist() == expected


@settings(deadline=None)
@given(TEXTS, ASCII)
def test_case_is_set_aside_as_python_does(texts, piece):
    expected = [piece.lower() in one.lower() for one in texts]
    assert holding(pa.array(texts, pa.large_string()), piece).tolist() == expected


@settings(deadline=None, max_examples=300)
@given(st.lists(LETTERS, max_size=12), PATTERNS)
def test_a_pattern_matches_where_pythons_does(texts, pattern):
    expected = [re.search(pattern, one, re.ASCII) is not None for one in texts]
    assert matching(pa.array(texts, pa.string()), pattern).tolist() == expected


def test_what_looks_like_a_pattern_is_a_plain_piece():
    assert holding(pa.array(["a.c", "abc", "(?i)"]), "a.c").tolist() == [True, False, False]


def test_letters_beyond_ascii_are_found_case_aside():
    assert holding(pa.array(["CRÈME brûlée", "ЩИ"]), "crème BRÛLÉE").tolist() == [True, False]


def test_a_text_that_is_not_there_holds_nothing():
    assert holding(pa.array([None, "a"]), "a").tolist() == [False, True]


def test_slices_and_chunks_are_searched_in_order():
    chunks = pa.chunked_array([pa.array(["xa", "b", "a"]).slice(1), pa.array(["a", "c"])])
    assert holding(chunks, "a").tolist() == [False, True, True, False]


def test_blocks_do_not_change_what_is_found(monkeypatch):
    texts = pa.array([f"{'a' * (i % 50)}{i}" for i in range(500)])
    whole = matching(texts, "aaaaaaa[0-9]+3$")
    monkeypatch.setattr(searched, "BLOCK", 64)
    np.testing.assert_array_equal(matching(texts, "aaaaaaa[0-9]+3$"), whole)


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("(?=a)", "looking ahead"),
        ("(?<!a)b", "looking behind"),
        (r"(a)\1", "going back"),
        ("(?P=x)", "going back"),
        ("a*+", "possessive"),
        ("(", "missing"),
        ("[b-a]", "not a pattern"),
        ("a{1001}", "repetition"),
        ("(a{1,1000}){1,1000}", "not a pattern"),
        ("\ud800", "not a pattern"),
        ("a" * 201, "at most 200"),
    ],
)
def test_a_pattern_that_cannot_be_read_is_told_in_one_line(pattern, told):
    with pytest.raises(RequestError, match=told) as refused:
        check_pattern(pattern)
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize(
    "pattern", ["^(a+)+$", "(a|aa)+$", "(a*)*b", "^(([a-z])+.)+[A-Z]([a-z])+$"]
)
def test_patterns_that_never_end_in_python_end_here(pattern):
    texts = pa.array(["a" * 5_000 + "!"] * 200)
    assert not matching(texts, pattern).any()


def test_a_pattern_that_counts_is_killed_when_it_takes_too_long(monkeypatch):
    monkeypatch.setattr(sandbox, "START", 1.0)
    with pytest.raises(RequestError, match="took longer"):
        matching(pa.array(["a" * 3_000_000]), "(.{0,30}){0,30}x", seconds=0.05)


def test_any_other_pattern_is_stopped_between_two_blocks():
    with pytest.raises(RequestError, match="took longer"):
        matching(pa.array(["a" * 300_000] * 30), "a+b", seconds=0.0)


def test_a_child_finds_the_same_rows():
    texts = pa.chunked_array([pa.array(["aab", None, "ab"]), pa.array(["b", "xaabx"])])
    heavy = "(?:a{2}b|q{90}(?:q{90})?)"
    assert searched._weight(heavy) > searched.HEAVY
    assert matching(texts, heavy).tolist() == matching(texts, "aab").tolist()


@pytest.mark.parametrize("pattern", [r"\b\d{4}\b", "[A-Z]{3,}", "a{0}", "x{", "a+b" * 60])
def test_a_light_pattern_needs_no_child(pattern, monkeypatch):
    monkeypatch.setattr(searched, "answer_of", lambda *a, **k: pytest.fail("started"))
    matching(pa.array(["a"]), pattern)


def test_a_long_text_is_searched_by_a_child(monkeypatch):
    monkeypatch.setattr(searched, "LONG", 10)
    monkeypatch.setattr(searched, "_each", lambda *a: pytest.fail("looked at here"))
    assert matching(pa.array(["a" * 50 + "b", "b"]), "ab").tolist() == [True, False]


def test_no_pattern_of_a_person_reaches_pythons_own_engine():
    """Its time may double with every letter; `re` is called with patterns written out only."""
    core = Path(__file__).parent.parent / "core"
    for path in [*core.glob("search/*.py"), *core.glob("pipeline/filter*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if is_call and getattr(node.func.value, "id", "") == "re":
                assert isinstance(node.args[0], ast.Constant), path
