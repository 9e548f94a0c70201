"""A subset from a file keeps its own order; constraints and the budget cut it like any other."""

import numpy as np
import pytest

from core.errors import RequestError
from core.select import Budget, Constraints, select
from tests.select_pools import view_of


def chosen(rows, budget, **constraints):
    view = view_of({"tokens": np.full(6, 5), "given": np.array(rows)})
    limits = Constraints(**{name: np.array(one) for name, one in constraints.items()})
    return select("given", view, Budget("rows", budget), constraints=limits).rows.tolist()


def test_the_rows_come_in_their_own_order():
    assert chosen([4, 1, 5], 3) == [4, 1, 5]


def test_a_smaller_budget_takes_the_first_of_them():
    assert chosen([4, 1, 5], 2) == [4, 1]


def test_forbidden_rows_are_passed_over():
    assert chosen([4, 1, 5], 2, forbidden=[4]) == [1, 5]


def test_pinned_rows_come_first_even_when_they_were_not_given():
    assert chosen([4, 1, 5], 3, pinned=[0]) == [0, 4, 1]


def test_one_row_of_a_group_stays():
    assert chosen([4, 1, 5], 2, groups=[0, 1, 2, 3, 1, 5]) == [4, 5]


def test_more_rows_than_were_given_are_refused_with_the_largest_budget():
    with pytest.raises(RequestError, match=r"has 3 rows that may be chosen.*ask for at most 3"):
        chosen([4, 1, 5], 4)
