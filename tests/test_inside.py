"""Which points a lasso encloses: by hand, against a slow rule, and at the borders."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import RequestError
from core.project import inside
from core.project.inside import rows_inside, rows_inside_strokes

SQUARE = [[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]]


def points(*pairs):
    return np.array(pairs, dtype=np.float32).reshape(-1, 2)


def by_hand(polygon, coordinates):
    """The even-odd rule, one point and one edge at a time."""
    corners = np.asarray(polygon, np.float32).astype(float)
    kept = []
    for row, (px, py) in enumerate(np.asarray(coordinates, np.float32).astype(float)):
        odd = False
        for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            if (ay <= py) != (by <= py):
                low, high = sorted([(ay, ax), (by, bx)])
                side = (high[1] - low[1]) * (py - low[0]) - (px - low[1]) * (high[0] - low[0])
                odd ^= side > 0
        if odd:
            kept.append(row)
    return kept


def test_a_square_holds_the_points_in_it_and_no_other():
    here = points((1, 1), (3, 1), (-1, 1), (0.5, 1.5), (1, 2.5))
    assert rows_inside(SQUARE, here).tolist() == [0, 3]


def test_a_concave_lasso_leaves_its_bay_out():
    letter_u = [[0, 0], [3, 0], [3, 3], [2, 3], [2, 1], [1, 1], [1, 3], [0, 3]]
    assert rows_inside(letter_u, points((0.5, 2), (1.5, 2), (2.5, 2), (1.5, 0.5))).tolist() == [
        0,
        2,
        3,
    ]


def test_the_middle_of_a_pentagram_is_outside_by_the_even_odd_rule():
    angles = np.pi / 2 + np.arange(5) * 4 * np.pi / 5
    star = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    assert rows_inside(star, points((0, 0), (0, 0.8))).tolist() == [1]


def test_two_lassos_with_a_common_border_share_no_point():
    left = [[0, 0], [1, 0], [1, 2], [0, 2]]
    right = [[1, 0], [2, 0], [2, 2], [1, 2]]
    grid = np.stack(np.meshgrid(np.linspace(0, 2, 9), np.linspace(0, 2, 9)), -1).reshape(-1, 2)
    grid = grid.astype(np.float32)
    both = np.concatenate([rows_inside(left, grid), rows_inside(right, grid)])
    assert len(set(both.tolist())) == len(both)


def test_neither_direction_nor_first_vertex_matters():
    rng = np.random.default_rng(3)
    outline = rng.normal(size=(9, 2)).astype(np.float32)
    cloud = rng.normal(size=(500, 2)).astype(np.float32)
    there = rows_inside(outline, cloud)
    assert np.array_equal(there, rows_inside(outline[::-1], cloud))
    assert np.array_equal(there, rows_inside(np.roll(outline, 4, axis=0), cloud))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(*[st.floats(-3, 3, width=32)] * 2), min_size=3, max_size=12),
    st.lists(st.tuples(*[st.floats(-4, 4, width=32)] * 2), max_size=40),
)
def test_it_agrees_with_the_rule_applied_point_by_point(polygon, cloud):
    assert rows_inside(polygon, points(*cloud)).tolist() == by_hand(polygon, points(*cloud))


def test_chunks_change_nothing(monkeypatch):
    rng = np.random.default_rng(0)
    cloud = rng.normal(size=(1000, 2)).astype(np.float32)
    whole = rows_inside(SQUARE, cloud)
    monkeypatch.setattr(inside, "CHUNK", 7)
    assert np.array_equal(rows_inside(SQUARE, cloud), whole)


@pytest.mark.parametrize("polygon", [[], [[0, 0]], [[0, 0], [1, 1]]])
def test_fewer_than_three_vertices_enclose_nothing(polygon):
    assert rows_inside(polygon, points((0, 0), (0.5, 0.5))).size == 0


def test_an_empty_pool_gives_an_empty_answer_of_rows():
    empty = rows_inside(SQUARE, np.empty((0, 2), np.float32))
    assert (empty.dtype, empty.size) == (np.int64, 0)


def test_points_that_are_not_finite_lie_nowhere():
    strange = points((np.nan, 1), (1, np.nan), (np.inf, 1), (1, 1))
    assert rows_inside(SQUARE, strange).tolist() == [3]


@pytest.mark.parametrize(
    "polygon",
    [
        [[0, 0], [1, "a"], [2, 2]],
        [[0, 0], [1], [2, 2]],
        [[0, 0], [np.nan, 1], [1, 1]],
        [1.0, 2.0, 3.0],
        [[[0, 0]]],
        None,
    ],
)
def test_what_is_no_lasso_is_refused_in_one_line(polygon):
    with pytest.raises(RequestError, match="draw it again") as refused:
        rows_inside(polygon, points((0, 0)))
    assert "\n" not in str(refused.value)


def test_an_endless_lasso_is_refused():
    with pytest.raises(RequestError, match="at most"):
        rows_inside(np.zeros((inside.MAX_VERTICES + 1, 2), np.float32), points((0, 0)))


def test_coordinates_of_another_shape_are_a_programmers_mistake():
    with pytest.raises(ValueError, match="shape"):
        rows_inside(SQUARE, np.zeros((3, 3), np.float32))


# --- several strokes --------------------------------------------------------------------------

RIGHT = [[1.0, 0.0], [3.0, 0.0], [3.0, 2.0], [1.0, 2.0]]
HERE = points((0.5, 1), (1.5, 1), (2.5, 1), (9, 9))


def stroke(mode, corners):
    return {"mode": mode, "points": corners}


@pytest.mark.parametrize(
    ("strokes", "rows"),
    [
        ([], []),
        ([stroke("replace", SQUARE)], [0, 1]),
        ([stroke("add", SQUARE)], [0, 1]),
        ([stroke("replace", SQUARE), stroke("add", RIGHT)], [0, 1, 2]),
        ([stroke("replace", SQUARE), stroke("subtract", RIGHT)], [0]),
        ([stroke("replace", SQUARE), stroke("replace", RIGHT)], [1, 2]),
        ([stroke("replace", SQUARE), stroke("subtract", RIGHT), stroke("add", RIGHT)], [0, 1, 2]),
        ([stroke("subtract", RIGHT)], [0, 3]),
        ([stroke("subtract", RIGHT), stroke("replace", SQUARE)], [0, 1]),
    ],
)
def test_strokes_hold_in_their_order(strokes, rows):
    found = rows_inside_strokes(strokes, HERE)
    assert (found.dtype, found.tolist()) == (np.int64, rows)


@pytest.mark.parametrize(
    "odd",
    [None, SQUARE, {}, {"mode": "invert", "points": SQUARE}, {"mode": "add", "points": [[0, "a"]]},
     {"mode": "add", "points": [[0, 0], [1e300, 0], [1, 1]]}, {"mode": "add"}],
)  # fmt: skip
def test_what_is_no_stroke_is_refused_in_one_line(odd):
    with pytest.raises(RequestError, match="draw it again") as refused:
        rows_inside_strokes([stroke("replace", SQUARE), odd], HERE)
    assert "\n" not in str(refused.value)


def test_too_many_strokes_are_refused():
    with pytest.raises(RequestError, match="at most"):
        rows_inside_strokes([stroke("add", SQUARE)] * (inside.MAX_STROKES + 1), HERE)
