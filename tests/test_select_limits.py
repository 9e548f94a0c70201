"""What may still be chosen: groups and quotas while rows are picked, and what cannot be met."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import RequestError
from core.select import Budget, Constraints, Quota, select
from core.select.constraints import Side
from core.select.limits import Limits
from core.select.meeting import plan
from core.select.quotas import as_text, parse_quota
from tests.select_pools import readings, view_of

COLOURS = np.array(["red", "green", "blue"])[np.arange(60) % 3]
SHAPES = np.array(["round", "square"])[np.arange(60) // 30]


def side(labels, least, most):
    return Side("a side", np.array(labels, np.int32), np.array(least), np.array(most))


def limits_of(*sides, n_rows, budget, forbidden=()):
    constraints = Constraints(forbidden=np.array(forbidden, dtype=int), sides=sides)
    return Limits.of(constraints, n_rows=n_rows, budget=budget)


# picking under limits


def test_a_chosen_row_closes_its_group():
    limits = limits_of(side([0, 0, 1, -1], [0, 0], [1, 1]), n_rows=4, budget=3)
    assert sorted(limits.take(np.array([0])).tolist()) == [0, 1]
    assert limits.free.tolist() == [False, False, True, True]


def test_a_row_under_no_bound_closes_only_itself():
    limits = limits_of(side([0, 0, -1, -1], [0], [1]), n_rows=4, budget=3)
    assert limits.take(np.array([3])).tolist() == [3]


def test_a_full_quota_closes_the_rest_of_its_value():
    limits = limits_of(side([0, 0, 0, 1], [0, 0], [2, 9]), n_rows=4, budget=3)
    limits.take(np.array([0, 1]))
    assert limits.free.tolist() == [False, False, False, True]


def test_what_is_owed_closes_everything_else_in_time():
    limits = limits_of(side([0, 0, 1, 1, -1], [2, 0], [9, 9]), n_rows=5, budget=3)
    assert limits.walk(np.array([4, 3, 2, 1, 0]), 3).tolist() == [4, 1, 0]


def test_a_least_as_large_as_the_budget_closes_everything_else_at_once():
    limits = limits_of(side([0, 0, 1], [2, 0], [9, 9]), n_rows=3, budget=2)
    assert limits.free.tolist() == [True, True, False]


def test_a_most_of_none_closes_its_value_from_the_start():
    assert limits_of(side([0, 1], [0, 0], [0, 9]), n_rows=2, budget=1).free.tolist() == [
        False,
        True,
    ]


def test_forbidden_rows_are_never_free():
    limits = limits_of(n_rows=3, budget=2, forbidden=[1])
    assert limits.walk(np.array([1, 2, 0]), 3).tolist() == [2, 0]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_walk_over_one_column_always_ends_within_its_bounds(data):
    labels = np.array(data.draw(st.lists(st.integers(-1, 3), min_size=8, max_size=30)))
    sizes = np.bincount(labels[labels >= 0], minlength=4)
    least = np.array([data.draw(st.integers(0, int(size))) for size in sizes])
    most = np.array([data.draw(st.integers(int(low), 30)) for low in least])
    reachable = int(np.minimum(most, sizes).sum() + (labels < 0).sum())
    lowest = max(1, int(least.sum()))
    if lowest > reachable:
        return
    budget = data.draw(st.integers(lowest, reachable))
    order = np.array(data.draw(st.permutations(range(len(labels)))))
    rows = limits_of(side(labels, least, most), n_rows=len(labels), budget=budget).walk(
        order, budget
    )
    counts = np.bincount(labels[rows][labels[rows] >= 0], minlength=4)
    assert len(rows) == budget
    assert (least <= counts).all() and (counts <= most).all()


# quotas as text


@pytest.mark.parametrize(
    ("text", "quota"),
    [
        ("lang=de:100-500", Quota("lang", "de", 100, 500)),
        ("lang=de:-500", Quota("lang", "de", 0, 500)),
        ("lang=de:100-", Quota("lang", "de", 100)),
        ("lang=de:10%-30%", Quota("lang", "de", 0.1, 0.3, in_shares=True)),
        ("a=b:c=d:1-2", Quota("a", "b:c=d", 1, 2)),
    ],
)
def test_a_quota_is_read_and_written(text, quota):
    assert parse_quota(text) == quota
    assert parse_quota(as_text(quota)) == quota


@pytest.mark.parametrize(
    "text",
    ["", "lang", "lang=de", "lang=de:5", "=de:1-2", "lang=de:x-2", "lang=de:1-20%", "a=b:1.5-2"],
)
def test_a_quota_of_another_form_is_refused_as_seen(text):
    with pytest.raises(RequestError, match="column=value:least-most") as caught:
        parse_quota(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize("text", ["lang=de:5-2", "lang=de:50%-20%", "lang=de:10%-120%"])
def test_bounds_that_contradict_each_other_are_refused(text):
    with pytest.raises(RequestError, match="the quota on lang=de asks for at least"):
        parse_quota(text)


# requests


def asked(*quotas, budget=24, method="sae-greedy", **constraints):
    columns = {"colour": COLOURS, "shape": SHAPES}
    limits = Constraints(quotas=tuple(parse_quota(one) for one in quotas), **constraints)
    view = view_of(readings(), columns=columns)
    return select(method, view, Budget("rows", budget), constraints=limits)


def test_shares_are_of_the_subset():
    rows = asked("colour=red:50%-50%", budget=30).rows
    assert (COLOURS[rows] == "red").sum() == 15


def test_quotas_of_several_columns_are_met_together():
    rows = asked("colour=red:12-12", "shape=round:-8", budget=24).rows
    assert (COLOURS[rows] == "red").sum() == 12
    assert (SHAPES[rows] == "round").sum() <= 8


def test_a_dead_end_is_led_round_by_a_plan():
    """Twelve round ones are owed and twelve blue ones; six round blue ones have to serve both."""
    rows = asked(
        "shape=round:20-", "colour=blue:10-", "colour=green:-2", budget=24, method="longest"
    ).rows
    assert (SHAPES[rows] == "round").sum() >= 20
    assert (COLOURS[rows] == "blue").sum() >= 10
    assert (COLOURS[rows] == "green").sum() <= 2


@pytest.mark.parametrize(
    ("quotas", "match"),
    [
        (["colour=red:21-"], r"at least 21 rows, and 20 may be chosen.*lower it to 20"),
        (["colour=red:15-", "colour=blue:15-"], r"30 rows together, above the budget of 24"),
        (["colour=red:-3", "colour=blue:-3", "colour=green:-3"], r"above the 9 that the quotas on"),
        (["colour=rde:1-"], r"no row has colour=rde; did you mean 'red'"),
        (["color=red:1-"], r"unknown column 'color'; did you mean 'colour'"),
        (["colour=red:1-", "colour=red:-5"], r"colour=red has two quotas"),
        (
            ["shape=round:24-", "colour=red:-5", "colour=green:-5"],
            r"'shape' and the quotas on 'colour'|'colour' and the quotas on 'shape'",
        ),
    ],
)
def test_what_cannot_be_met_names_the_constraint_in_the_way(quotas, match):
    with pytest.raises(RequestError, match=match):
        asked(*quotas)


def test_pins_above_a_quota_are_named():
    with pytest.raises(RequestError, match="2 pinned rows have colour=red, where its quota allows"):
        asked("colour=red:-1", pinned=np.array([0, 3]))


def test_pinned_rows_of_one_group_both_stay():
    groups = np.arange(60, dtype=np.int32) // 2
    rows = asked(pinned=np.array([4, 5]), groups=groups).rows
    assert rows[:2].tolist() and set(rows[:2].tolist()) == {4, 5}


# the plan


@pytest.mark.parametrize("n", [1, 5, 9])
def test_a_plan_meets_every_side_or_none_exists(n):
    colours, shapes = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2]), np.array([0, 1, 0, 1, 0, 1, 0, 1, 0])
    sides = [side(colours, [1, 0, 0], [2, 2, 3]), side(shapes, [0, 2], [3, 4])]
    free = np.ones(9, dtype=bool)
    found = plan(sides, free=free, pinned=np.array([], dtype=int), n=n)
    assert (found is not None) == any(
        fits(rows, sides) for rows in itertools.combinations(range(9), n)
    )
    assert found is None or found.most.sum() == n


def fits(rows, sides):
    counts = [np.bincount(one.labels[list(rows)], minlength=len(one.least)) for one in sides]
    return all(
        (one.least <= count).all() and (count <= one.most).all()
        for one, count in zip(sides, counts, strict=True)
    )
