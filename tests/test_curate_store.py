"""The store of decisions, on SQLite and on a real PostgreSQL: what goes in comes out, once."""

import time
from dataclasses import replace

import pytest
import sqlalchemy as sa

from core.curate.records import ConflictError
from tests.curate_events import said
from tests.curate_stores import on_server, opened, place, postgresql, run

__all__ = ["on_server", "opened", "place", "postgresql"]


def test_events_come_back_as_they_were_with_number_and_time(opened, place):
    store = opened(place)
    sent = [
        said(1, "rejected", "Ännchen", reason="too long", note="a\n\t'\"\\", tags=("a,b", "[c]")),
        said(2, None, note="only a note", batch="b"),
        said(3, "approved", resolves=True),
    ]
    began = time.time()
    stored = store.append(sent)
    assert [one.number for one in stored] == [1, 2, 3]
    assert all(began - 1 <= one.at <= time.time() + 1 for one in stored)
    assert [replace(one, number=None, at=None) for one in stored] == sent
    assert store.after(0) == stored
    assert store.after(2) == stored[2:]


def test_the_same_event_twice_is_stored_once(opened, place):
    store, event = opened(place), said(1)
    first = store.append([event])
    assert store.append([event, event]) == first + first
    assert opened(place).append([event, said(2)])[0] == first[0]
    assert [one.number for one in store.after(0)] == [1, 2]


@pytest.mark.parametrize("change", [{"verdict": "rejected"}, {"note": "n"}, {"curator": "bob"}])
def test_an_id_with_another_content_is_a_conflict_and_nothing_is_stored(opened, place, change):
    store, event = opened(place), said(1)
    store.append([event])
    with pytest.raises(ConflictError, match=f"{event.id}.*says something else; nothing was stored"):
        store.append([said(2), replace(event, **change)])
    assert len(store.after(0)) == 1


def test_two_of_one_id_in_one_sending_are_a_conflict(opened, place):
    event = said(1)
    with pytest.raises(ConflictError):
        opened(place).append([event, replace(event, note="n")])


def test_a_time_that_is_given_is_kept(opened, place):
    assert opened(place).append([replace(said(1), at=1234.56789)])[0].at == 1234.56789


def test_projects_are_counted_apart_and_may_hold_the_same_event(opened, place):
    one, other, event = opened(place, "one"), opened(place, "other"), said(1)
    one.append([said(0), event])
    assert other.append([event])[0].number == 1
    assert [found.id for found in other.after(0)] == [event.id]


def test_many_events_are_stored_at_once(opened, place):
    store, many = opened(place), [said(n) for n in range(2_000)]
    assert [one.number for one in store.append(many)] == list(range(1, 2_001))
    assert store.append(many[::-1])[0].number == 2_000


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET verdict = 'rejected'",
        "DELETE FROM events",
        "UPDATE guidelines SET text = ''",
        "DELETE FROM guidelines",
    ],
)
def test_the_database_itself_refuses_to_change_or_delete(opened, place, statement):
    store = opened(place)
    before = store.append([said(1)])
    store.add("guidelines", {"text": "keep", "by": "ann"})
    with pytest.raises(sa.exc.DBAPIError, match="never changed or deleted"):
        run(store, statement)
    assert store.after(0) == before
    assert store.history("guidelines")[0]["text"] == "keep"


def test_replacing_does_not_delete_past_the_rule(opened, tmp_path):
    store = opened(str(tmp_path / "d.sqlite3"))
    store.append([said(1)])
    with pytest.raises(sa.exc.DBAPIError, match="never changed or deleted"):
        run(store, "INSERT OR REPLACE INTO events SELECT * FROM events")


def test_histories_are_kept_in_order(opened, place):
    store = opened(place)
    for text in ("first", "second"):
        store.add("guidelines", {"text": text, "by": "ann"})
    found = store.history("guidelines")
    assert [(row["number"], row["text"]) for row in found] == [(1, "first"), (2, "second")]
    assert opened(place, "other").history("guidelines") == []
