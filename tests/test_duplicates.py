"""Near-duplicate groups: textbook cases by hand, parity with brute force, what always holds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.duplicates import GROUPINGS, Groups, Material, Neighbours, group
from core.duplicates.dense import unit_rows
from core.duplicates.minhash import MinHashConfig, banding
from core.duplicates.wording import words_of
from core.errors import RequestError
from core.options import configure

FOX = "The quick brown fox jumps over the lazy dog near the old river bank today"
VOCABULARY = [f"word{n}" for n in range(30)]


def made(name, material, **options):
    return group(name, material, configure(GROUPINGS.get(name).config, options))


def of_texts(name, texts, **options):
    return made(name, Material(texts=texts), **options)


def partition(groups):
    """The groups as a set of sets of rows."""
    labels = groups.labels
    return {frozenset(np.flatnonzero(labels == label).tolist()) for label in set(labels.tolist())}


def components(n_rows, pairs):
    """Connected components by repeated merging, the plainest way there is."""
    parts = [{row} for row in range(n_rows)]
    for left, right in pairs:
        one = next(part for part in parts if left in part)
        other = next(part for part in parts if right in part)
        if one is not other:
            one |= other
            parts.remove(other)
    return {frozenset(part) for part in parts}


def shingles(text, size):
    words = words_of(text)
    return {tuple(words[at : at + size]) for at in range(max(len(words) - size, 0) + 1)}


def jaccard(left, right):
    return len(left & right) / len(left | right)


def variants(n_rows, seed):
    """Texts of which many are another one with a few words replaced."""
    rng = np.random.default_rng(seed)
    texts = []
    for _ in range(n_rows):
        if texts and rng.random() < 0.6:
            words = texts[rng.integers(len(texts))].split()
            for at in rng.integers(0, len(words), rng.integers(0, 4)):
                words[at] = f"new{rng.integers(1000)}"
        else:
            words = [f"w{n}" for n in rng.integers(0, 5000, rng.integers(8, 60))]
        texts.append(" ".join(words))
    return texts


# exact


def test_exact_groups_differ_in_case_punctuation_and_spacing_only():
    texts = [
        "Hello, world!",
        "hello   WORLD",
        "Hello, word!",
        "\uff48\uff45\uff4c\uff4c\uff4f\tworld",
    ]
    assert partition(of_texts("exact", texts)) == {frozenset({0, 1, 3}), frozenset({2})}


def test_exact_keeps_symbols_apart():
    assert of_texts("exact", ["2 + 2", "2 < 2"]).n_groups == 0


def test_exact_tells_texts_of_punctuation_alone_apart():
    assert partition(of_texts("exact", ["?!", "...", "?!"])) == {frozenset({0, 2}), frozenset({1})}


def test_words_of_scripts_without_spaces_are_characters():
    assert words_of("数据 set。") == ["数", "据", "set"]


def test_vowel_signs_and_soft_hyphens_do_not_divide_words():
    assert words_of("कि की co\u00adop") == ["कि", "की", "coop"]


# minhash


def test_minhash_joins_texts_that_differ_in_their_last_word():
    texts = [FOX, FOX.replace("today", "yesterday"), "Something else altogether, and much shorter"]
    assert partition(of_texts("minhash", texts)) == {frozenset({0, 1}), frozenset({2})}


def test_minhash_compares_exactly_at_the_threshold():
    # 9 words each, 8 of them shared and in one stretch: 6 shingles of 3 in common, 8 in all.
    left, right = "a b c d e f g h x", "a b c d e f g h y"
    assert jaccard(shingles(left, 3), shingles(right, 3)) == 6 / 8
    at, above = (
        of_texts("minhash", [left, right], shingle=3, threshold=t, n_hashes=1024)
        for t in (0.75, 0.76)
    )
    assert (at.n_groups, above.n_groups) == (1, 0)


def test_minhash_joins_chains_and_tells_the_largest():
    words = [f"w{n}" for n in range(60)]
    texts = []
    for step in range(6):
        words[step * 10] = f"changed{step}"
        texts.append(" ".join(words))
    ends = jaccard(shingles(texts[0], 5), shingles(texts[-1], 5))
    groups = of_texts("minhash", texts, threshold=0.7)
    assert ends < 0.7
    assert groups.largest == 6


@pytest.mark.parametrize(("size", "threshold"), [(1, 0.5), (3, 0.6), (5, 0.8), (3, 1.0)])
def test_minhash_is_brute_force_jaccard(size, threshold):
    texts = variants(150, seed=7)
    sets = [shingles(text, size) for text in texts]
    pairs = [(i, j) for i in range(150) for j in range(i) if jaccard(sets[i], sets[j]) >= threshold]
    groups = of_texts("minhash", texts, shingle=size, threshold=threshold)
    assert partition(groups) == components(150, pairs)


def test_minhash_joins_nothing_below_the_threshold_among_texts_of_one_template():
    frame = " ".join(f"frame{n}" for n in range(40))
    texts = [f"{frame} {' '.join(f'own{row}x{n}' for n in range(8))}" for row in range(60)]
    below = jaccard(shingles(texts[0], 5), shingles(texts[1], 5))
    assert 0.6 < below < 0.8
    assert of_texts("minhash", texts).n_groups == 0
    assert of_texts("minhash", texts, threshold=0.6).largest == 60


def test_short_texts_have_one_shingle():
    texts = ["Yes", "yes.", "No", ""]
    assert partition(of_texts("minhash", texts)) == {
        frozenset({0, 1}),
        frozenset({2}),
        frozenset({3}),
    }


@pytest.mark.parametrize("threshold", [0.1, 0.5, 0.8, 0.95, 1.0])
def test_bands_miss_few_pairs_at_the_threshold(threshold):
    bands, size = banding(128, threshold)
    assert bands * size <= 128
    assert (1 - threshold**size) ** bands <= 0.01


# cosine


def directions(n_rows, seed):
    """Rows of which many are a small turn away from an earlier one."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n_rows, 16))
    near = rng.random(n_rows) < 0.5
    for row in np.flatnonzero(near[1:]) + 1:
        rows[row] = rows[rng.integers(row)] * rng.uniform(0.5, 2) + rng.normal(size=16) * 0.1
    return rows.astype(np.float32)


def graph_of(embeddings, k):
    distances = 1 - unit_rows(embeddings) @ unit_rows(embeddings).T
    np.fill_diagonal(distances, -1)
    order = np.argsort(distances, axis=1, kind="stable")[:, :k]
    nearest = np.maximum(np.take_along_axis(distances, order, axis=1), 0)
    return Neighbours(order.astype(np.int32), nearest.astype(np.float32))


def test_cosine_of_three_vectors_by_hand():
    # 3-4-5: cosines 0.96 between the first two, 0.8 and 0.6 with the third.
    rows = np.array([[4, 3], [3, 4], [0, 1]], dtype=np.float32) * [[1], [7], [0.1]]
    material = Material(embeddings=rows.astype(np.float32))
    assert made("cosine", material, threshold=0.95).sizes.tolist() == [2]
    assert made("cosine", material, threshold=0.97).sizes.tolist() == []
    assert made("cosine", material, threshold=0.8).sizes.tolist() == [3]


def test_cosine_is_brute_force_over_more_than_one_tile(monkeypatch):
    monkeypatch.setattr("core.duplicates.dense.TILE", 32)
    rows = directions(150, seed=3)
    unit = unit_rows(rows)
    pairs = np.argwhere(np.triu(unit @ unit.T >= 0.95, 1))
    assert len(pairs) > 20
    assert partition(made("cosine", Material(embeddings=rows))) == components(150, pairs.tolist())


@pytest.mark.parametrize("k", [2, 3, 15, 120])
def test_a_neighbour_graph_gives_the_groups_of_all_pairs(k):
    rows = np.concatenate([directions(80, seed=5), np.tile(directions(1, seed=6), (40, 1))])
    with_graph = made("cosine", Material(embeddings=rows, neighbours=graph_of(rows, k)))
    assert np.array_equal(with_graph.labels, made("cosine", Material(embeddings=rows)).labels)
    assert with_graph.largest >= 40


def test_equal_rows_are_one_at_a_threshold_of_one():
    rows = np.tile(np.random.default_rng(0).normal(size=(1, 384)), (5, 1)).astype(np.float16)
    assert made("cosine", Material(embeddings=rows), threshold=1.0).largest == 5


def test_rows_of_zeros_are_like_none():
    assert made("cosine", Material(embeddings=np.zeros((3, 4), np.float32))).n_groups == 0


def test_embeddings_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="finite"):
        made("cosine", Material(embeddings=np.full((2, 2), np.nan, np.float32)))


# the record, and what holds of every method

texts_of_few_words = st.lists(
    st.lists(st.sampled_from(VOCABULARY), max_size=12).map(" ".join), min_size=1, max_size=25
)


def test_groups_are_numbered_by_size_and_then_first_row():
    groups = Groups.of("any", np.array([5, 9, 7, 9, 7, 7, 3]))
    assert groups.labels.tolist() == [2, 1, 0, 1, 0, 0, 3]
    assert groups.sizes.tolist() == [3, 2]
    assert (groups.n_groups, groups.n_grouped, groups.n_spare, groups.largest) == (2, 5, 3, 3)


def test_a_pool_without_duplicates_has_a_label_a_row():
    groups = of_texts("exact", ["a", "b", "c"])
    assert groups.labels.tolist() == [0, 1, 2]
    assert (groups.n_groups, groups.largest) == (0, 1)


@pytest.mark.parametrize("name", ["exact", "minhash"])
@settings(max_examples=30, deadline=None)
@given(texts=texts_of_few_words)
def test_labels_are_a_partition_without_gaps(name, texts):
    groups = of_texts(name, texts)
    assert groups.labels.dtype == np.int32
    assert len(groups.labels) == len(texts)
    counts = np.bincount(groups.labels)
    assert counts.min() >= 1
    assert counts[counts > 1].tolist() == groups.sizes.tolist()


@pytest.mark.parametrize("name", ["exact", "minhash"])
@settings(max_examples=30, deadline=None)
@given(texts=texts_of_few_words)
def test_equal_texts_share_a_group(name, texts):
    labels = of_texts(name, texts + texts[::-1]).labels
    assert np.array_equal(labels, labels[::-1])


@pytest.mark.parametrize("name", ["exact", "minhash"])
@settings(max_examples=30, deadline=None)
@given(texts=texts_of_few_words, seed=st.integers(0, 1000))
def test_permuting_texts_permutes_the_partition(name, texts, seed):
    order = np.random.default_rng(seed).permutation(len(texts))
    moved = of_texts(name, [texts[row] for row in order])
    back = {frozenset(int(order[row]) for row in part) for part in partition(moved)}
    assert back == partition(of_texts(name, texts))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000))
def test_permuting_embeddings_permutes_the_partition(seed):
    rows = directions(40, seed=1)
    order = np.random.default_rng(seed).permutation(40)
    moved = made("cosine", Material(embeddings=rows[order]))
    back = {frozenset(int(order[row]) for row in part) for part in partition(moved)}
    assert back == partition(made("cosine", Material(embeddings=rows)))


@pytest.mark.parametrize("name", list(GROUPINGS))
def test_progress_rises_and_ends_whole(name):
    material = Material(texts=variants(50, seed=1), embeddings=directions(50, seed=1))
    told = []
    group(name, material, progress=lambda done, total, note="": told.append((done, total)))
    shares = [done / total for done, total in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_an_unknown_method_suggests_one():
    with pytest.raises(RequestError, match="did you mean 'minhash'"):
        group("minhas", Material(texts=["a"]))


def test_thresholds_out_of_bounds_are_refused():
    with pytest.raises(RequestError, match="at most 1"):
        configure(MinHashConfig, {"threshold": 1.5})


@pytest.mark.gpu
def test_cosine_on_a_gpu_gives_the_groups_of_the_cpu():
    import torch

    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    rows = directions(500, seed=2)
    labels = [
        made("cosine", Material(embeddings=rows, device=device)).labels
        for device in ("cpu", "cuda")
    ]
    assert np.array_equal(*labels)
