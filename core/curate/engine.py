"""The connection to where decisions lie: SQLite in a file, or PostgreSQL by its URL."""

from __future__ import annotations

import os
import sqlite3
import weakref
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, exc

from core.errors import RequestError

BUSY_SECONDS = 10  # how long a writer waits for another one
STATEMENT_SECONDS = 60
IDLE_SECONDS = 60  # a client that froze inside a transaction would hold up all others
CONNECT_SECONDS = 5
READING = "coreset_reading"
PRAGMAS = (
    "foreign_keys=ON",
    "recursive_triggers=ON",  # else REPLACE deletes past the triggers
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "synchronous=EXTRA",  # FULL, and the folder too once the journal is gone: else a power cut
    # right after a commit could bring the journal back, and with it the state before
)


def sqlite_engine(path: Path, *, wait: float = BUSY_SECONDS) -> sa.Engine:
    """An engine on a SQLite file; a writer takes the lock when its transaction begins.

    A deferred BEGIN that writes later fails at once when somebody else has written meanwhile.
    """
    engine = sa.create_engine(
        "sqlite://",
        creator=lambda: _open(path, wait),
        poolclass=sa.QueuePool,
    )
    event.listen(engine, "begin", _begin)
    _forget_in_children(engine)
    return engine


def postgresql_engine(url: sa.URL, *, wait: float = BUSY_SECONDS) -> sa.Engine:
    """An engine on a PostgreSQL server, whose connections are tried before they are used."""
    given: dict[str, Any] = (
        {} if "connect_timeout" in url.query else {"connect_timeout": CONNECT_SECONDS}
    )
    engine = sa.create_engine(
        url,
        pool_pre_ping=True,
        connect_args={"application_name": "coreset-atlas", **given},
    )
    limits = {
        "lock_timeout": wait,
        "statement_timeout": STATEMENT_SECONDS,
        "idle_in_transaction_session_timeout": IDLE_SECONDS,
    }

    def limit(connection: Any, _record: Any) -> None:
        connection.autocommit = True
        for name, seconds in limits.items():
            connection.execute(f"SET {name} = {int(seconds * 1000)}")
        connection.autocommit = False

    event.listen(engine, "connect", limit)
    _forget_in_children(engine)
    return engine


def database_url(text: str) -> sa.URL:
    """A database's address as people give it; RequestError where it is none that we can use."""
    try:
        url = sa.make_url(text)
    except (exc.ArgumentError, ValueError):
        raise RequestError(
            "CORESET_DATABASE_URL is not an address such as postgresql://user@host/database"
        ) from None
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise RequestError(
            f"CORESET_DATABASE_URL names {url.get_backend_name()}; decisions go to "
            "postgresql://…, or to SQLite in the workspace when it is not set"
        )
    return url.set(drivername="postgresql+psycopg")


def reading(engine: sa.Engine) -> sa.Engine:
    """The same engine for transactions that only read, and so hold up no writer."""
    return engine.execution_options(**{READING: True})


def _open(path: Path, wait: float) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path,
        timeout=wait,
        isolation_level=None,  # transactions are begun by us, never by the driver
        check_same_thread=False,
    )
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _begin(connection: sa.Connection) -> None:
    only_reads = connection.get_execution_options().get(READING, False)
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")


def _forget_in_children(engine: sa.Engine) -> None:
    """A connection must not be used on both sides of a fork."""
    known = weakref.ref(engine)

    def forget() -> None:
        found = known()
        if found is not None:
            found.dispose(close=False)

    os.register_at_fork(after_in_child=forget)
