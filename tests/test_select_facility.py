"""Facility location and QDIT: by hand, against naive greedy, and in every form alike."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Cancelled, RequestError
from core.select import Budget, Constraints, Quota, memory, select
from core.select import facility_kernels as kernels
from core.select.facility import Worth, greedy, similarities
from core.select.facility_dense import AllPairs, tiles
from core.select.facility_lists import Anew, Nearest
from core.select.facility_torch import OnDevice
from core.select.limits import Limits
from core.select.vectors import unit_vectors_of
from tests.select_pools import view_of

SQUARE = np.array([[1, 0], [0.8, 0.6], [0, 1], [-1, 0]], dtype=np.float32)  # rows a, b, c, d
FORMS = {
    "all pairs": AllPairs,
    "anew": lambda vectors: Anew(vectors, room=1 << 20),
    "anew, no room": lambda vectors: Anew(vectors, room=0),
    "anew, little room": lambda vectors: Anew(vectors, room=6 * 300 * 20),
    "nearest, all of them": lambda vectors: Nearest(vectors, len(vectors)),
    "torch, kept": lambda vectors: OnDevice(vectors, "cpu", keep=True),
    "torch, anew": lambda vectors: OnDevice(vectors, "cpu", keep=False),
}


def picked(name, arrays, budget, config=None, *, columns=None, **options):
    view = view_of(arrays, columns=columns)
    return select(name, view, Budget("rows", budget), config or {}, **options)


def clustered(n_rows, *, n_clusters=6, width=8, seed=0):
    """Rows around a few centres, some of them equal."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(n_clusters, width)) * 1.5
    rows = centres[rng.integers(n_clusters, size=n_rows)] + rng.normal(size=(n_rows, width))
    copies = rng.integers(n_rows, size=(2, n_rows // 20))
    rows[copies[0]] = rows[copies[1]]
    return rows.astype(np.float32)


def fixed_point(vectors, kind=np.float32):
    """All similarities in steps of 1 / SCALE, as whole numbers."""
    vectors = vectors.astype(kind)
    steps = vectors @ vectors.T * kind(kernels.SCALE) + kind(0.5)
    return np.clip(np.floor(steps), 0, kernels.SCALE).astype(np.float64)


def kind_of(form):
    return np.float64 if form.startswith("torch") else np.float32


def naive(similar, budget, *, slope=1.0, bonus=0.0, pinned=(), digits=None):
    """Greedy by looking at every row at every pick; the first of equal rows wins."""
    cover = np.zeros(len(similar))
    rows, worth = [], []
    slope, bonus = np.broadcast_to(slope, len(similar)), np.broadcast_to(bonus, len(similar))
    while len(rows) < budget:
        gains = slope * np.maximum(similar - cover, 0).sum(axis=1) + bonus
        gains = gains if digits is None else gains.round(digits)
        gains[rows] = -1
        row = pinned[len(rows)] if len(rows) < len(pinned) else int(np.argmax(gains))
        rows.append(row)
        worth.append(gains[row])
        cover = np.maximum(cover, similar[row])
    return rows, worth


def found_by(source, budget, *, slope=1.0, bonus=0.0, pinned=(), **options):
    n_rows = options.pop("n_rows")
    limits = Limits.of(Constraints(), n_rows=n_rows, budget=budget)
    worth = Worth(np.full(n_rows, 1.0) * slope, np.zeros(n_rows) + bonus)
    return greedy(
        source,
        worth,
        budget,
        order=np.arange(n_rows),
        pinned=np.array(pinned, dtype=np.int64),
        limits=limits,
        **options,
    )


def share(embeddings, rows):
    """Facility location of a subset, in units of cosine."""
    vectors = unit_vectors_of(embeddings).astype(np.float64)
    return np.maximum(vectors @ vectors[rows].T, 0).max(axis=1).sum()


# by hand


def test_facility_location_takes_what_represents_most():
    # first gains a 1.8, b 2.4, c 1.6, d 1; after b: a 0.2, c 0.4, d 1
    found = picked("facility-location", {"embeddings": SQUARE, "ids": list("abcd")}, 4)
    assert found.rows.tolist() == [1, 3, 2, 0]
    assert np.allclose(found.own_gains, [2.4, 1.0, 0.4, 0.2], atol=1e-4)


def test_facility_location_divides_the_gain_by_the_cost():
    # first a 1.8, b 2.4 / 4, c 1.6, d 1; after a: b (0.2 + 0.6) / 4, c 1, d 1, and c comes before d
    costs = Constraints(costs=np.array([1, 4, 1, 1], dtype=np.float32))
    arrays = {"embeddings": SQUARE, "ids": list("abcd")}
    found = picked("facility-location", arrays, 4, constraints=costs)
    assert found.rows.tolist() == [0, 2, 3, 1]
    assert np.allclose(found.own_gains, [1.8, 1.0, 1.0, 0.05], atol=1e-4)


def test_qdit_adds_scaled_quality_to_the_mean_gain():
    # a half each: d 0.5 * 1 / 4 + 0.5, b 0.5 * 2.4 / 4 + 0.25, then c 0.05, a 0.025
    arrays = {"embeddings": SQUARE, "ids": list("abcd"), "quality": np.array([2, 3, 2, 4.0])}
    found = picked("qdit", arrays, 4, {"alpha": 0.5, "gain": "mean"})
    assert found.rows.tolist() == [3, 1, 2, 0]
    assert np.allclose(found.own_gains, [0.625, 0.55, 0.05, 0.025], atol=1e-4)


def test_qdit_adds_scaled_quality_to_the_sum_of_gains():
    # a half each: b 0.5 * 2.4 + 0.25, d 0.5 + 0.5, then c 0.2, a 0.1
    arrays = {"embeddings": SQUARE, "ids": list("abcd"), "quality": np.array([2, 3, 2, 4.0])}
    found = picked("qdit", arrays, 4, {"alpha": 0.5, "gain": "sum"})
    assert found.rows.tolist() == [1, 3, 2, 0]
    assert np.allclose(found.own_gains, [1.45, 1.0, 0.2, 0.1], atol=1e-4)


def test_qdit_divides_both_parts_by_the_cost():
    arrays = {"embeddings": SQUARE, "ids": list("abcd"), "quality": np.array([2, 3, 2, 4.0])}
    costs = Constraints(costs=np.array([1, 1, 1, 2], dtype=np.float32))
    found = picked("qdit", arrays, 2, {"alpha": 0.5, "gain": "mean"}, constraints=costs)
    assert found.rows.tolist() == [1, 3]
    assert np.allclose(found.own_gains, [0.55, 0.3125], atol=1e-4)


def test_the_length_of_a_vector_does_not_count():
    longer = SQUARE * np.array([[3], [0.1], [7], [1]], dtype=np.float32)
    assert picked("facility-location", {"embeddings": longer}, 2).rows.tolist() == [1, 3]


def test_a_row_of_zeros_resembles_nothing_and_comes_last():
    arrays = {"embeddings": np.array([[0, 0], [1, 0], [0, 1]], dtype=np.float32)}
    found = picked("facility-location", arrays, 3)
    assert found.rows[-1] == 0
    assert found.own_gains[-1] == 0


def test_equal_rows_go_by_example_id():
    arrays = {"embeddings": np.ones((5, 3), dtype=np.float32), "ids": list("ebdac")}
    assert picked("facility-location", arrays, 5).rows.tolist() == [3, 1, 4, 2, 0]


# against naive greedy


@pytest.mark.parametrize("form", FORMS)
def test_each_form_picks_what_naive_greedy_picks(form):
    vectors = unit_vectors_of(clustered(300))
    rows, worth = naive(fixed_point(vectors, kind_of(form)), 120)
    found = found_by(FORMS[form](vectors), 120, n_rows=300)
    assert found.rows.tolist() == rows
    assert found.worth.tolist() == worth


@pytest.mark.parametrize("form", FORMS)
def test_each_form_picks_what_naive_greedy_picks_with_slopes_bonus_and_pins(form):
    vectors = unit_vectors_of(clustered(200, seed=1))
    rng = np.random.default_rng(2)
    what = {"slope": rng.uniform(0.1, 2, size=200), "bonus": rng.random(200) * 1e6}
    rows, worth = naive(fixed_point(vectors, kind_of(form)), 80, pinned=(3, 77), **what)
    found = found_by(FORMS[form](vectors), 80, pinned=(3, 77), n_rows=200, **what)
    assert found.rows.tolist() == rows
    assert np.allclose(found.worth[2:], worth[2:], rtol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_steps_of_a_similarity_are_fine_enough_to_pick_as_with_real_numbers(seed):
    vectors = np.random.default_rng(seed).normal(size=(150, 16)) / np.arange(1, 17)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    # two rows most like each other add the same; rounded, so that they tie in float64 as well
    rows, worth = naive(np.maximum(vectors @ vectors.T, 0).round(6), 60, digits=5)
    found = picked("facility-location", {"embeddings": vectors, "ids": np.arange(1000, 1150)}, 60)
    assert found.rows.tolist() == rows
    assert np.allclose(found.own_gains, worth, atol=1e-3)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.integers(1, 5), st.integers(0, 1000))
def test_any_pool_is_ordered_as_naive_greedy_orders_it(n_rows, width, seed):
    rng = np.random.default_rng(seed)
    embeddings = rng.integers(-2, 3, size=(n_rows, width)).astype(np.float32)  # many are equal
    vectors = unit_vectors_of(embeddings)
    rows, _ = naive(fixed_point(vectors), n_rows)
    found = found_by(AllPairs(vectors), n_rows, n_rows=n_rows)
    assert found.rows.tolist() == rows


@pytest.mark.parametrize("seed", range(4))
def test_greedy_reaches_its_share_of_the_best_possible(seed):
    embeddings = clustered(12, n_clusters=4, width=3, seed=seed)
    best = max(share(embeddings, list(some)) for some in combinations(range(12), 4))
    rows = picked("facility-location", {"embeddings": embeddings}, 4).rows
    assert share(embeddings, rows) >= (1 - 1 / np.e) * best


def test_own_gains_add_up_to_facility_location():
    embeddings = clustered(90, seed=3)
    found = picked("facility-location", {"embeddings": embeddings}, 20)
    assert np.isclose(found.own_gains.sum(), share(embeddings, found.rows), rtol=1e-4)


# forms


@pytest.mark.parametrize("form", FORMS)
def test_all_forms_choose_the_same_rows(form):
    vectors = unit_vectors_of(clustered(400, n_clusters=12, seed=12))
    first = found_by(AllPairs(vectors), 100, n_rows=400)
    assert found_by(FORMS[form](vectors), 100, n_rows=400).rows.tolist() == first.rows.tolist()


def test_tiles_make_the_whole_matrix():
    vectors = unit_vectors_of(np.random.default_rng(4).normal(size=(2500, 6)))
    source = AllPairs(vectors)
    source.build(lambda share: None)
    assert (source._matrix[:, :2500] == fixed_point(vectors)).all()
    assert not source._matrix[:, 2500:].any()


@pytest.mark.parametrize("form", FORMS)
def test_first_gains_are_sums_of_similarities(form):
    vectors = unit_vectors_of(np.random.default_rng(5).normal(size=(1300, 4)))
    gains = FORMS[form](vectors).build(lambda share: None)
    assert gains.tolist() == fixed_point(vectors, kind_of(form)).sum(axis=1).tolist()


def test_shares_of_the_tiles_rise_to_the_whole():
    done = [share for _, _, share in tiles(9000)]
    assert done == sorted(done)
    assert done[0] > 0
    assert done[-1] == 1


def test_nearest_rows_are_those_of_largest_similarity():
    vectors = unit_vectors_of(clustered(500, seed=6))
    similar = fixed_point(vectors)
    gains = Nearest(vectors, 7).build(lambda share: None)
    order = np.argsort(-similar, axis=1, kind="stable")[:, :7]
    kept = np.zeros_like(similar)
    np.put_along_axis(kept, order, np.take_along_axis(similar, order, axis=1), axis=1)
    assert gains.tolist() == kept.sum(axis=0).tolist()


def test_a_few_neighbours_come_near_to_all_of_them():
    arrays = {"embeddings": clustered(600, n_clusters=20, seed=7)}
    exact = picked("facility-location", arrays, 60)
    near = picked("facility-location", arrays, 60, {"neighbours": 60})
    whole = share(arrays["embeddings"], exact.rows)
    assert 0.98 * whole <= share(arrays["embeddings"], near.rows) <= whole


def test_a_note_says_which_form_ran():
    arrays = {"embeddings": SQUARE}
    assert "all pairs kept" in picked("facility-location", arrays, 2).notes[0]
    near = picked("facility-location", arrays, 2, {"neighbours": 2})
    assert "nearest" in near.notes[0]


def test_what_does_not_fit_is_compared_anew():
    vectors = unit_vectors_of(SQUARE)
    assert isinstance(similarities(vectors, room=AllPairs.size(4)), AllPairs)
    assert isinstance(similarities(vectors, room=AllPairs.size(4) - 1), Anew)
    assert isinstance(similarities(vectors, neighbours=2), Nearest)


def test_memory_of_a_container_counts(tmp_path, monkeypatch):
    for name, text in {"LIMIT": "1000", "USED": "400", "MEMINFO": "MemAvailable: 9 kB"}.items():
        (tmp_path / name).write_text(text)
        monkeypatch.setattr(memory, name, tmp_path / name)
    assert memory.memory_free() == 600
    (tmp_path / "LIMIT").write_text("max\n")
    assert memory.memory_free() == 9 * 1024


# limits


def test_pins_come_first_and_cover():
    arrays = {"embeddings": SQUARE, "ids": list("abcd")}
    found = picked("facility-location", arrays, 3, constraints=Constraints(pinned=np.array([0])))
    assert found.rows.tolist() == [0, 2, 3]  # b adds 0.8 after a, c and d add 1


def test_forbidden_rows_stay_out_but_are_represented():
    limits = Constraints(forbidden=np.array([1]))
    found = picked("facility-location", {"embeddings": SQUARE}, 1, constraints=limits)
    assert found.rows.tolist() == [0]
    assert np.isclose(found.own_gains[0], 1.8, atol=1e-4)


@pytest.mark.parametrize("name", ["facility-location", "qdit"])
def test_one_row_of_a_group_is_chosen(name):
    groups = Constraints(groups=np.repeat(np.arange(30), 3).astype(np.int32))
    rows = picked(name, {"embeddings": clustered(90, seed=8)}, 30, constraints=groups).rows
    assert sorted(rows // 3) == list(range(30))


@pytest.mark.parametrize("name", ["facility-location", "qdit"])
def test_quotas_are_kept(name):
    topics = np.array(["a", "b", "c"])[np.arange(90) % 3]
    limits = Constraints(quotas=(Quota("topic", "a", most=2), Quota("topic", "b", least=15)))
    arrays = {"embeddings": clustered(90, seed=9)}
    rows = picked(name, arrays, 24, constraints=limits, columns={"topic": topics}).rows
    assert (topics[rows] == "a").sum() <= 2
    assert (topics[rows] == "b").sum() >= 15


# alpha


def quality_pool():
    rng = np.random.default_rng(10)
    return {"embeddings": clustered(120, seed=10), "quality": rng.normal(size=120)}


def test_qdit_with_alpha_0_is_facility_location():
    arrays = quality_pool()
    found = picked("qdit", arrays, 60, {"alpha": 0})
    assert found.rows.tolist() == picked("facility-location", arrays, 60).rows.tolist()


def test_qdit_with_alpha_1_ranks_by_quality():
    arrays = quality_pool()
    order = np.argsort(-arrays["quality"])
    assert picked("qdit", arrays, 60, {"alpha": 1}).rows.tolist() == order[:60].tolist()


def test_qdit_close_to_alpha_1_ranks_by_quality_too():
    arrays = quality_pool()
    first, second = (picked("qdit", arrays, 40, {"alpha": one}).rows for one in (1, 1 - 1e-9))
    assert first.tolist() == second.tolist()


def test_qdit_trades_coverage_for_quality():
    arrays = quality_pool()
    found = [picked("qdit", arrays, 30, {"alpha": one}).rows for one in (0, 0.3, 0.9)]
    means = [arrays["quality"][rows].mean() for rows in found]
    shares = [share(arrays["embeddings"], rows) for rows in found]
    assert means == sorted(means)
    assert shares == sorted(shares, reverse=True)


def test_qdit_without_quality_is_facility_location_and_says_so():
    arrays = {"embeddings": clustered(60, seed=11)}
    found = picked("qdit", arrays, 20)
    assert found.rows.tolist() == picked("facility-location", arrays, 20).rows.tolist()
    assert "quality uniform: the order is that of facility location" in found.notes


# progress and faults


def test_progress_rises_to_its_total():
    seen = []
    source = AllPairs(unit_vectors_of(clustered(400)))
    found_by(source, 100, n_rows=400, progress=lambda done, total, note: seen.append((done, total)))
    done = [one for one, _ in seen]
    assert done == sorted(done)
    assert seen[-1][0] == seen[-1][1]
    assert len({total for _, total in seen}) == 1


@pytest.mark.parametrize("after", ["comparing rows", "rows chosen"])
def test_somebody_may_stop_it(after):
    def stop(done, total, note):
        if note.endswith(after):
            raise Cancelled

    with pytest.raises(Cancelled):
        found_by(AllPairs(unit_vectors_of(clustered(100))), 50, n_rows=100, progress=stop)


def test_an_embedding_that_is_not_finite_is_refused():
    broken = SQUARE.copy()
    broken[2, 1] = np.nan
    with pytest.raises(RequestError, match="not finite"):
        picked("facility-location", {"embeddings": broken}, 2)
