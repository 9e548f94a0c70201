"""Several at once on the store, on SQLite and on a real PostgreSQL: nothing lost or doubled."""

import random
import sqlite3
import threading
from contextlib import closing

from tests.curate_events import said
from tests.curate_stores import ROUNDS, in_threads, on_server, opened, place, postgresql, stormed

__all__ = ["on_server", "opened", "place", "postgresql"]


def test_four_threads_lose_and_double_nothing(opened, place):
    stores = [opened(place) for _ in range(2)]
    sent = {name: [said(n, by=name) for n in range(25)] for name in "abcd"}

    def write(name, store):
        for event in sent[name]:
            store.append([event])

    in_threads([(write, (name, stores[n % 2])) for n, name in enumerate(sent)])
    found = stores[0].after(0)
    assert [one.number for one in found] == list(range(1, 101))
    for name, events in sent.items():
        assert [one.id for one in found if one.curator == name] == [one.id for one in events]


def test_the_same_event_sent_at_once_is_stored_once(opened, place):
    events = [said(n) for n in range(10)]
    stores = [opened(place) for _ in range(4)]
    in_threads([(lambda store: [store.append([one]) for one in events], (one,)) for one in stores])
    assert [one.id for one in stores[0].after(0)] == [one.id for one in events]


def test_several_open_it_at_once_for_the_first_time(opened, place):
    gate, found = threading.Barrier(4), []

    def first():
        gate.wait()
        found.append(opened(place).append([said(1)])[0].number)

    in_threads([(first, ())] * 4)
    assert sorted(found) == [1, 2, 3, 4]


def test_killed_writers_lose_nothing_that_was_acknowledged(opened, place):
    random.seed(20)
    acknowledged = set()
    for _ in range(ROUNDS):
        acknowledged |= stormed(place)
    found = opened(place, "storm").after(0)
    assert acknowledged <= {one.id for one in found}
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    assert len(acknowledged) > 2 * ROUNDS
    if not place.startswith("postgresql:"):
        with closing(sqlite3.connect(place)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
