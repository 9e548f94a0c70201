"""Deita and Repr Filter: one diversity filter, two orders."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import RequestError
from core.select import Budget, Constraints, Quota, filtering, select
from core.select.chosen import Chosen, _DeviceCopy
from core.select.filtering import Ceiling, filter_order
from core.select.hashing import hash_order
from core.select.limits import Limits
from core.select.vectors import unit_vectors_of
from core.select.view import id_hashes, id_ranks
from tests.select_pools import example_ids, readings, view_of

BY_ID = {"order": "id"}
IDS = list("abcdefghij")


def chosen(name, embeddings, budget, config, *, columns=None, seed=42, limits=None, **arrays):
    arrays["embeddings"] = np.asarray(embeddings, dtype=np.float32)
    arrays.setdefault("ids", np.array(IDS[: len(embeddings)]))
    options = {} if limits is None else {"constraints": limits}
    view = view_of(arrays, columns=columns)
    return select(name, view, Budget("rows", budget), config, seed=seed, **options)


def at_angles(*degrees, lengths=1.0):
    turns = np.radians(degrees)
    return np.stack([np.cos(turns), np.sin(turns)], axis=1) * np.reshape(lengths, (-1, 1))


def naive(order, embeddings, budget, ceiling):
    """Each row against every accepted one, by itself."""
    unit = unit_vectors_of(embeddings).astype(np.float64)
    accepted = []
    for row in order:
        largest = max((float(unit[row] @ unit[one]) for one in accepted), default=-np.inf)
        if len(accepted) < budget and ceiling.accepts(round(largest, 6)):
            accepted.append(row)
    rest = [row for row in order if row not in accepted]
    return [*accepted, *rest][:budget], len(accepted)


# repr-filter


def test_a_row_is_accepted_when_no_accepted_row_is_like_it():
    # cos 20 degrees is 0.94, cos 30 is 0.87: b is too near a, c is compared with a alone
    found = chosen("repr-filter", at_angles(0, 20, 30, 90), 3, BY_ID)
    assert found.rows.tolist() == [0, 2, 3]
    assert found.notes == ("every row passed the filter",)


def test_rows_that_did_not_pass_fill_the_budget_in_order_and_are_told():
    found = chosen("repr-filter", at_angles(0, 20, 90, 10), 4, BY_ID)
    assert found.rows.tolist() == [0, 2, 1, 3]
    assert found.explains["is_fill"].tolist() == [False, False, True, True]
    assert found.notes[0].startswith("2 rows passed the filter; 2 more that did not")


def test_lengths_of_vectors_do_not_matter():
    # squared L2 of raw embeddings (2.7 item 12) would keep all long ones and drop all short ones
    angles = (0, 20, 30, 90)
    for lengths in (1.0, 1000.0, 0.001, [0.01, 300, 2, 0.5]):
        found = chosen("repr-filter", at_angles(*angles, lengths=lengths), 3, BY_ID)
        assert found.rows.tolist() == [0, 2, 3]


def test_the_threshold_is_a_cosine_and_not_a_squared_distance():
    # at 45 degrees: cosine 0.71, squared distance of the unit vectors 0.59, below 0.9
    found = chosen("repr-filter", at_angles(0, 45), 2, BY_ID)
    assert not found.explains["is_fill"].any()


def test_at_the_threshold_repr_filter_drops_and_deita_accepts():
    points = [[1, 0], [0.6, 0.8], [-1, 0]]
    dropped = chosen("repr-filter", points, 2, BY_ID | {"threshold": 0.6})
    kept = chosen("deita", points, 2, {"threshold": 0.6, "quality": "uniform"})
    assert dropped.rows.tolist() == [0, 2]
    assert kept.rows.tolist() == [0, 1]


@pytest.mark.parametrize(("threshold", "passed"), [(-1.0, 1), (1.0, 3)])
def test_at_both_ends_one_row_passes_or_all_but_equal_ones(threshold, passed):
    points = [[1, 0], [3, 0], [0, 1], [1, 1]]
    found = chosen("repr-filter", points, 4, BY_ID | {"threshold": threshold})
    assert (~found.explains["is_fill"]).sum() == passed


def test_the_default_order_is_by_hash():
    ids = example_ids(10)
    points = np.eye(10)
    order = hash_order(3, id_hashes(ids), id_ranks(ids), "repr-filter")
    found = chosen("repr-filter", points, 10, {}, ids=np.array(ids), seed=3)
    assert found.rows.tolist() == order.tolist()


def test_the_order_may_be_by_length():
    lengths = np.array([3, 9, 9, 1])
    found = chosen("repr-filter", np.eye(4), 4, {"order": "length"}, lengths=lengths)
    assert found.rows.tolist() == [1, 2, 0, 3]


def test_an_order_by_length_without_lengths_is_refused():
    with pytest.raises(RequestError, match="no response lengths"):
        chosen("repr-filter", np.eye(4), 4, {"order": "length"})


def test_pinned_rows_count_for_the_others():
    limits = Constraints(pinned=np.array([3]))
    found = chosen("repr-filter", at_angles(0, 40, 80, 20), 3, BY_ID, limits=limits)
    assert found.rows.tolist() == [3, 2, 0]  # a and b are 20 degrees from d


def test_quotas_bind_accepted_and_filling_rows():
    limits = Constraints(quotas=(Quota("half", "low", most=1),))
    columns = {"half": np.array(["low", "low", "high", "high"])}
    found = chosen("repr-filter", at_angles(0, 90, 5, 6), 3, BY_ID, limits=limits, columns=columns)
    assert found.rows.tolist() == [0, 2, 3]


def test_a_row_of_zeros_is_like_no_other():
    found = chosen("repr-filter", [[0, 0], [1, 0], [0, 0]], 3, BY_ID)
    assert not found.explains["is_fill"].any()


# deita


def test_deita_takes_the_best_of_each_neighbourhood():
    quality = np.array([1, 5, 4, 2], dtype=np.float32)
    found = chosen("deita", at_angles(0, 5, 90, 95), 3, {}, quality=quality)
    assert found.rows.tolist() == [1, 2, 3]
    assert found.explains["is_fill"].tolist() == [False, False, True]
    assert found.notes[1] == "quality from quality"


def test_a_row_is_compared_with_accepted_rows_and_not_with_dropped_ones():
    # 30 degrees is near the dropped 20 and far enough from 0
    quality = np.array([3, 2, 1], dtype=np.float32)
    found = chosen("deita", at_angles(0, 20, 30), 2, {}, quality=quality)
    assert found.rows.tolist() == [0, 2]


def test_at_a_threshold_of_1_deita_is_the_order_of_quality():
    arrays = readings()
    arrays["embeddings"][10:20] = arrays["embeddings"][:10] * 3
    found = select("deita", view_of(arrays), Budget("rows", 60), {"threshold": 1.0})
    order = np.lexsort((id_ranks(arrays["ids"]), -arrays["quality"]))
    assert found.rows.tolist() == order.tolist()


def test_without_quality_deita_goes_by_id_and_says_so():
    found = chosen("deita", np.eye(3), 3, {}, ids=np.array(["c", "a", "b"]))
    assert found.rows.tolist() == [1, 2, 0]
    assert found.notes[1].startswith("quality uniform")


# the scan


@settings(max_examples=50, deadline=None)
@given(
    points=st.lists(st.tuples(*[st.integers(-2, 2)] * 3), min_size=1, max_size=30),
    cosine=st.sampled_from([-1.0, 0.0, 0.5, 0.8, 1.0]),
    inclusive=st.booleans(),
    block=st.sampled_from([1, 4, 512]),
)
def test_the_scan_accepts_what_the_naive_one_accepts(points, cosine, inclusive, block):
    points = np.array(points, dtype=np.float32)
    order = np.arange(len(points))[::-1]
    budget = max(1, len(points) - 2)
    ceiling = Ceiling(cosine, inclusive)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(filtering, "BLOCK", block)
        found = filter_order(
            order,
            unit_vectors_of(points),
            budget,
            ceiling=ceiling,
            first=np.empty(0, dtype=np.int64),
            limits=Limits.of(Constraints(), n_rows=len(points), budget=budget),
        )
    rows, accepted = naive(order.tolist(), points, budget, ceiling)
    assert found.rows.tolist() == rows
    assert (~found.is_fill).sum() == accepted


def test_no_accepted_row_is_too_like_another_on_a_larger_pool():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(2000, 8)).astype(np.float32)
    found = chosen_of_many("repr-filter", points, 2000, {"threshold": 0.8})
    unit = unit_vectors_of(points[found.rows[~found.explains["is_fill"]]])
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, -1)
    assert cosines.max() < 0.8
    dropped = unit_vectors_of(points[found.rows[found.explains["is_fill"]]])
    assert (dropped @ unit.T).max(axis=1).min() >= 0.8 - 1e-6


def chosen_of_many(name, points, budget, config):
    return select(name, view_of({"embeddings": points}), Budget("rows", budget), config)


def test_a_pool_too_large_for_memory_is_refused(monkeypatch):
    monkeypatch.setattr("core.select.vectors.memory_free", lambda: 10)
    with pytest.raises(RequestError, match="of memory are free"):
        chosen("repr-filter", np.eye(4), 2, BY_ID)


def test_torch_holds_rows_against_the_chosen_ones_as_numpy_does():
    rng = np.random.default_rng(4)
    chosen_rows = Chosen(30, 7)
    copy = _DeviceCopy(chosen_rows.vectors, chosen_rows.less, "cpu")
    some = rng.normal(size=(9, 7)).astype(np.float32)
    for n_new in (1, 20, 9):
        chosen_rows.add(rng.normal(size=(n_new, 7)).astype(np.float32), rng.random(n_new))
        here = chosen_rows.largest(some, 0, chosen_rows.count)
        assert copy.largest(some, 0, chosen_rows.count) == pytest.approx(here, rel=1e-5)
