"""Opening a store: tables brought up to date, journal as it is safe, a newer schema refused."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from core.curate.engine import BUSY_SECONDS, postgresql_engine, reading, sqlite_engine
from core.curate.faults import StoreError, plain_store_errors
from core.curate.journal import Journal, journal_for
from core.curate.schema import bring_up_to_date, check_known, revision_of
from core.curate.store import Store
from core.curate.tables import HEAD


def open_sqlite(path: Path, project: str, *, wait: float = BUSY_SECONDS) -> Store:
    """The store in a SQLite file, which is made when it is not there."""
    journal = journal_for(path)
    store = Store(sqlite_engine(path, wait=wait), project, str(path), journal=journal)
    _ready(store, wait, file=path)
    return store


def open_postgresql(url: sa.URL, project: str, *, wait: float = BUSY_SECONDS) -> Store:
    """The store on a PostgreSQL server."""
    place = url.set(query={}).render_as_string(hide_password=True).replace("+psycopg", "")
    store = Store(postgresql_engine(url, wait=wait), project, place)
    _ready(store, wait, file=None)
    return store


def _ready(store: Store, wait: float, *, file: Path | None) -> None:
    with plain_store_errors(store.place):
        with reading(store.engine).connect() as connection:
            found = revision_of(connection)
        check_known(found, store.place)
        if store.journal is not None:
            store.journal = _keep_journal(store.engine, store.journal, wait)
        if found != HEAD:
            store.backup = bring_up_to_date(store.engine, store.place, file=file)


def _keep_journal(engine: sa.Engine, journal: Journal, wait: float) -> Journal:
    """Set the mode where it differs; gives the one it is in.

    While others have it open a database stays as it is: without a log that is slower and no
    worse, with one that is not safe here it is refused.
    """
    raw = engine.raw_connection()
    end = time.monotonic() + wait
    try:
        while (now := _set_journal(raw.cursor(), journal.mode)) != journal.mode:
            if time.monotonic() > end:
                break
            time.sleep(0.02)
    finally:
        raw.close()
    if journal.mode == "delete" and now != "delete":
        raise StoreError(
            f"the decisions are in journal mode {now}, which is not safe here: "
            f"{journal.reason}; close every other program that has them open"
        )
    return journal if now == journal.mode else Journal(now, "another program has it open")


def _set_journal(cursor: Any, mode: str) -> str:
    now = str(cursor.execute("PRAGMA journal_mode").fetchone()[0])
    if now == mode:
        return now
    try:
        return str(cursor.execute(f"PRAGMA journal_mode={mode}").fetchone()[0])
    except sqlite3.OperationalError:  # locked; the driver waits in some cases, not in all
        return now
