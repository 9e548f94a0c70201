"""What a log of decisions comes to: the fold, against a plain model and by hand."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from core.curate.records import VERDICTS, Event
from core.curate.state import EMPTY, fold
from core.errors import DataError
from tests.curate_events import example, numbered, said, undoing


def state(*events):
    return fold(numbered(events))


def test_nothing_decided_is_nothing():
    assert (EMPTY.approved, EMPTY.rejected, EMPTY.conflicts, EMPTY.number) == ((), (), (), 0)
    assert EMPTY.of(example(1)) is None


def test_a_later_verdict_of_the_same_curator_replaces_the_earlier():
    found = state(said(1, "approved"), said(1, "rejected"))
    assert found.rejected == (example(1),)
    assert found.approved == ()


def test_an_undone_verdict_gives_the_one_before_back():
    first, second = said(1, "approved"), said(1, "rejected")
    assert state(first, second, undoing(second)).approved == (example(1),)


def test_undoing_an_undo_says_it_again():
    first = said(1)
    undo = undoing(first)
    assert state(first, undo).approved == ()
    assert state(first, undo, undoing(undo)).approved == (example(1),)


def test_a_long_chain_of_undos_alternates():
    log = [said(1)]
    for _ in range(1100):  # above the limit of recursion
        log.append(undoing(log[-1]))
    assert state(*log).approved == (example(1),)
    assert state(*log[:-1]).approved == ()


def test_a_batch_is_undone_in_one_and_leaves_the_rest():
    batch = [said(n, batch="rest of a cluster") for n in range(1, 4)]
    found = state(said(9), *batch, undoing("rest of a cluster"))
    assert found.approved == (example(9),)


def test_what_joins_a_batch_after_its_undoing_stands():
    found = state(said(1, batch="b"), undoing("b"), said(2, batch="b"))
    assert found.approved == (example(2),)


def test_nobody_undoes_what_another_said():
    first = said(1, by="ann", batch="b")
    assert state(first, undoing(first, by="bob"), undoing("b", by="bob")).approved == (example(1),)


def test_people_who_differ_are_in_conflict():
    found = state(said(1, "approved", "ann"), said(1, "rejected", "bob"))
    assert found.conflicts == (example(1),)
    assert found.of(example(1)).is_conflict
    assert found.of(example(1)).verdict is None
    assert found.approved == found.rejected == ()


def test_a_resolution_settles_and_everybody_s_word_stays():
    found = state(
        said(1, "approved", "ann"),
        said(1, "rejected", "bob"),
        said(1, "rejected", "ann", resolves=True),
    )
    assert found.rejected == (example(1),)
    assert found.verdicts_of("ann") == {example(1): "approved"}
    assert found.last_verdicts_of("ann") == {example(1): "rejected"}


def test_a_third_person_resolves_without_the_two_changing_their_mind():
    found = state(
        said(1, "approved", "ann"),
        said(1, "rejected", "bob"),
        said(1, "approved", "eve", resolves=True),
    )
    assert found.approved == (example(1),)
    assert {name: one.verdict for name, one in found.of(example(1)).by.items()} == {
        "ann": "approved",
        "bob": "rejected",
        "eve": "approved",
    }


def test_a_later_verdict_that_differs_opens_the_conflict_again():
    settled = [
        said(1, "approved", "ann"),
        said(1, "rejected", "bob"),
        said(1, "approved", "ann", resolves=True),
    ]
    assert state(*settled, said(1, "approved", "bob")).approved == (example(1),)
    assert state(*settled, said(1, "rejected", "bob")).conflicts == (example(1),)


def test_an_undone_resolution_is_a_conflict_again():
    resolution = said(1, "approved", "ann", resolves=True)
    events = (said(1, "approved", "ann"), said(1, "rejected", "bob"), resolution)
    assert state(*events, undoing(resolution)).conflicts == (example(1),)


def test_a_verdict_keeps_note_and_tags_unless_it_brings_some():
    tagged = Event("a" * 32, example(1), "ann", note="why", tags=("x", "y"))
    kept = state(tagged, said(1, "approved")).of(example(1))
    assert (kept.tags, kept.notes) == (("x", "y"), {"ann": "why"})
    changed = state(tagged, said(1, "approved", tags=("z",))).of(example(1))
    assert (changed.tags, changed.notes) == (("z",), {"ann": "why"})


def test_a_note_event_sets_note_and_tags_whole():
    found = state(said(1, note="why", tags=("x",)), Event("a" * 32, example(1), "ann")).of(
        example(1)
    )
    assert (found.tags, dict(found.notes), found.verdict) == ((), {}, "approved")


def test_tags_of_all_are_shown_once():
    found = state(said(1, by="ann", tags=("x", "y")), said(1, by="bob", tags=("y", "z")))
    assert found.of(example(1)).tags == ("x", "y", "z")


def test_what_stands_of_a_curator_is_in_order():
    first, second, third = said(1), said(2), said(3)
    found = state(first, second, third, undoing(second))
    assert [one.id for one in found.events_of("ann")] == [first.id, third.id]
    assert found.events_of("nobody") == ()


def test_an_earlier_state_stays_as_it_was():
    before = state(said(1))
    before.extended([numbered([said(0), said(1, "rejected")])[1]])
    assert before.approved == (example(1),)
    assert before.number == 1


def test_a_number_that_does_not_follow_is_our_mistake():
    events = numbered([said(1), said(2)])
    with pytest.raises(ValueError, match="event 1 does not follow event 2"):
        fold([events[1], events[0]])


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"id": "x"}, "an event's id has 32 hex digits; seen 'x'"),
        ({"example": "A" * 32}, "an event's example has 32 hex digits"),
        ({"curator": " "}, "names its curator"),
        ({"verdict": "yes"}, "approved, rejected, unsure; seen 'yes'"),
        ({"undoes": "a"}, "says a verdict or takes one back"),
        ({"verdict": None, "resolves": True}, "resolves says a verdict"),
        ({"at": float("nan")}, "seen nan"),
        ({"note": "x" * 4001}, "4,000 characters"),
        ({"tags": ("x" * 201,)}, "200 characters at most"),
        ({"tags": ("",)}, "is not empty"),
        ({"batch": ""}, "is not empty"),
        ({"note": "\x00"}, "cannot be stored"),
        ({"reason": "\ud800"}, "cannot be stored"),
    ],
)
def test_an_event_of_another_form_is_refused(change, match):
    values = {"id": "0" * 32, "example": example(1), "curator": "ann", "verdict": "approved"}
    with pytest.raises(DataError, match=match):
        Event(**values | change)


class Curating(RuleBasedStateMachine):
    """Three people at four examples; the state grows by one event at a time."""

    curators = st.sampled_from(["ann", "bob", "eve"])
    places = st.integers(1, 4)

    def __init__(self):
        super().__init__()
        self.log = []
        self.state = EMPTY

    def add(self, event):
        self.log = numbered([*self.log, event])
        self.state = self.state.extended(self.log[-1:])

    @rule(
        n=places,
        by=curators,
        verdict=st.sampled_from(VERDICTS),
        batch=st.sampled_from([None, "a", "b"]),
        resolves=st.booleans(),
    )
    def decide(self, n, by, verdict, batch, resolves):
        self.add(said(n, verdict, by, batch=batch, resolves=resolves))

    @rule(
        n=places, by=curators, note=st.sampled_from(["", "n"]), tags=st.sampled_from([(), ("t",)])
    )
    def note(self, n, by, note, tags):
        self.add(said(n, None, by, note=note, tags=tags))

    @rule(by=curators, back=st.integers(0, 20))
    def undo(self, by, back):
        if self.log:
            self.add(undoing(self.log[-1 - back % len(self.log)], by))

    @rule(by=curators, batch=st.sampled_from(["a", "b", "none"]))
    def undo_batch(self, by, batch):
        self.add(undoing(batch, by))

    @invariant()
    def is_as_the_model_says(self):
        model = modelled(self.log)
        for verdict in VERDICTS:
            held = {name for name, place in model.items() if place == verdict}
            assert set(getattr(self.state, verdict)) == held
        assert set(self.state.conflicts) == {n for n, place in model.items() if place == "conflict"}

    def teardown(self):
        """Grown by one event at a time, it is as folded from the beginning."""
        whole = fold(self.log)
        assert whole.approved == self.state.approved
        assert whole.conflicts == self.state.conflicts
        assert [whole.of(example(n)) for n in range(6)] == [
            self.state.of(example(n)) for n in range(6)
        ]


def modelled(log):
    """Example -> settled verdict or 'conflict', by the rules read backwards."""
    dead = set()
    for event in reversed(log):
        if event.undoes is None or event.id in dead:
            continue
        dead |= {
            one.id
            for one in log
            if one.number < event.number
            and one.curator == event.curator
            and event.undoes in (one.id, one.batch)
        }
    found = {}
    for place in {one.example for one in log}:
        standing = [one for one in log if one.example == place and one.id not in dead]
        last = {one.curator: one for one in standing if one.verdict}
        since = max([one.number for one in last.values() if one.resolves], default=0)
        counted = {one.verdict for one in last.values() if one.number >= since}
        if counted:
            found[place] = counted.pop() if len(counted) == 1 else "conflict"
    return found


TestCurating = Curating.TestCase
TestCurating.settings = settings(max_examples=50, stateful_step_count=25, deadline=None)
