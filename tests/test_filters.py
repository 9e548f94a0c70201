"""Filters: what each kind keeps, how they join, what a condition sees, and the search verb."""

import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import RequestError
from core.pipeline import cluster_edits
from core.pipeline.filters import Filter, filter_title, filtered
from core.pipeline.meaning import embedded
from core.pipeline.neighbours_of import neighbours_of, row_similarities
from core.pipeline.row_columns import predicate_columns
from core.pipeline.search import chosen_in_use, search
from core.pipeline.views import (
    open_coordinates,
    open_features,
    open_labels,
    open_pool,
    open_readings,
)
from core.reporting import Quiet
from core.verbs import app
from core.workspace import Workspace
from tests.filters_asked import ingested, lasso, rows, stroke


@pytest.fixture(scope="module")
def shared(processed):
    """A workspace that no test here writes to."""
    return Workspace.open(processed)


@pytest.fixture(scope="module")
def chosen(shared):
    return chosen_in_use(shared)


@pytest.fixture
def own(tiny_workspace):
    return Workspace.open(tiny_workspace)


# What each kind keeps


def test_no_filter_keeps_every_row(shared):
    found = filtered(shared, [], chosen=None)
    assert found.rows.tolist() == list(range(open_pool(shared).n_rows))
    assert found.mask.all()


def test_a_lasso_keeps_the_points_inside(shared):
    x = open_coordinates(shared)[:, 0]
    middle = float(np.median(x))
    left = [[-100, -100], [middle, -100], [middle, 100], [-100, 100]]
    assert (
        rows(shared, lasso(shared, stroke("replace", left)))
        == np.flatnonzero(x < np.float32(middle)).tolist()
    )


def test_strokes_hold_in_their_order(shared):
    everything = [[-100, -100], [100, -100], [100, 100], [-100, 100]]
    assert rows(shared, lasso(shared, stroke("replace", everything), stroke("subtract"))) == rows(
        shared, Filter("lasso", {**lasso(shared, stroke("replace")).value, "not": True})
    )


def test_clusters_are_kept_by_their_numbers(shared):
    labels = np.asarray(open_labels(shared))
    kept = rows(shared, Filter("cluster", {"role": "clusters", "labels": [0, 2]}))
    assert kept == np.flatnonzero(np.isin(labels, [0, 2])).tolist()


def test_clusters_merged_by_hand_are_kept_together(own):
    labels = np.asarray(open_labels(own))
    one = Filter("cluster", {"role": "clusters", "labels": [1]})
    before = rows(own, one)
    cluster_edits.merge(own, [0, 1], "both")
    assert rows(own, one) == np.flatnonzero(np.isin(labels, [0, 1])).tolist() != before
    assert filter_title(own, one) == "cluster “both”"
    assert rows(own, Filter("sql", {"predicate": "cluster = 'both'"})) == rows(own, one)


def test_a_latent_keeps_its_carriers(shared):
    columns = open_features(shared).sets.columns
    latent = int(columns.lengths().argmax())
    assert rows(shared, Filter("latent", {"latent": latent})) == columns.row(latent).tolist()


def test_a_neuron_keeps_the_rows_that_store_it(shared):
    stored = open_readings(shared).neurons
    width = shared.in_use("readings").notes["d_ff"]
    column = int(stored.indices[3])
    expected = [row for row in range(stored.n_rows) if column in stored.row(row)]
    one = Filter("neuron", {"layer": column // width, "neuron": column % width})
    assert rows(shared, one) == expected


def test_words_are_found_in_any_turn_case_aside(shared):
    texts = open_pool(shared).texts()
    assert rows(shared, Filter("words", {"text": "THE"})) == [
        row for row, text in enumerate(texts) if "the" in text.lower()
    ]


def test_words_are_found_with_their_case(shared):
    texts = open_pool(shared).texts()
    assert rows(shared, Filter("words", {"text": "The", "case": True})) == [
        row for row, text in enumerate(texts) if "The" in text
    ]


def test_a_pattern_is_matched_turn_by_turn(shared):
    pool = open_pool(shared)
    expected = [
        row
        for row in range(pool.n_rows)
        if any(re.search(r"^[A-Z]\w+ .*\?$", turn.text, re.ASCII) for turn in pool.turns(row))
    ]
    assert rows(shared, Filter("regex", {"pattern": r"^[A-Z]\w+ .*\?$"})) == expected


def test_a_condition_sees_text_counts_clusters_and_the_subset(shared, chosen):
    pool, labels = open_pool(shared), np.asarray(open_labels(shared))
    answers = [" ".join(t.text for t in pool.turns(r) if t.role == "assistant") for r in range(40)]
    expected = [
        row
        for row in range(pool.n_rows)
        if "a" in answers[row]
        and row in chosen.rows
        and pool.column("n_response_words")[row] > 5
        and labels[row] >= 0
    ]
    text = (
        "contains(response, 'a') and chosen and pick between 1 and 12 and response_words > 5 "
        "and cluster_number >= 0 and n_latents >= 0 and prompt <> '' and n_turns > 0"
    )
    assert rows(shared, Filter("sql", {"predicate": text}), chosen=chosen) == expected


def test_a_column_keeps_some_of_its_values(shared):
    name = open_pool(shared).column("source")[0]
    assert len(rows(shared, Filter("column", {"name": "source", "values": [name]}))) == 40
    assert rows(shared, Filter("column", {"name": "source", "values": [None, "x"]})) == []
    turns = open_pool(shared).column("n_turns")
    kept = rows(shared, Filter("column", {"name": "n_turns", "values": [2]}))
    assert kept == np.flatnonzero(turns == 2).tolist()


def test_a_range_includes_both_ends(shared, chosen):
    words = open_pool(shared).column("n_response_words")
    low, high = np.sort(words)[[5, 20]]
    for name in ("n_response_words", "response_words"):
        kept = rows(shared, Filter("range", {"name": name, "low": float(low), "high": float(high)}))
        assert kept == np.flatnonzero((words >= low) & (words <= high)).tolist()
    first = rows(shared, Filter("range", {"name": "pick", "high": 3}), chosen=chosen)
    assert first == sorted(chosen.rows[:3].tolist())


def test_the_chosen_and_the_others_make_the_pool(shared, chosen):
    inside = rows(shared, Filter("chosen", {"is": True}), chosen=chosen)
    outside = rows(shared, Filter("chosen", {"is": False}), chosen=chosen)
    assert inside == sorted(chosen.rows.tolist())
    assert sorted(inside + outside) == list(range(40))


def test_named_examples_are_kept_and_missing_ones_told(shared):
    ids = open_pool(shared).ids()
    found = filtered(shared, [Filter("only", {"ids": [ids[5], "gone", ids[2]]})], chosen=None)
    assert found.rows.tolist() == [2, 5]
    assert found.missing == ("gone",)


def test_a_question_is_read_as_the_pool_was(shared):
    text = open_pool(shared).texts(np.array([7]))[0]
    stored = np.asarray(open_readings(shared).embeddings[7], dtype=np.float32)
    np.testing.assert_allclose(embedded(shared, text), stored, atol=2e-3)


def test_a_meaning_ranks_the_whole_pool(shared):
    text = open_pool(shared).texts(np.array([7]))[0]
    found = filtered(shared, [Filter("meaning", {"text": text, "count": 5})], chosen=None)
    assert len(found.rows) == 5
    assert found.ranked()[0] == 7
    assert found.scores.argmax() == found.rows.tolist().index(7)


def test_neighbours_are_the_same_from_the_graph_and_by_searching(shared):
    for row in (0, 17, 39):
        near = neighbours_of(shared, row, 10)
        scores = row_similarities(shared, row)
        scores[row] = -2
        np.testing.assert_allclose(near.similarities, np.sort(scores)[::-1][:10], atol=1e-5)
        assert row not in near.rows


def test_more_neighbours_than_the_graph_holds_are_searched(shared):
    near = neighbours_of(shared, 3, 1_000)
    assert sorted([3, *near.rows.tolist()]) == list(range(40))
    assert (np.diff(near.similarities) <= 0).all()


def test_examples_alike_are_its_neighbours(shared):
    ids = open_pool(shared).ids()
    found = filtered(shared, [Filter("alike", {"id": ids[4], "count": 6})], chosen=None)
    near = neighbours_of(shared, 4, 6)
    assert found.rows.tolist() == sorted(near.rows.tolist())
    assert found.scores.max() == near.similarities[0]


# How they join

SIMPLE = st.one_of(
    st.sampled_from(["a", "the", "zz", "?"]).map(lambda text: Filter("words", {"text": text})),
    st.sampled_from(["^W", "[0-9]"]).map(lambda pattern: Filter("regex", {"pattern": pattern})),
    st.lists(st.integers(-1, 2), max_size=3).map(
        lambda labels: Filter("cluster", {"role": "clusters", "labels": labels})
    ),
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(
        lambda ends: Filter("range", {"name": "response_words", "low": ends[0], "high": ends[1]})
    ),
    st.booleans().map(lambda which: Filter("chosen", {"is": which})),
)
ANY = st.tuples(SIMPLE, st.booleans()).map(lambda pair: pair[0].negated() if pair[1] else pair[0])
ALGEBRA = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@ALGEBRA
@given(st.lists(ANY, max_size=4), st.randoms(use_true_random=False))
def test_filters_are_joined_by_and_in_any_order(shared, chosen, filters, random):
    expected = np.ones(40, dtype=bool)
    for one in filters:
        expected &= filtered(shared, [one], chosen=chosen).mask
    mixed = random.sample(filters, len(filters))
    found = filtered(shared, mixed, chosen=chosen)
    np.testing.assert_array_equal(found.mask, expected)
    assert found.rows.tolist() == np.flatnonzero(expected).tolist()
    assert found.fingerprint == filtered(shared, filters * 2, chosen=chosen).fingerprint


@ALGEBRA
@given(ANY)
def test_a_negated_filter_keeps_exactly_the_other_rows(shared, chosen, one):
    mask = filtered(shared, [one], chosen=chosen).mask
    np.testing.assert_array_equal(filtered(shared, [one.negated()], chosen=chosen).mask, ~mask)
    assert one.negated().negated() == one or one.value.get("not") is False


def test_another_subset_gives_another_answer(shared, chosen):
    one = Filter("chosen", {"is": True})
    few = chosen.prefix(3)
    assert rows(shared, one, chosen=chosen) != rows(shared, one, chosen=few)
    assert rows(shared, one, chosen=few) == sorted(few.rows.tolist())


def test_an_answer_that_is_kept_cannot_be_changed(shared):
    found = filtered(shared, [Filter("words", {"text": "a"})], chosen=None)
    found.mask[:] = False
    assert len(rows(shared, Filter("words", {"text": "a"})))


# The columns of a condition


def test_fields_of_the_pool_are_named_beside_ours(tmp_path):
    lines = [
        {
            "instruction": f"say {i}",
            "output": "x",
            "cluster": f"theirs {i}",
            "Response": i,
            "scores": {"help": i / 2},
            "a b": "c",
            "select": i,
        }
        for i in range(4)
    ]
    workspace = Workspace.create(tmp_path / "w")
    ingested(workspace, tmp_path, lines)
    found = {name: (kind, example) for name, kind, example in predicate_columns(workspace)}
    assert found["cluster"] == ("text", "'theirs 0'")
    assert found['"meta.Response"'] == ("number", "0")
    assert found['"scores.help"'] == ("number", "0")
    assert found['"a b"'] == ("text", "'c'")
    assert found['"select"'] == ("number", "0")
    assert found["chosen"] == ("true/false", "false")
    every = " and ".join(f"({name} is null or {name} is not null)" for name in found)
    assert len(rows(workspace, Filter("sql", {"predicate": every}))) == 4
    text = '"scores.help" > 0.5 and "select" < 3 and "meta.Response" > 0 and "a b" = \'c\''
    assert rows(workspace, Filter("sql", {"predicate": text})) == [2]


# The command line


def test_a_search_lists_ids_and_previews_nearest_first(shared):
    text = open_pool(shared).texts(np.array([7]))[0]
    found = search(shared, [Filter("meaning", {"text": text, "count": 5})], limit=2)
    assert found["n_found"] == 5
    assert found["rows"][0]["row"] == 7
    assert found["rows"][0]["similarity"] > found["rows"][1]["similarity"]
    assert found["rows"][0]["id"] == open_pool(shared).ids()[7]


def test_a_search_for_nothing_is_refused(shared):
    with pytest.raises(RequestError, match="say what to look for"):
        search(shared, [], limit=3)


def test_conditions_of_the_verb_are_joined_and_a_meaning_then_only_ranks(shared):
    arguments = ["search", "--workspace", str(shared.root), "--words", "the", "--meaning", "a list"]
    call = app([*arguments, "--limit", "3"], standalone_mode=False)
    found = call.step(Quiet())
    assert found["n_found"] == len(rows(shared, Filter("words", {"text": "the"})))
    nearness = [one["similarity"] for one in found["rows"]]
    assert nearness == sorted(nearness, reverse=True)
    assert found["rows"][0]["id"] in call.show(found).splitlines()[1]
