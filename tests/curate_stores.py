"""Stores of decisions for tests: opened and closed, written to by many, and cut off on purpose."""

import random
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.curate.engine import database_url, reading
from core.curate.opening import open_postgresql, open_sqlite
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


def waits_for_a_lock(store):
    with reading(store.engine).connect() as connection:
        asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        return connection.scalar(sa.text(asked)) > 0


def run(store, statement):
    with store.engine.begin() as connection:
        connection.execute(sa.text(statement))


def until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            pytest.fail("what was waited for did not come")
        time.sleep(0.01)
