"""kM-Closest: the rows nearest the centroid of each cluster."""

import numpy as np
import pytest

from core.select import Budget, Constraints, select
from tests.select_pools import readings, view_of

# two clusters on a line, with means 2 and 102
LINE = np.array([0, 1, 2, 3, 4, 100, 102, 104], dtype=np.float32)[:, None]
ARRAYS = {"embeddings": LINE, "ids": list("abcdefgh")}


def closest(budget, arrays=ARRAYS, constraints=None, **config):
    options = {} if constraints is None else {"constraints": constraints}
    given = {"clusters": 2} | config
    return select("km-closest", view_of(arrays), Budget("rows", budget), given, **options)


@pytest.mark.parametrize(
    ("budget", "rows"),
    [
        (2, [2, 6]),  # shares 1.25 and 0.75
        (4, [1, 2, 3, 6]),  # 2.5 and 1.5: at equal remainders the larger cluster is rounded up
        (8, list(range(8))),
    ],
)
def test_a_case_worked_by_hand(budget, rows):
    assert sorted(closest(budget).rows.tolist()) == rows


def test_equal_shares_take_as_many_of_each():
    found = closest(4, allocation="equal")
    assert sorted(found.rows.tolist()) == [1, 2, 5, 6]  # of equally far rows the smaller id


def test_distances_are_to_the_own_centroid():
    found = closest(8)
    expected = np.abs(LINE[found.rows, 0] - np.where(found.rows < 5, 2, 102))
    assert found.explains["distance"] == pytest.approx(expected, abs=1e-5)


def test_no_row_left_is_nearer_than_a_chosen_one_of_its_cluster():
    arrays = readings()
    whole = closest(60, arrays, clusters=4)
    found = closest(20, arrays, clusters=4)
    labels, distances = np.empty(60, dtype=int), np.empty(60)
    labels[whole.rows], distances[whole.rows] = (
        whole.explains["cluster"],
        whole.explains["distance"],
    )
    for one in range(4):
        inside = np.flatnonzero(labels == one)
        chosen = np.isin(inside, found.rows)
        assert distances[inside[chosen]].max() <= distances[inside[~chosen]].min()


def test_a_forbidden_row_is_replaced_by_the_next_nearest():
    found = closest(2, constraints=Constraints(forbidden=np.array([6])))
    assert sorted(found.rows.tolist()) == [2, 5]
