"""Events for tests: short to write, and drawn by hypothesis."""

import itertools
import uuid
from dataclasses import replace

from hypothesis import strategies as st

from core.curate.records import VERDICTS, Event

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40)
NAME = TEXT.filter(str.strip)
TAG = TEXT.filter(bool)
HEX = st.text("0123456789abcdef", min_size=32, max_size=32)


def example(n):
    """The id of the n-th example of a test."""
    return f"{n:032x}"


def said(n, verdict="approved", by="ann", **rest):
    """An event with an id of its own."""
    return Event(uuid.uuid4().hex, example(n), by, verdict, **rest)


def undoing(target, by="ann"):
    """An event that takes back an event, or a batch by its name."""
    named = target.id if isinstance(target, Event) else target
    return Event(uuid.uuid4().hex, example(0), by, undoes=named)


def numbered(events):
    """Events as a store would give them back."""
    return [replace(one, number=n, at=float(n)) for n, one in enumerate(events, start=1)]


@st.composite
def logs(draw, most=12):
    """A log as a store gives it back: everything an event can hold."""
    ids = draw(st.lists(HEX, min_size=1, max_size=most, unique=True))
    return [draw(event_with(event_id, number)) for event_id, number in zip(ids, itertools.count(1))]


@st.composite
def event_with(draw, event_id, number):
    verdict = draw(st.none() | st.sampled_from(VERDICTS))
    undoes = draw(st.none() | HEX) if verdict is None else None
    return Event(
        id=event_id,
        example=draw(HEX),
        curator=draw(NAME),
        verdict=verdict,
        reason=draw(TEXT),
        note=draw(TEXT),
        tags=tuple(draw(st.lists(TAG, max_size=3))),
        batch=draw(st.none() | TAG),
        undoes=undoes,
        resolves=verdict is not None and draw(st.booleans()),
        at=draw(st.floats(0, 4e9)),
        number=number,
    )
