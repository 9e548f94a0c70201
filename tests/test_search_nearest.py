"""Nearest rows by cosine: every row compared, ties by row."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.search import nearest
from core.search.nearest import largest, similarities


def unit(n, d, seed=0):
    rows = np.random.default_rng(seed).normal(size=(n, d))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16)


def test_the_nearest_are_those_of_a_full_sort():
    embeddings = unit(2_000, 32)
    question = embeddings[7].astype(np.float32) * 3
    exact = embeddings.astype(np.float64) @ (question / np.linalg.norm(question))
    scores = similarities(embeddings, question)
    np.testing.assert_allclose(scores, exact, atol=1e-5)
    assert set(largest(scores, 50)) == set(np.argsort(-exact)[:50])


@settings(deadline=None)
@given(st.lists(st.integers(-5, 5), max_size=40), st.integers(0, 45))
def test_the_largest_are_those_of_a_stable_sort(scores, count):
    values = np.array(scores, dtype=np.float32)
    expected = np.argsort(-values, kind="stable")[:count]
    assert largest(values, count).tolist() == expected.tolist()


def test_equal_vectors_tie_wherever_they_stand(monkeypatch):
    monkeypatch.setattr(nearest, "CHUNK", 100)
    embeddings = np.repeat(unit(1, 384), 1_037, axis=0)
    scores = similarities(embeddings, unit(1, 384, seed=1)[0])
    assert len(np.unique(scores)) == 1
    assert largest(scores, 5).tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("question", [np.zeros(8), np.full(8, np.nan), np.ones(7)])
def test_a_question_that_cannot_be_compared_is_a_mistake(question):
    with pytest.raises(ValueError, match="cannot be compared"):
        similarities(unit(3, 8), question)
