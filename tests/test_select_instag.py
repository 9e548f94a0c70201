"""#InsTag scans by number of tags, and reads tags as taggers write them."""

import json

import numpy as np
import pytest

from core.errors import RequestError
from core.select import Budget, Constraints, select
from core.select.tags import tag_sets, tags_of
from tests.select_pools import random_matrix, view_of


def objects(values):
    """A column of any Python values."""
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def picked(values, budget, **options):
    view = view_of(
        {"ids": [f"{row:04d}" for row in range(len(values))]}, columns={"tags": objects(values)}
    )
    return select("instag", view, Budget("rows", budget), {"column": "tags"}, **options)


def test_the_textbook_case():
    # sizes 3, 2, 2, 1: row 1 is taken; 0 brings maths, so it is too; 2 and 3 bring nothing new.
    # The second scan takes row 2, which has more tags, and of 3 nothing is new; then row 3 alone.
    values = ["code, maths", "code, art, law", "art; law", "law", None]
    found = picked(values, 5)
    assert found.rows.tolist() == [1, 0, 2, 3, 4]
    assert found.round_starts.tolist() == [0, 2, 3]
    assert found.explains["n_tags"].tolist() == [3, 2, 2, 1, 0]
    assert found.explains["new_tags"].tolist() == [3, 1, 2, 1, 0]


def test_the_notes_tell_coverage_and_mean_tags():
    found = picked(["a, b, c", "d, e", "a", "b"], 1)
    assert found.notes == (
        "tags of column 'tags': 3 of 5 covered (60.0 %)",
        "3.00 tags a row on average, 1.75 in the pool",
    )


def test_rows_without_tags_come_last_and_are_said():
    found = picked([None, "", "a", "b, a"], 4)
    assert found.rows.tolist() == [3, 2, 0, 1]
    assert found.notes[-1] == "rows at the end without tags: 2"


def naive(sets, budget):
    """Algorithm 1 as it is printed."""
    left = sorted(range(len(sets)), key=lambda row: (-len(sets[row]), row))
    rows = []
    while len(rows) < budget:
        seen, before = set(), len(rows)
        for row in list(left):
            if len(rows) < budget and len(seen | sets[row]) > len(seen):
                seen |= sets[row]
                rows.append(row)
                left.remove(row)
        if len(rows) == before:
            return rows + left[: budget - before]
    return rows


@pytest.mark.parametrize("seed", range(4))
def test_picks_equal_the_printed_algorithm(seed):
    matrix = random_matrix(90, 25, seed=seed, density=0.12)
    sets = [{f"tag {number}" for number in np.flatnonzero(row)} for row in matrix]
    found = picked([sorted(one) for one in sets], 85)
    assert found.rows.tolist() == naive(sets, 85)


def test_without_a_column_features_are_the_tags():
    matrix = random_matrix(50, 30, seed=1)
    view = view_of({"ids": [f"{row:04d}" for row in range(50)], "codes": matrix})
    found = select("instag", view, Budget("rows", 40))
    assert found.rows.tolist() == naive([set(np.flatnonzero(row)) for row in matrix], 40)
    assert found.notes[0].startswith("features as tags: ")


def test_neither_a_column_nor_codes_is_refused():
    view = view_of({"ids": list("abc")}, columns={"tags": objects(["x", "y", "z"])})
    with pytest.raises(RequestError, match="needs tags: name a column that holds them"):
        select("instag", view, Budget("rows", 1))


def test_an_unknown_column_is_named():
    view = view_of({"ids": list("abc")}, columns={"tags": objects(["x", "y", "z"])})
    with pytest.raises(RequestError, match="did you mean 'tags'"):
        select("instag", view, Budget("rows", 1), {"column": "tagz"})


def test_pins_cover_their_tags():
    limits = Constraints(pinned=np.array([1]))
    assert picked(["a, b", "b", "a"], 3, constraints=limits).rows.tolist() == [1, 0, 2]
    assert picked(["a", "a, b", "c"], 2, constraints=limits).rows.tolist() == [1, 2]


@pytest.mark.parametrize(
    "value",
    [
        "Code, maths",
        " code ;MATHS; ",
        "code\nmaths",
        "code,,maths,",
        ["code", "Maths"],
        ("maths", "code", "code"),
        np.array(["code", "maths"]),
        '["code", "Maths "]',
        json.dumps([{"tag": "Code", "explanation": "asks for it"}, {"tag": "maths"}]),
    ],
)
def test_tags_are_read_in_any_form(value):
    assert tags_of(value, "tags") == {"code", "maths"}


def test_brackets_beyond_depth_are_text():
    assert tags_of("[" * 100_000 + "a", "tags") == {"[" * 100_000 + "a"}


@pytest.mark.parametrize("value", [None, float("nan"), "", " , ;", [], "[]"])
def test_gaps_hold_no_tags(value):
    assert tags_of(value, "tags") == set()


def test_text_that_begins_with_a_bracket_is_text():
    assert tags_of("[draft] poem, art", "tags") == {"[draft] poem", "art"}


@pytest.mark.parametrize("value", [3, 2.5, True, [1, 2], "[1, 2]", '[{"name": "a"}]', {"a": 1}])
def test_what_is_no_tag_is_refused(value):
    with pytest.raises(RequestError, match="'topic' is no column of tags"):
        tag_sets(objects(["a", value]), "topic")


def test_a_column_without_tags_is_refused():
    with pytest.raises(RequestError, match="'topic' holds no tags"):
        tag_sets(objects([None, ""]), "topic")


def test_tag_sets_are_in_the_order_of_the_tags():
    sets = tag_sets(np.array(["b, c", "a", "c, b, a"]), "topic")
    assert [sets.rows.row(row).tolist() for row in range(3)] == [[1, 2], [0], [0, 1, 2]]
    assert [sets.columns.row(tag).tolist() for tag in range(3)] == [[1, 2], [0, 2], [0, 2]]
