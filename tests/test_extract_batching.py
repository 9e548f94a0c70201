from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from core.extract.batching import Batch, Tokens, _runs, batches_of, tokenise
from core.extract.largest import as_half, k_largest
from core.extract.pooling import kept_max, masked_mean
from tests.extract_models import minilm


def tokens(length):
    marks = np.ones(length, dtype=np.bool_)
    return Tokens(np.ones(length, np.int64), marks, marks, np.empty((0, 2), np.int64), False)


def batch(kept):
    on_device = torch.from_numpy(kept)
    empty = torch.zeros(kept.shape, dtype=torch.int64)
    return Batch(np.arange(len(kept)), empty, empty, on_device, on_device, runs=_runs(kept))


@given(st.lists(st.integers(1, 60), max_size=80), st.integers(1, 200))
def test_every_row_is_in_one_batch(lengths, budget):
    batches = batches_of([tokens(n) for n in lengths], budget)
    rows = np.concatenate(batches) if batches else np.array([])
    assert sorted(rows.tolist()) == list(range(len(lengths)))


@given(st.lists(st.integers(1, 60), min_size=1, max_size=80), st.integers(1, 200))
def test_a_batch_with_padding_stays_in_its_budget(lengths, budget):
    for rows in batches_of([tokens(n) for n in lengths], budget):
        assert len(rows) == 1 or len(rows) * max(lengths[row] for row in rows) <= budget


def test_the_longest_come_first_and_ties_by_position():
    found = batches_of([tokens(n) for n in (3, 9, 3, 9)], 18)
    assert [rows.tolist() for rows in found] == [[1, 3], [0, 2]]


def test_special_tokens_written_in_a_text_are_not_text():
    (item,) = tokenise(minilm(), ["good [SEP] bye"], max_length=16)
    assert item.text.tolist() == [False, True, False, True, False]


def test_unknown_words_are_text():
    (item,) = tokenise(minilm(), ["\U0001f9ff"], max_length=16)
    assert item.ids[1] == minilm().tokenizer.unk_token_id and item.text[1]


def test_an_endless_text_is_cut_before_the_tokeniser_sees_it(monkeypatch):
    seen = []

    def tokenizer(texts, **kwargs):
        seen.extend(map(len, texts))
        return minilm().tokenizer(texts, **kwargs)

    names = ("all_special_ids", "unk_token_id")
    for name in names:
        setattr(tokenizer, name, getattr(minilm().tokenizer, name))
    tokenise(SimpleNamespace(tokenizer=tokenizer), ["a " * 1_000_000], max_length=16)
    assert seen == [1_600]


finite = st.floats(-70_000, 70_000, width=32)


@settings(max_examples=60)
@given(
    hnp.arrays(np.float32, st.tuples(st.integers(1, 4), st.integers(1, 12)), elements=finite),
    st.data(),
)
def test_k_largest_is_a_stable_sort_by_value(values, data):
    k = data.draw(st.integers(0, values.shape[1]))
    halves = as_half(torch.from_numpy(values))
    for row, columns in zip(halves.numpy(), k_largest(halves, k).tolist(), strict=True):
        expected = np.argsort(-row.astype(np.float32), kind="stable")[:k]
        assert columns == sorted(expected.tolist())


def test_values_beyond_float16_are_kept_at_its_end():
    halves = as_half(torch.tensor([1e9, -1e9, float("-inf"), 1.0]))
    assert halves.tolist() == [65504.0, -65504.0, -65504.0, 1.0]


@settings(max_examples=60)
@given(hnp.arrays(np.bool_, st.tuples(st.integers(1, 5), st.integers(1, 9))))
def test_both_ways_to_a_maximum_agree(kept):
    values = torch.randn((*kept.shape, 3), generator=torch.Generator().manual_seed(0))
    expected = values.masked_fill(~torch.from_numpy(kept).unsqueeze(-1), float("-inf")).amax(1)
    assert torch.equal(kept_max(values, batch(kept)), expected)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_mean_of_no_token_is_zero(dtype):
    values = torch.full((2, 2, 3), 4.0, dtype=dtype)
    mask = torch.tensor([[True, False], [False, False]])
    assert masked_mean(values, mask).tolist() == [[4.0] * 3, [0.0] * 3]
