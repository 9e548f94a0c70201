"""SemDeDup: semantic duplicates last, in one order for every epsilon."""

import numpy as np
import pytest

from core.select import Budget, select
from core.select.semdedup import largest_to_earlier
from tests.select_pools import example_ids, view_of


def semdedup(arrays, budget, **config):
    return select("semdedup", view_of(arrays), Budget("rows", budget), config)


def doubled(n_rows=80, *, seed=0):
    """Rows of which the second half nearly repeats the first."""
    rng = np.random.default_rng(seed)
    first = rng.normal(size=(n_rows // 2, 8))
    again = first + rng.normal(size=first.shape) * rng.uniform(0.01, 0.6, size=(n_rows // 2, 1))
    return {"embeddings": np.concatenate([first, again]).astype(np.float32)}


def on_a_circle(*degrees):
    angles = np.radians(degrees)
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    return {"embeddings": points, "ids": list("abcdefgh")[: len(degrees)]}


def left_by_the_paper(units, clusters, distances, epsilon):
    """Rows that SemDeDup keeps: far ones first, each dropped if too near an earlier one."""
    kept = []
    for one in np.unique(clusters):
        rows = np.flatnonzero(clusters == one)
        rows = rows[np.argsort(-distances[rows], kind="stable")]
        for at, row in enumerate(rows):
            if at == 0 or (units[rows[:at]] @ units[row]).max() <= 1 - epsilon:
                kept.append(row)
    return set(kept)


def test_a_case_worked_by_hand():
    # the mean points to 31.6 degrees: from far to near 80, 0, 10, 40
    found = semdedup(on_a_circle(0, 10, 40, 80), 4, clusters=1)
    cosines = np.cos(np.radians([80, 30, 10]))  # of 0 with 80, of 40 with 10, of 10 with 0
    assert found.rows.tolist() == [3, 0, 2, 1]
    assert found.explains["max_cosine"] == pytest.approx([-1, *cosines], abs=1e-5)
    assert found.explains["epsilon"] == pytest.approx([2, *(1 - cosines)], abs=1e-5)


def test_the_easy_row_of_two_alike_stays_when_asked():
    # from near to far 40, 10, 0, 80: the row at 10 is now earlier than the one at 0
    found = semdedup(on_a_circle(0, 10, 40, 80), 4, clusters=1, keep="easy")
    assert found.rows.tolist() == [2, 3, 1, 0]


@pytest.mark.parametrize("budget", [5, 23, 41, 60, 79])
def test_a_budget_is_what_the_paper_leaves_at_the_epsilon_told(budget):
    arrays = doubled()
    whole = semdedup(arrays, 80, clusters=3)
    clusters = np.empty(80, dtype=int)
    clusters[whole.rows] = whole.explains["cluster"]
    points = arrays["embeddings"].astype(np.float64)
    units = points / np.linalg.norm(points, axis=1, keepdims=True)
    means = np.stack([units[clusters == one].mean(axis=0) for one in range(3)])
    distances = np.linalg.norm(units - means[clusters], axis=1)
    found = semdedup(arrays, budget, clusters=3)
    epsilon = found.explains["epsilon"][-1] - 1e-5  # cosines are rounded to 5 digits
    assert set(found.rows.tolist()) == left_by_the_paper(units, clusters, distances, epsilon)


def test_largest_cosines_are_those_of_every_pair():
    rng = np.random.default_rng(2)
    units = rng.normal(size=(50, 6)).astype(np.float32)
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    groups = [rng.permutation(50)[:30], np.array([7])]
    expected = np.full(50, -1.0)
    for group in groups:
        for at, row in enumerate(group[1:], start=1):
            expected[row] = (units[group[:at]] @ units[row]).max()
    assert largest_to_earlier(units, groups) == pytest.approx(expected, abs=1e-5)


def test_blocks_do_not_change_the_cosines(monkeypatch):
    units = np.random.default_rng(3).normal(size=(40, 4)).astype(np.float32)
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    whole = largest_to_earlier(units, [np.arange(40)])
    monkeypatch.setattr("core.select.semdedup.MOST_HELD", 7 * 40)
    assert largest_to_earlier(units, [np.arange(40)]).tolist() == whole.tolist()


@pytest.mark.parametrize("keep", ["hard", "easy", "random"])
def test_exact_copies_come_last(keep):
    first = np.random.default_rng(4).normal(size=(20, 8)).astype(np.float32)
    arrays = {"embeddings": np.concatenate([first, first]), "ids": example_ids(40)}
    rows = semdedup(arrays, 20, clusters=2, keep=keep).rows
    assert sorted((rows % 20).tolist()) == list(range(20))


def test_length_does_not_count():
    arrays = doubled()
    longer = {"embeddings": arrays["embeddings"] * np.float32(7)}
    assert semdedup(longer, 30).rows.tolist() == semdedup(arrays, 30).rows.tolist()
