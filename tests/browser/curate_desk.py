"""Generated cards and a store kept in a list, slow or refusing where a test asks for it."""

import threading
import time

from core.data.examples import Turn
from pages.components.curate_hand import STORED, Card, Near, refused
from tests.browser.hostile import CODE, HOSTILE, UNSEEN

SOLE = 4  # the card that alone carries something
GROUP = 5  # the card with near-duplicates
ODD = 6  # the card whose text tries to be more than text
LONG = 7


def example(number):
    return f"{number:032x}"


def number_of(identifier):
    return int(identifier, 16)


def card(number, meanwhile=""):
    return Card(
        example=example(number),
        title=f"Row {number:,}",
        turns=_turns(number),
        facts=(("source", "generated"), ("words", f"{12 * number:,}")),
        reason=f"Brings {40 - number % 40} latents that no row before it brings.",
        place=f"chosen, pick {number}" if number % 2 else "",
        warnings=("Its answer was cut at 512 tokens.",) if number == LONG else (),
        sole="Latents 12 and 40 are in no other chosen row." if number == SOLE else "",
        near=tuple(
            Near(example(1000 + at), f"Row {1000 + at:,}", _turns(number), f"cosine 0.9{9 - at}")
            for at in range(3)
        )
        if number == GROUP
        else (),
    )


def _turns(number):
    if number == ODD:
        return (Turn("user", HOSTILE), Turn("assistant", UNSEEN), Turn("user", CODE))
    length = 60 if number == LONG else 3
    return (
        Turn("user", f"Question {number}: what follows from the premises above?"),
        Turn("assistant", f"Answer {number}. " + "It follows with a little care. " * 4 * length),
    )


class Store:
    """Every event in order, each once by its id."""

    def __init__(self):
        self.events = []
        self.sent = 0
        self.lock = threading.Lock()

    def commit(self, events, *, delay=0.0, refuse=frozenset()):
        """Answers by event id; decisions about the examples numbered in `refuse` are refused."""
        self.sent += len(events)
        time.sleep(delay if events else 0)
        answers = {}
        with self.lock:
            known = {event.id for event in self.events}
            for event in events:
                if event.verdict and number_of(event.example) in refuse:
                    answers[event.id] = refused("the store is full")
                    continue
                if event.id not in known:
                    self.events.append(event)
                answers[event.id] = STORED
        return answers

    def verdicts(self, curator=None):
        """Example id -> the last verdict that stands, of one curator or of all."""
        undone = {event.undoes for event in self.events if event.undoes}
        return {
            event.example: event.verdict
            for event in self.events
            if event.verdict
            and not {event.id, event.batch} & undone
            and curator in (None, event.curator)
        }
