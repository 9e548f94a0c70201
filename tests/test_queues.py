"""Queues: what is decided next, in every order, by hand and by identity with the plain way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.curate.records import Event
from core.curate.state import fold
from core.errors import RequestError
from core.pipeline.cards import example_card, sentence
from core.pipeline.changes import replacements
from core.pipeline.duplicates import duplicates
from core.pipeline.filters import Filter
from core.pipeline.lack import Lack
from core.pipeline.queue_arranging import arranged, method_votes, offered_orders
from core.pipeline.queue_cards import Cards
from core.pipeline.queue_carriers import Carriers, Sole, sole_warning
from core.pipeline.queue_orders import (
    Nearness,
    by_disagreement,
    by_place,
    in_turn,
    units_of,
    votes_of,
)
from core.pipeline.queue_people import (
    Words,
    last_stroke,
    left_out,
    offered_shows,
    only_shown,
    own_words,
)
from core.pipeline.queue_places import by_verdict, examples_by, places, rows_by
from core.pipeline.queue_scopes import Scope, cluster_scope, runners_up
from core.pipeline.queue_tables import in_table, out_table
from core.pipeline.queues import Queue
from core.pipeline.requests import Request
from core.pipeline.search import chosen_in_use
from core.pipeline.selection import solve, stored_order
from core.pipeline.views import in_use, open_features, open_labels, open_pool, open_readings
from core.select.budget import Budget
from core.select.carriers import sole_carriers
from core.workspace import Workspace

NO_ROWS = np.empty(0, dtype=np.int64)


@pytest.fixture(scope="module")
def workspace(processed):
    return Workspace.open(processed)


@pytest.fixture(scope="module")
def subset(workspace):
    return chosen_in_use(workspace)


@pytest.fixture(scope="module")
def order(workspace):
    return stored_order(in_use(workspace, "selection"))


def said(number, example, curator="ann", verdict="approved", **more):
    at = more.pop("at", float(number))
    return Event(f"{number:032x}", example, curator, verdict=verdict, at=at, number=number, **more)


# -- the queue itself


def test_what_is_done_is_left_out_and_the_order_stays():
    queue = Queue.of(np.array([5, 2, 9, 0]))
    assert queue.left(np.array([2, 7])).tolist() == [5, 9, 0]


def test_near_duplicates_are_one_card_and_done_together():
    groups = np.array([0, 1, 0, 2, 1, 0])
    queue = Queue.of(np.array([4, 2, 1, 3, 0]), groups)
    assert queue.rows.tolist() == [4, 2, 3]
    assert queue.n_folded == 2
    assert queue.left(np.array([5])).tolist() == [4, 3]
    assert queue.alike(2).tolist() == [0, 5]


@given(st.permutations(range(12)), st.lists(st.integers(0, 3), min_size=12, max_size=12))
def test_the_head_of_a_group_is_its_first_row(rows, labels):
    queue = Queue.of(np.array(rows), np.array(labels))
    heads = list(dict.fromkeys(labels[row] for row in rows))
    firsts = [next(row for row in rows if labels[row] == label) for label in heads]
    assert queue.rows.tolist() == firsts


def test_the_queue_goes_on_from_the_hand_and_then_begins_again():
    queue = Queue.of(np.array([5, 2, 9, 0, 7]))
    left = queue.left(np.array([9]))
    assert queue.onwards(left, 9).tolist() == [0, 7, 5, 2]
    assert queue.onwards(left, 2).tolist() == [2, 0, 7, 5]
    assert queue.onwards(left, 4).tolist() == left.tolist()


def test_an_empty_queue_has_nothing_left():
    assert not len(Queue.of(NO_ROWS, np.array([0, 1])).left(np.array([1])))


# -- orders


def test_rows_beyond_the_order_come_last_as_they_were_given():
    assert by_place(np.array([7, 3, 1, 0]), np.array([1, 3]), 8).tolist() == [1, 3, 7, 0]


def test_clusters_take_turns_and_the_larger_one_begins():
    labels = np.array([0, 1, 1, 1, 0, -1])
    assert in_turn(np.arange(6), labels).tolist() == [1, 0, 5, 2, 4, 3]


@given(st.lists(st.integers(-1, 4), min_size=1, max_size=40))
def test_no_cluster_comes_a_second_time_before_all_came_once(labels):
    labels = np.array(labels)
    rows = in_turn(np.arange(len(labels)), labels)
    assert sorted(rows.tolist()) == list(range(len(labels)))
    n_clusters = len(set(labels.tolist()))
    assert len(set(labels[rows[:n_clusters]].tolist())) == n_clusters
    for label in set(labels.tolist()):
        mine = rows[labels[rows] == label]
        assert mine.tolist() == sorted(mine.tolist())


def test_rows_that_half_the_methods_choose_come_first():
    votes = votes_of([np.array([0, 1]), np.array([1, 2]), np.array([1]), np.array([2])], 4)
    assert votes.tolist() == [1, 3, 2, 0]
    assert by_disagreement(np.arange(4), votes, 4).tolist() == [2, 1, 0, 3]


@given(st.lists(st.lists(st.integers(0, 19), max_size=6, unique=True), max_size=6))
def test_nearness_that_follows_decisions_equals_that_of_all_at_once(steps):
    embeddings = np.random.default_rng(0).normal(size=(20, 5)).astype(np.float32)
    units = units_of(embeddings)
    near = Nearness(units)
    for decided in steps:
        found = near.cosines(np.array(decided, dtype=np.int64), embeddings)
        if decided:
            np.testing.assert_allclose(found, (units @ units[decided].T).max(axis=1), rtol=1e-5)
        else:
            assert (found < -1).all()


def test_the_queue_nearest_to_a_decision_begins_with_its_neighbour(workspace, subset):
    found = arranged(workspace, Scope(), "nearest", chosen=subset)
    decided = subset.rows[3:4]
    units = units_of(np.asarray(open_readings(workspace).embeddings))
    cosines = units[subset.rows] @ units[decided[0]]
    expected = subset.rows[np.argsort(-cosines, kind="stable")]
    left = found.left(workspace, decided, decided)
    assert left.tolist() == [row for row in expected if row not in decided]


def test_nothing_decided_yet_leaves_the_pick_order(workspace, subset):
    found = arranged(workspace, Scope(), "nearest", chosen=subset)
    assert found.left(workspace, NO_ROWS, NO_ROWS).tolist() == subset.rows.tolist()


# -- scopes


def test_by_gain_the_subset_stands_in_pick_order(workspace, subset, order):
    found = arranged(workspace, Scope(), chosen=subset, further=order)
    assert found.queue.rows.tolist() == subset.rows.tolist()


def test_runners_up_follow_the_subset_along_its_order(workspace, subset, order):
    found = arranged(workspace, Scope("runners-up"), chosen=subset, further=order)
    assert found.queue.rows.tolist() == order.rows[: len(subset) + 20].tolist()


def test_without_a_longer_order_runners_up_are_those_that_bring_most(workspace, subset):
    found = runners_up(workspace, subset, None)
    assert not set(found.tolist()) & set(subset.rows.tolist())
    gains = Lack.of(workspace, subset).gains
    assert gains[found[0]] == gains.max()


def test_what_the_map_shows_is_the_queue_chosen_rows_first(workspace, subset, order):
    scope = Scope("map", (Filter("column", {"name": "language", "values": ["en"]}),))
    rows = arranged(workspace, scope, chosen=subset, further=order).queue.rows
    english = open_pool(workspace).column("language")[rows] == "en"
    assert english.all()
    inside = np.isin(rows, subset.rows)
    assert inside[: inside.sum()].all()


def test_a_cluster_is_a_scope(workspace, subset):
    labels = np.asarray(open_labels(workspace))
    found = arranged(workspace, cluster_scope("clusters", [0]), chosen=subset).queue.rows
    assert sorted(found.tolist()) == np.flatnonzero(labels == 0).tolist()


def test_words_narrow_any_scope(workspace, subset):
    text = open_pool(workspace).texts(subset.rows[:1])[0].split()[0]
    found = arranged(workspace, Scope(words=text), chosen=subset).queue.rows
    assert subset.rows[0] in found
    texts = open_pool(workspace).texts(found)
    assert all(text.lower() in one.lower() for one in texts)


def test_a_dispute_needs_no_subset(workspace):
    found = arranged(workspace, Scope("disputed"), chosen=None, disputed=np.array([4, 2]))
    assert found.queue.rows.tolist() == [2, 4]


@pytest.mark.parametrize("scope", [Scope(), Scope("runners-up")])
def test_a_scope_of_the_subset_says_that_there_is_none(workspace, scope):
    with pytest.raises(RequestError, match="select a subset first"):
        arranged(workspace, scope, chosen=None)


def test_unknown_orders_and_scopes_are_named(workspace, subset):
    with pytest.raises(RequestError, match="'best'"):
        arranged(workspace, Scope(), "best", chosen=subset)
    with pytest.raises(RequestError, match="'all'"):
        arranged(workspace, Scope("all"), chosen=subset)


def test_what_the_subset_lacks_most_comes_first(workspace, subset):
    rows = arranged(workspace, Scope("map"), "uncovered", chosen=subset).queue.rows
    gains = Lack.of(workspace, subset).gains[rows]
    assert (np.diff(gains) <= 0).all() and gains[0] > 0


def test_methods_disagree_once_two_are_solved(tiny_workspace):
    workspace = Workspace.open(tiny_workspace)
    subset = chosen_in_use(workspace)
    assert "methods" not in offered_orders(workspace)
    with pytest.raises(RequestError, match="another method"):
        method_votes(workspace, subset)
    other = solve(workspace, Request("sae-simscale", Budget("rows", 12))).subset
    votes = method_votes(workspace, subset)
    assert votes.counts.tolist() == votes_of([subset.rows, other.rows], 40).tolist()
    rows = arranged(workspace, Scope(), "methods", chosen=subset).queue.rows
    alone = ~np.isin(rows, other.rows)
    assert alone[: alone.sum()].all()


def test_near_duplicates_fold_where_they_were_grouped(tiny_workspace):
    workspace = Workspace.open(tiny_workspace)
    duplicates(workspace, "cosine", {"threshold": 0.4})
    subset = chosen_in_use(workspace)
    folded = arranged(workspace, Scope("map"), chosen=subset).queue
    plain = arranged(workspace, Scope("map"), chosen=subset, folds=False).queue
    assert len(folded) + folded.n_folded == len(plain) == 40
    assert folded.n_folded > 0


# -- cards, reasons, warnings


def test_a_card_gives_the_reason_that_the_inspector_gives(workspace, subset, order):
    cards = Cards.of(workspace, subset, order)
    for row in range(40):
        plain = example_card(workspace, row, subset=subset, order=order)
        card = cards.card(row)
        assert (card.id, card.turns, card.reason) == (plain.id, plain.turns, sentence(plain.why))


def test_reasons_hold_in_later_rounds(tiny_workspace):
    workspace = Workspace.open(tiny_workspace)
    solved = solve(workspace, Request("sae-greedy", Budget("rows", 38))).order
    assert len(solved.round_starts) > 1
    cards = Cards.of(workspace, solved, solved)
    for row in solved.rows.tolist():
        plain = example_card(workspace, row, subset=solved, order=solved)
        assert cards.card(row).reason == sentence(plain.why)


def test_sole_carriers_are_those_of_the_selection(workspace, subset):
    sets = open_features(workspace).sets
    carriers, owners = Carriers.of(sets, subset.rows), sole_carriers(sets, subset.rows)
    for row in subset.rows.tolist():
        assert carriers.sole(row).in_subset.tolist() == np.flatnonzero(owners == row).tolist()


def test_a_rejected_row_leaves_others_as_sole_carriers(workspace, subset):
    sets = open_features(workspace).sets
    left = Carriers.of(sets, subset.rows).without(subset.rows[:4])
    again = Carriers.of(sets, subset.rows[4:])
    np.testing.assert_array_equal(left.counts, again.counts)
    assert not len(left.sole(int(subset.rows[0])).in_subset)


def test_what_no_other_row_of_the_pool_has_is_told_apart(workspace, subset):
    sets = open_features(workspace).sets
    owners = sole_carriers(sets)
    row = int(owners[owners >= 0][0])
    found = Carriers.of(sets, subset.rows).sole(row)
    assert found.in_pool.tolist() == np.flatnonzero(owners == row).tolist()


@pytest.mark.parametrize(
    ("subset_has", "pool_has", "told"),
    [
        ([], [], None),
        ([3], [], "Sole carrier of latent 3 in the subset."),
        ([3], [3], "Sole carrier of latent 3 in the subset, and in the whole pool."),
        ([3, 5, 7, 9], [5], "of 4 latents (3, 5, 7 …) in the subset, of 1 in the whole pool."),
        ([], [2], "Sole carrier of latent 2 in the whole pool."),
    ],
)
def test_the_warning_says_what_would_be_lost(workspace, subset_has, pool_has, told):
    sole = Sole(np.array(subset_has, np.uint32), np.array(pool_has, np.uint32))
    found = sole_warning(workspace, sole)
    assert found is None if told is None else told in found


# -- people


def test_ids_are_found_and_those_of_another_pool_passed_over(workspace):
    ids = open_pool(workspace).ids()
    assert places(workspace).of([ids[7], "f" * 32, ids[0]]).tolist() == [7, 0]
    assert not len(places(workspace).of([]))


def test_rows_by_a_curator_count_the_last_verdict(workspace):
    ids = open_pool(workspace).ids()
    state = fold(
        [
            said(1, ids[0]),
            said(2, ids[1], verdict="rejected"),
            said(3, ids[0], verdict="unsure"),
            said(4, ids[2], curator="bo"),
            said(5, ids[3], verdict=None, note="look again"),
        ]
    )
    assert rows_by(workspace, state, "ann").tolist() == [0, 1]
    assert rows_by(workspace, state, "ann", "unsure").tolist() == [0]
    assert examples_by(state, "nobody") == []


def test_what_was_taken_back_is_not_decided(workspace):
    ids = open_pool(workspace).ids()
    taken = Event("f" * 32, ids[0], "ann", undoes=f"{1:032x}", number=2, at=2.0)
    assert not len(rows_by(workspace, fold([said(1, ids[0]), taken]), "ann"))


def test_verdicts_colour_the_map_with_conflicts_apart(workspace):
    ids = open_pool(workspace).ids()
    state = fold(
        [
            said(1, ids[0]),
            said(2, ids[1], verdict="rejected"),
            said(3, ids[1], curator="bo"),
        ]
    )
    found = by_verdict(workspace, state)
    assert [found.names[at] for at in found.labels[:2]] == ["approved", "conflict"]
    assert (found.labels[2:] == -1).all()
    assert found.fingerprint != by_verdict(workspace, fold([])).fingerprint


def test_own_words_are_the_last_ones_and_a_note_changes_no_verdict(workspace):
    ids = open_pool(workspace).ids()
    events = [
        said(1, ids[0], reason="off topic", tags=("style",), note="first"),
        said(2, ids[0], verdict=None, note="second", tags=("wrong",)),
        said(3, ids[0], curator="bo", verdict="rejected", note="theirs"),
        said(4, ids[1]),
    ]
    found = own_words(fold(events), "ann", [ids[0]])
    assert found == {ids[0]: Words("approved", "off topic", "second", ("wrong",))}


def test_the_last_stroke_is_known_until_something_else_is_decided(workspace):
    ids = open_pool(workspace).ids()
    stroke = [said(at, ids[at], batch="b" * 32) for at in (1, 2, 3)]
    assert last_stroke(fold(stroke), "ann") == ("b" * 32, 3)
    assert last_stroke(fold([*stroke, said(4, ids[5])]), "ann") is None
    back = Event("f" * 32, ids[1], "ann", undoes="b" * 32, number=4, at=4.0)
    assert last_stroke(fold([*stroke, back]), "ann") is None


def test_views_are_what_is_open_and_what_somebody_did(workspace):
    ids = open_pool(workspace).ids()
    state = fold([said(1, ids[0]), said(2, ids[1], verdict="unsure"), said(3, ids[2], "bo")])
    assert left_out(workspace, state, "ann", "open").tolist() == [0, 1]
    assert left_out(workspace, state, "ann", "untouched").tolist() == [0, 1, 2]
    assert left_out(workspace, state, "ann", "mine") is None
    assert only_shown(workspace, state, "ann", "skipped").tolist() == [1]
    assert only_shown(workspace, state, "ann", "by:bo").tolist() == [2]
    assert "by:bo" in offered_shows(state, "ann") and "by:ann" not in offered_shows(state, "ann")


def test_what_falls_to_somebody_is_their_queue(workspace, subset):
    ids = open_pool(workspace).ids()
    mine = {ids[row] for row in subset.rows[::2].tolist()}
    found = arranged(
        workspace,
        Scope(),
        chosen=subset,
        falls_to=lambda some: [one for one in some if one in mine],
    )
    assert found.queue.rows.tolist() == subset.rows[::2].tolist()


def test_replacements_are_told_row_by_row(tiny_workspace):
    workspace = Workspace.open(tiny_workspace)
    subset = chosen_in_use(workspace)
    ids = open_pool(workspace).ids()
    gone = subset.rows[2]
    state = fold([said(1, ids[gone], verdict="rejected", reason="off topic")])
    found = solve(
        workspace, Request("sae-greedy", Budget("rows", len(subset)), forbidden=(ids[gone],))
    ).subset
    change = replacements(workspace, subset, found, np.array([gone]))
    out = out_table(workspace, state, change)
    assert out["row"].iloc[0] == gone
    assert out["why"].iloc[0] == "rejected by ann: off topic"
    sole = Carriers.of(open_features(workspace).sets, subset.rows).sole(int(gone))
    assert out["alone"].iloc[0] == len(sole.in_subset)
    came = in_table(workspace, state, change, found)
    assert [found.rows[at - 1] for at in came["pick"]] == came["row"].tolist()
    assert len(came) == len(out)
