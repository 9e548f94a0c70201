"""What a browser says on the curate page: nothing is believed of it before it is looked at."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.curate.records import Event
from core.data.examples import Turn
from pages.components.curate_cards import MOST_CARDS, Card, HandSpec, Near, Opinion, hand_json
from pages.components.curate_said import (
    MOST_EVENTS,
    STORED,
    answered,
    heard,
    is_answer,
    refused,
)

SPEC = HandSpec(store="/somewhere default", curator="Ada", queue="by gain")
EXAMPLE = "e" * 32


def said(*events, **more):
    return {"owner": SPEC.owner, "turn": 1, "events": list(events), "at": EXAMPLE, **more}


def event(number=1, **more):
    return {"id": f"{number:032x}", "example": EXAMPLE, "verdict": "approved", **more}


def test_an_event_is_read_with_the_curator_of_the_settings():
    made = heard(
        said(event(curator="Eve", tags=["maths"], note="good", reason="clear")), settings=SPEC
    )
    assert made.events == (
        Event(
            id=f"{1:032x}",
            example=EXAMPLE,
            curator="Ada",
            verdict="approved",
            tags=("maths",),
            note="good",
            reason="clear",
        ),
    )
    assert made.at == EXAMPLE


def test_events_keep_their_order_and_come_once():
    made = heard(said(event(2), event(1), event(2)), settings=SPEC)
    assert [one.id for one in made.events] == [f"{2:032x}", f"{1:032x}"]


def test_what_is_of_another_owner_is_not_heard():
    other = HandSpec(store=SPEC.store, curator="Ben", queue=SPEC.queue)
    assert heard(said(event()), settings=other).events == ()


@pytest.mark.parametrize(
    "more",
    [
        {"example": "not an id"},
        {"example": None},
        {"verdict": "excellent"},
        {"verdict": "x" * 10_000},
        {"verdict": 1},
        {"note": "x" * 4_001},
        {"note": ["x"]},
        {"reason": "x" * 201},
        {"tags": ["x" * 201]},
        {"tags": ["x"] * 51},
        {"tags": [1]},
        {"batch": "all"},
        {"undoes": "the last one"},
        {"undoes": 3},
    ],
)
def test_an_event_of_a_bad_form_is_refused_in_one_line(more):
    made = heard(said(event(1, **more), event(2)), settings=SPEC)
    assert [one.id for one in made.events] == [f"{2:032x}"]
    (answer,) = made.malformed.values()
    assert answer.startswith("refused: ")
    assert "\n" not in answer
    assert len(answer) < 320
    assert made.asked == {f"{1:032x}", f"{2:032x}"}


@pytest.mark.parametrize("name", [None, 7, "short", "G" * 32, f"{1:032x}\n", f"{1:033x}"])
def test_an_event_without_an_id_is_dropped(name):
    assert heard(said(event() | {"id": name}), settings=SPEC).asked == frozenset()


def test_no_more_events_are_taken_at_once_than_allowed():
    made = heard(said(*(event(one) for one in range(MOST_EVENTS + 5))), settings=SPEC)
    assert len(made.events) == MOST_EVENTS


def test_what_no_store_keeps_is_taken_out_of_a_note():
    (made,) = heard(said(event(note="a\ud800b\0c")), settings=SPEC).events
    assert made.note == "abc"


def test_in_a_read_only_workspace_every_event_is_refused():
    looking = HandSpec(store=SPEC.store, curator="Ada", queue="by gain", may_decide=False)
    made = heard(said(event()), settings=looking)
    assert made.events == ()
    assert "read-only" in made.malformed[f"{1:032x}"]


def test_what_is_answered_is_no_longer_an_event():
    made = heard(said(event(1), event(2)), settings=SPEC)
    left = answered(made, {f"{1:032x}": STORED})
    assert [one.id for one in left.events] == [f"{2:032x}"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=4,
)


@given(json_values)
def test_nonsense_is_heard_as_nothing(value):
    assert heard(value, settings=SPEC).events == ()


FIELDS = ("example", "verdict", "reason", "note", "tags", "batch", "undoes", "resolves")


@given(st.sampled_from(FIELDS), json_values)
def test_nonsense_in_an_event_is_refused_or_harmless(name, value):
    made = heard(said(event(**{name: value}), at=value, held=value), settings=SPEC)
    assert len(made.events) + len(made.malformed) == 1
    assert all(isinstance(one, Event) for one in made.events)


@pytest.mark.parametrize("text", ["stored", "refused: the disk is full"])
def test_answers_are_known(text):
    assert is_answer(text)


@pytest.mark.parametrize("text", [None, True, "", "ok", "Stored"])
def test_anything_else_is_no_answer(text):
    assert not is_answer(text)


def test_a_refusal_is_one_line():
    assert refused("the disk\n is full") == "refused: the disk is full"


def test_owners_differ_by_store_and_curator_and_tell_neither():
    owners = {
        HandSpec(store=store, curator=curator, queue="").owner
        for store in ("a", "b")
        for curator in ("Ada", "Ben")
    }
    assert len(owners) == 4
    assert all(len(one) == 32 and "Ada" not in one for one in owners)


def test_cards_go_as_json_and_twenty_at_most():
    card = Card(
        example=EXAMPLE,
        title="Row 1",
        turns=(Turn("user", "x" * 30_000),),
        facts=(("words", "12"),),
        near=(Near("f" * 32, "Row 2", (Turn("user", "y" * 3_000),), "cosine 0.97"),),
        others=(Opinion("Ben", "rejected"),),
    )
    told = json.loads(json.dumps(hand_json([card] * 30, {}, SPEC)))
    assert len(told["cards"]) == MOST_CARDS
    assert told["cards"][0]["cut"] == "10,000 more characters are not shown."
    assert len(told["cards"][0]["near"][0]["turns"][0]["text"]) == 2_000
