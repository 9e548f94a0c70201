"""The map's Python side: what goes to the browser, and what is believed of what comes back."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.project.inside import MAX_STROKES, MAX_VERTICES
from pages.components import offers, tokens
from pages.components.map import Label, MapEvent, MapSpec, drawn_on, map_json, merged
from pages.components.map_arrays import (
    LARGEST,
    NEVER,
    category_array,
    mask_array,
    order_array,
    points_array,
    score_array,
)
from pages.components.offers import Table

FINGERPRINT = "0123456789abcdef"


@pytest.fixture(autouse=True)
def own_key(tmp_path, monkeypatch):
    monkeypatch.setenv("CORESET_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setattr(tokens, "_key", None)
    monkeypatch.setattr(offers, "TABLE", Table())


def content(reference, dtype):
    """What the browser would read of a reference."""
    supplied = offers.TABLE.get(reference.offer.opaque).supply()
    assert supplied.dtype == np.dtype(dtype)
    assert reference.dtype == np.dtype(dtype).name
    return supplied


# --- arrays ---------------------------------------------------------------------------------


def test_points_that_are_float32_are_not_copied():
    points = np.ones((3, 2), np.float32)
    assert content(points_array(points, FINGERPRINT), "<f4") is points


def test_points_of_another_shape_are_a_programmers_mistake():
    with pytest.raises(ValueError, match="shape"):
        points_array(np.ones((2, 3), np.float32), FINGERPRINT)


def test_the_order_of_a_pick_is_its_place_and_others_are_never_reached():
    order = content(order_array(np.array([3, 0]), 5, FINGERPRINT), "<u4")
    assert order.tolist() == [1, NEVER, NEVER, 0, NEVER]


def test_an_empty_selection_reaches_nobody():
    order = content(order_array(np.empty(0, np.int64), 2, FINGERPRINT), "<u4")
    assert order.tolist() == [NEVER, NEVER]


def test_a_mask_is_one_byte_a_row():
    assert content(mask_array(np.array([True, False]), FINGERPRINT), "u1").tolist() == [1, 0]


def test_a_score_spans_its_own_range_and_says_so():
    values = np.array([10, 20, 30, np.nan], np.float32)
    score = score_array(values, FINGERPRINT, title="Length", unit=" words")
    assert content(score.values, "<f4").tolist() == [0, 0.5, 1, 0]
    assert (score.low, score.high) == ("10 words", "30 words")


@pytest.mark.parametrize("values", [[5, 5], [np.nan, np.inf], []])
def test_a_score_without_a_range_is_still_drawn(values):
    score = score_array(np.array(values, np.float32), FINGERPRINT, title="Length")
    assert np.isfinite(content(score.values, "<f4")).all()


def test_categories_are_coded_by_size_and_ties_by_name_order():
    labels = np.array([2, 2, 0, 1, 2, 0, 1])
    made = category_array(labels, ["a", "b", "c"], FINGERPRINT, title="Cluster")
    assert made.names == ("c", "a", "b")
    assert made.counts == (3, 2, 2)
    assert made.grey == ()
    assert content(made.codes, "u1").tolist() == [0, 0, 1, 2, 0, 1, 2]


def test_rows_without_a_label_are_grey_noise():
    made = category_array(np.array([0, -1, 0]), ["a"], FINGERPRINT, title="Cluster")
    assert (made.names, made.counts, made.grey) == (("a", "noise"), (2, 1), (1,))
    assert content(made.codes, "u1").tolist() == [0, 1, 0]


def test_the_largest_24_keep_a_colour_and_the_rest_is_other():
    n = LARGEST + 276
    labels = np.concatenate([np.arange(n), np.arange(LARGEST), [-1]])
    names = [f"cluster {i}" for i in range(n)]
    made = category_array(labels, names, FINGERPRINT, title="Cluster")
    assert len(made.names) == LARGEST + 2
    assert made.names[LARGEST:] == ("other (276 more)", "noise")
    assert made.grey == (LARGEST, LARGEST + 1)
    assert sum(made.counts) == len(labels)
    codes = content(made.codes, "u1")
    assert np.array_equal(np.bincount(codes), made.counts)


@pytest.mark.parametrize("labels", [[], [-1, -1]])
def test_a_column_without_any_label_is_drawn(labels):
    made = category_array(np.array(labels, np.int64), [], FINGERPRINT, title="Cluster")
    assert sum(made.counts) == len(labels)
    assert len(content(made.codes, "u1")) == len(labels)


def test_a_reference_carries_no_path_and_no_reader():
    said = points_array(np.ones((1, 2), np.float32), FINGERPRINT).as_json()
    assert set(said) == {"url", "token", "dtype"}
    assert said["url"].startswith(f"/atlas/{FINGERPRINT}/")


# --- events ---------------------------------------------------------------------------------


def page():
    import numpy as np
    import streamlit as st

    from pages.components.map import Budget, MapSpec, atlas_map, last_event
    from pages.components.map_arrays import points_array

    spec = MapSpec(
        points=points_array(np.ones((5, 2), np.float32), "0123456789abcdef"),
        n_points=5,
        budget=Budget(1, 4, 2),
    )
    event = atlas_map(spec, key="map")
    assert last_event(spec, key="map") == event
    st.session_state["event"] = event
    st.session_state["version"] = spec.version


def said(**state):
    """What a page reads after the browser has said something."""
    tester = AppTest.from_function(page).run()
    version = tester.session_state["version"]
    for name, value in state.items():
        if isinstance(value, dict):
            state[name] = {"version": version, **value}
    tester.session_state["map"] = state
    tester.run()
    assert not tester.exception
    return tester.session_state["event"]


TRIANGLE = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]
NOTHING = MapEvent((), None, None)


def stroke(points, mode="replace"):
    return {"mode": mode, "points": points}


def test_nothing_done_is_nothing_said():
    assert said() == NOTHING


def test_strokes_a_pick_and_a_budget_arrive_with_their_times():
    drawn = [stroke(TRIANGLE), stroke(TRIANGLE, "subtract")]
    event = said(strokes={"strokes": drawn, "at": 7}, row={"row": 3, "at": 9}, budget=4)
    assert event == MapEvent(tuple(drawn), 3, 4, None, strokes_at=7, row_at=9)


@pytest.mark.parametrize(
    "points",
    [
        None,
        "points",
        [[0, 0], [1, 1]],
        [[0, 0], [1, 1], [2]],
        [[0, 0], [1, 1], [2, "x"]],
        [[0, 0], [1, 1], [2, float("inf")]],
        [[0, 0]] * (MAX_VERTICES + 1),
    ],
)
def test_a_stroke_that_is_none_is_not_believed(points):
    assert said(strokes={"strokes": [stroke(points)]}).strokes == ()


@pytest.mark.parametrize(
    "strokes",
    [
        {},
        "strokes",
        [stroke(TRIANGLE, "invert")],
        [TRIANGLE],
        [stroke(TRIANGLE)] * (MAX_STROKES + 1),
        [stroke(TRIANGLE), stroke(TRIANGLE[:2], "add")],
    ],
)
def test_without_one_of_its_strokes_none_of_a_selection_is_believed(strokes):
    assert said(strokes={"strokes": strokes}).strokes == ()


@pytest.mark.parametrize("row", [-1, 5, 1.5, "1", True, None, [1]])
def test_a_row_that_is_none_is_not_believed(row):
    assert said(row={"row": row}).row is None


def test_strokes_and_a_row_of_other_points_are_dropped():
    stale = {"version": "another", "strokes": [stroke(TRIANGLE)], "row": 1, "at": 5}
    assert said(strokes=stale, row=stale) == NOTHING


@pytest.mark.parametrize(("asked", "kept"), [(0, 1), (99, 4), (3, 3), ("3", None), (2.5, None)])
def test_a_budget_stays_within_its_limits(asked, kept):
    assert said(budget=asked).budget == kept


@pytest.mark.parametrize(("word", "webgl"), [(False, False), (True, None), (0, None)])
def test_only_a_browser_that_says_so_lacks_webgl(word, webgl):
    assert said(webgl=word).webgl is webgl


# --- linked maps ------------------------------------------------------------------------------


def test_of_linked_maps_the_one_drawn_on_last_holds_and_the_row_picked_last():
    one = MapEvent((stroke(TRIANGLE),), 1, 40, strokes_at=5, row_at=8)
    other = MapEvent((stroke(TRIANGLE, "subtract"),), 2, None, strokes_at=6, row_at=7)
    both = merged(one, other)
    assert (both.strokes, both.row, both.budget) == (other.strokes, 1, 40)
    assert drawn_on(one, other) == 1


def test_strokes_cleared_on_one_map_clear_those_of_the_other():
    drawn = MapEvent((stroke(TRIANGLE),), None, None, strokes_at=5)
    cleared = MapEvent((), None, None, strokes_at=6)
    assert merged(drawn, cleared).strokes == ()
    assert drawn_on(drawn, cleared) is None
    assert drawn_on(NOTHING, NOTHING) is None


# --- what the browser is told -----------------------------------------------------------------


def test_a_map_tells_its_strokes_with_the_points_they_belong_to():
    reference = points_array(np.ones((5, 2), np.float32), FINGERPRINT)
    label = Label(0.5, 1.0, "a name", 12.0)
    spec = MapSpec(
        reference, 5, strokes=(stroke(TRIANGLE),), inside=2, link="pair", labels=(label,)
    )
    told = map_json(spec)
    assert told["strokes"] == {"version": spec.version, "strokes": (stroke(TRIANGLE),)}
    assert (told["inside"], told["link"], told["hover"], told["slider"]) == (2, "pair", None, True)
    assert told["labels"] == [{"x": 0.5, "y": 1.0, "text": "a name", "size": 12.0}]
    assert map_json(MapSpec(reference, 5))["strokes"] is None
