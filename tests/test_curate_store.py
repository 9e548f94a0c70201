"""The store of decisions, on SQLite and on a real PostgreSQL: nothing lost, nothing doubled."""

import random
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.curate import store as store_module
from core.curate.engine import database_url, reading
from core.curate.faults import StoreError
from core.curate.opening import open_postgresql, open_sqlite
from core.curate.records import ConflictError
from core.errors import RequestError
from tests.curate_events import said
from tests.postgres import fresh_schema, server

WRITER = Path(__file__).with_name("curate_writer.py")
ROUNDS = 3


@pytest.fixture(scope="module")
def postgresql():
    with server() as url:
        yield url


@pytest.fixture
def on_server(postgresql):
    """The address of an empty place on the server."""
    return fresh_schema(postgresql)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    """Where decisions lie: a path, or an address."""
    if request.param == "postgresql":
        return request.getfixturevalue("on_server")
    return str(tmp_path / "decisions.sqlite3")


@pytest.fixture
def opened():
    """Opens stores, and closes them when the test is over."""
    stores = []

    def open_store(place, project="p", **how):
        if place.startswith("postgresql:"):
            stores.append(open_postgresql(database_url(place), project, **how))
        else:
            stores.append(open_sqlite(Path(place), project, **how))
        return stores[-1]

    yield open_store
    for one in stores:
        one.close()


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


def in_threads(calls):
    """Run calls at once; the first exception of any of them is raised here."""
    failed = []

    def guarded(call, arguments):
        try:
            call(*arguments)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=guarded, args=one) for one in calls]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    if failed:
        raise failed[0]


def stormed(place):
    """Let two processes write and kill both; gives the ids that were acknowledged."""
    writers = [
        subprocess.Popen([sys.executable, WRITER, place, name], stdout=subprocess.PIPE)
        for name in ("ann", "bob")
    ]
    first = [writer.stdout.readline() for writer in writers]
    time.sleep(random.uniform(0.05, 0.4))
    for writer in writers:
        writer.kill()
    said = b"".join(first + [writer.communicate()[0] for writer in writers])
    return {line.decode() for line in said.split(b"\n") if len(line) == 32}


@contextmanager
def holding(store):
    """A transaction that writes and does not end while the block runs."""
    with store.engine.connect() as connection, connection.begin():
        store._locked_number(connection)
        yield
        connection.rollback()


def cut_at_commit(store, monkeypatch, *, committed):
    """Cut the line at the first COMMIT: before the server got it, or before its answer came."""
    ours = store.engine.dialect.do_commit
    cut = []

    def commit(connection):
        if cut:
            return ours(connection)
        cut.append(1)
        line = connection.dbapi_connection
        backend = line.info.backend_pid
        if committed:
            ours(connection)
        with reading(store.engine).connect() as other:
            other.execute(sa.select(sa.func.pg_terminate_backend(backend)))
        line.execute("SELECT 1")
        return None

    monkeypatch.setattr(store.engine.dialect, "do_commit", commit)


def cut_all(url):
    """End every other connection to a database."""
    with closing(open_postgresql(database_url(url), "other")) as other:
        run(
            other,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )


def run(store, statement):
    with store.engine.begin() as connection:
        connection.execute(sa.text(statement))


def waits_for_a_lock(store):
    with reading(store.engine).connect() as connection:
        asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        return connection.scalar(sa.text(asked)) > 0


def until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            pytest.fail("what was waited for did not come")
        time.sleep(0.01)
