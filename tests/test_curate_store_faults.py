"""A store that is busy, cut off, gone or another: one clear line, and nothing lost."""

import threading
import time

import pytest
import sqlalchemy as sa

from core.curate import store as store_module
from core.curate.engine import database_url
from core.curate.faults import StoreError
from core.errors import RequestError
from tests.curate_events import said
from tests.curate_stores import (
    cut_all,
    cut_at_commit,
    holding,
    in_threads,
    on_server,
    opened,
    place,
    postgresql,
    run,
    until,
    waits_for_a_lock,
)
from tests.postgres import fresh_schema

__all__ = ["on_server", "opened", "place", "postgresql"]


def test_a_busy_database_is_one_clear_line_after_the_wait(opened, place):
    store, other = opened(place, wait=0.3), opened(place)
    other.append([said(1)])
    with holding(other):
        began = time.monotonic()
        with pytest.raises(StoreError, match=r"another program .* did not finish in time; try"):
            store.append([said(2)])
        assert time.monotonic() - began >= 0.3
    assert store.append([said(2)])[0].number == 2


def test_a_reader_does_not_wait_for_a_writer(opened, place):
    store, other = opened(place, wait=0.3), opened(place)
    other.append([said(1)])
    with holding(other):
        assert len(store.after(0)) == 1


def test_a_line_cut_before_commit_is_tried_again(opened, on_server, monkeypatch):
    store = opened(on_server)
    cut_at_commit(store, monkeypatch, committed=False)
    assert store.append([said(1), said(2)])[1].number == 2
    assert len(store.after(0)) == 2


def test_a_line_cut_after_commit_is_found_stored(opened, on_server, monkeypatch):
    store = opened(on_server)
    cut_at_commit(store, monkeypatch, committed=True)
    sent = [said(1), said(2)]
    assert [one.id for one in store.append(sent)] == [one.id for one in sent]
    assert [one.number for one in store.after(0)] == [1, 2]


def test_idle_connections_that_were_cut_are_not_noticed(opened, on_server):
    store = opened(on_server)
    store.append([said(1)])
    cut_all(on_server)
    assert len(store.after(0)) == 1


def test_a_serialization_failure_is_tried_again(opened, on_server, monkeypatch):
    strict = on_server + "%20-c%20default_transaction_isolation%3Dserializable"
    store, other = opened(strict), opened(on_server)
    other.append([said(1)])
    seen = []
    judged = store_module.may_go_well_again

    def judge(error):
        seen.append(error.orig.sqlstate)
        return judged(error)

    monkeypatch.setattr(store_module, "may_go_well_again", judge)
    with other.engine.connect() as connection, connection.begin():
        number = other._locked_number(connection)
        connection.execute(sa.update(store_module.PROJECTS).values(last_number=number))
        waiting = threading.Thread(target=store.append, args=([said(2)],))
        waiting.start()
        until(lambda: waits_for_a_lock(other))
    waiting.join()
    assert seen[0] == "40001"
    assert [one.number for one in other.after(0)] == [1, 2]


def test_serializable_writers_all_come_through(opened, on_server):
    strict = on_server + "%20-c%20default_transaction_isolation%3Dserializable"
    stores = [opened(strict) for _ in range(3)]
    in_threads([(lambda s: [s.append([said(n)]) for n in range(8)], (one,)) for one in stores])
    assert [one.number for one in stores[0].after(0)] == list(range(1, 25))


def test_a_user_who_is_no_superuser_has_all_it_takes_and_no_more(opened, postgresql):
    place = fresh_schema(postgresql, owner="plain")
    store = opened(place)
    store.append([said(1)])
    assert opened(place).append([said(2)])[0].number == 2
    for statement in ("DELETE FROM events", "UPDATE events SET note = 'x'", "TRUNCATE events"):
        with pytest.raises(sa.exc.DBAPIError, match="permission denied"):
            run(store, statement)


def test_an_endless_failure_ends(opened, place, monkeypatch):
    store = opened(place)
    tried = []

    def fail(connection):
        tried.append(1)
        cause = type("Deadlock", (Exception,), {"sqlstate": "40P01"})("deadlock detected")
        raise sa.exc.OperationalError("x", {}, cause)

    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    with pytest.raises(StoreError, match="deadlock detected"):
        store._written(fail)
    assert len(tried) == store_module.ATTEMPTS


def test_a_server_that_is_gone_is_one_line_without_the_password(opened):
    url = "postgresql://ann:secret@127.0.0.1:9/none"
    with pytest.raises(
        StoreError, match=r"postgresql://ann:\*\*\*@127.* cannot be reached"
    ) as raised:
        opened(url)
    assert "secret" not in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("url", ["mysql://h/d", "sqlite:///x", "nonsense", "postgresql://h:x/d"])
def test_an_address_of_another_kind_is_refused(url):
    with pytest.raises(RequestError, match="CORESET_DATABASE_URL"):
        database_url(url)


@pytest.mark.parametrize(
    "start", ["postgres://h/d", "postgresql://h/d", "postgresql+psycopg2://h/d"]
)
def test_every_way_to_write_the_address_means_the_same_driver(start):
    assert database_url(start).drivername == "postgresql+psycopg"


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"no database at all " * 99, "no SQLite database"),
        (b"SQLite format 3\x00" + b"\x01" * 4096, "no SQLite database"),
    ],
)
def test_a_file_of_another_kind_is_named_and_left_as_it_is(opened, tmp_path, content, match):
    path = tmp_path / "d.sqlite3"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=match):
        opened(str(path))
    assert path.read_bytes() == content


def test_a_folder_that_is_not_there_is_one_line(opened, tmp_path):
    with pytest.raises(StoreError, match="cannot be opened"):
        opened(str(tmp_path / "none" / "d.sqlite3"))
