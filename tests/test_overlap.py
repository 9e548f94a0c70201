"""Overlap with a benchmark: shared runs of words and cosines by hand, and the prompts it reads."""

import gzip
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.prompts import prompts_of, read_prompts
from core.data.rows import BadRow
from core.duplicates import OVERLAPS, Comparison, overlap
from core.duplicates.wording import words_of
from core.errors import DataError, RequestError
from core.options import configure

PROMPT = "Natalia sold clips to 48 of her friends in April, and then she sold half as many in May."


def compared(name, sides, **options):
    return overlap(name, sides, configure(OVERLAPS.get(name).config, options))


def shared(texts, prompts, **options):
    return compared("ngram", Comparison(texts=texts, prompts=prompts), **options)


def numbered(first, last):
    return " ".join(f"w{n}" for n in range(first, last))


# ngram


def test_thirteen_words_in_a_row_are_an_overlap_and_twelve_are_none():
    prompt = numbered(0, 20)
    texts = [f"x {numbered(3, 16)} y", f"x {numbered(3, 15)} y"]
    found = shared(texts, [prompt])
    assert found.rows.tolist() == [0]
    assert found.evidence == (numbered(3, 16),)


def test_the_score_is_the_share_of_the_prompt_s_runs_in_the_row():
    # 20 words have 8 runs of 13; the first 14 of them have 2, all of them 8.
    prompt = numbered(0, 20)
    found = shared([numbered(0, 14), prompt], [prompt])
    assert found.rows.tolist() == [1, 0]
    assert found.scores.tolist() == [1.0, 0.25]


def test_case_punctuation_and_spacing_do_not_hide_a_prompt():
    found = shared([f"Q:   {PROMPT.upper().replace(',', ' --')}\nA: 72"], [PROMPT])
    assert found.scores.tolist() == [1.0]


def test_a_short_prompt_matches_as_a_whole_only():
    prompt = "What is the capital of France?"
    texts = ["Tell me: what is the capital of France", "what is the capital of Spain"]
    assert shared(texts, [prompt]).rows.tolist() == [0]


def test_prompts_of_few_words_are_passed_over_and_counted():
    found = shared(["Hello there, hello"], ["Hello", PROMPT])
    assert (len(found), found.n_prompts, found.n_skipped) == (0, 2, 1)


def test_prompts_of_few_words_can_be_asked_for():
    assert shared(["Well, hello there"], ["Hello"], least_words=1).evidence == ("hello",)


def test_a_row_names_the_prompt_it_shares_most_with():
    first, second = numbered(0, 30), f"{numbered(0, 15)} {numbered(100, 115)}"
    found = shared([second], [first, second])
    assert found.prompts.tolist() == [1]
    assert found.n_prompts_hit == 2


def test_a_run_of_every_prompt_hits_them_all():
    frame = numbered(0, 13)
    prompts = [f"{frame} own{n}" for n in range(5)]
    found = shared([f"{frame} something"], prompts)
    assert (found.prompts.tolist(), found.n_prompts_hit) == ([0], 5)


def test_a_run_does_not_reach_over_two_texts():
    halves = [numbered(0, 7), numbered(7, 14)]
    assert len(shared(halves, [numbered(0, 14)])) == 0


def test_prompts_without_words_overlap_with_nothing():
    assert len(shared(["", "a b c"], ["", "?"])) == 0


@settings(max_examples=40, deadline=None)
@given(
    texts=st.lists(st.lists(st.sampled_from("abc"), max_size=20).map(" ".join), max_size=6),
    prompts=st.lists(st.lists(st.sampled_from("abc"), max_size=9).map(" ".join), max_size=5),
)
def test_shared_runs_are_those_of_a_plain_search(texts, prompts):
    n, least = 4, 2

    def runs(prompt):
        words = words_of(prompt)
        size = min(n, len(words))
        if len(words) < least:
            return set()
        return {" ".join(words[at : at + size]) for at in range(len(words) - size + 1)}

    def holds(text, run):
        return f" {run} " in f" {text} "

    pairs = {
        (row, number)
        for row, text in enumerate(texts)
        for number, prompt in enumerate(prompts)
        if any(holds(text, run) for run in runs(prompt))
    }
    found = shared(texts, prompts, n=n, least_words=least)
    assert set(found.rows.tolist()) == {row for row, _ in pairs}
    assert found.n_prompts_hit == len({number for _, number in pairs})
    for row, number, score, evidence in zip(
        found.rows, found.prompts, found.scores, found.evidence, strict=True
    ):
        own = runs(prompts[number])
        assert evidence in own and holds(texts[row], evidence)
        assert score == pytest.approx(np.mean([holds(texts[row], run) for run in own]))


# cosine


def test_cosine_names_the_nearest_prompt_and_says_the_cosine():
    rows = np.array([[4, 3], [0, 1], [1, -1]], dtype=np.float32)
    prompts = np.array([[1, 0], [3, 4]], dtype=np.float32)
    found = compared("cosine", Comparison(embeddings=rows, prompt_embeddings=prompts))
    assert found.rows.tolist() == [0, 1]
    assert found.prompts.tolist() == [1, 1]
    assert found.evidence == ("cosine 0.960", "cosine 0.800")
    assert found.n_prompts_hit == 2


def test_cosine_is_brute_force_over_more_than_one_tile(monkeypatch):
    monkeypatch.setattr("core.duplicates.dense.TILE", 16)
    rng = np.random.default_rng(0)
    rows, prompts = (rng.normal(size=(n, 3)).astype(np.float32) for n in (70, 40))
    cosines = np.einsum("nd,md->nm", rows, prompts) / np.outer(
        np.linalg.norm(rows, axis=1), np.linalg.norm(prompts, axis=1)
    )
    found = compared(
        "cosine", Comparison(embeddings=rows, prompt_embeddings=prompts), threshold=0.99
    )
    assert sorted(found.rows.tolist()) == np.flatnonzero(cosines.max(axis=1) >= 0.99).tolist()
    assert np.array_equal(found.prompts, cosines[found.rows].argmax(axis=1))
    assert found.n_prompts_hit == (cosines.max(axis=0) >= 0.99).sum()


def test_an_unknown_way_is_refused():
    with pytest.raises(RequestError, match="choose from cosine, ngram"):
        overlap("words", Comparison())


# prompts


@pytest.mark.parametrize(
    ("record", "prompts"),
    [
        ({"instruction": "Add.", "input": "1 and 2", "output": "3"}, ["Add.\n1 and 2"]),
        ({"question": "How many?", "answer": "#### 72"}, ["How many?"]),
        ({"prompt": "def f():", "canonical_solution": "pass"}, ["def f():"]),
        ({"question_id": 81, "turns": ["Write.", "Rewrite."]}, ["Write.", "Rewrite."]),
        ({"prompt": [{"role": "user", "content": "Hi"}], "id": 1}, ["Hi"]),
        (
            {
                "messages": [
                    {"role": "system", "content": "S"},
                    {"role": "user", "content": "U"},
                    {"role": "assistant", "content": "A"},
                ]
            },
            ["U"],
        ),
        ({"instruction": "Without an answer", "output": ""}, ["Without an answer"]),
    ],
)
def test_prompts_are_user_turns_or_the_field_that_asks(record, prompts):
    assert prompts_of(record) == prompts


def test_a_record_without_a_prompt_names_its_columns():
    with pytest.raises(BadRow, match="'label'"):
        prompts_of({"label": 3})


def test_a_text_file_has_a_prompt_a_line(tmp_path):
    path = tmp_path / "bench.txt"
    path.write_text("First prompt\n\n  Second prompt \n", encoding="utf-8")
    assert read_prompts(str(path)).texts == ("First prompt", "Second prompt")


def test_a_compressed_text_file_is_read_too(tmp_path):
    path = tmp_path / "bench.txt.gz"
    path.write_bytes(gzip.compress(b"One\nTwo\n"))
    assert read_prompts(str(path)).texts == ("One", "Two")


def test_bad_records_are_counted(tmp_path):
    path = tmp_path / "bench.jsonl"
    rows = [{"question": f"Number {n}?"} for n in range(9)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + '{"label": 1}\n')
    read = read_prompts(str(path))
    assert (len(read.texts), read.n_records, read.n_bad) == (9, 10, 1)


def test_a_file_without_prompts_says_what_it_met(tmp_path):
    path = tmp_path / "bench.jsonl"
    path.write_text('{"label": 1}\n')
    with pytest.raises(DataError, match=r"1 of 1 records have none; the first is line 1.*'label'"):
        read_prompts(str(path))
