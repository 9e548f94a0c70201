"""What a database refuses, in one line that says what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import exc

from core.errors import CoreError

SERIAL = {"40001", "40P01"}  # serialization failure, deadlock: the same again may go well
BUSY = {"55P03", "57014"}  # lock or statement timeout
SQLITE = {
    "locked": "another program is writing there and did not finish in time; try again in a moment",
    "disk is full": "the disk is full; free some space and decide again, nothing was half-written",
    "readonly": "it may not be written; see to its permissions",
    "unable to open": "it cannot be opened; see to the folder and its permissions",
    "not a database": "it is no SQLite database; move it away or restore a backup",
    "malformed": "it is damaged; restore a backup",
}


class StoreError(CoreError):
    """The decisions cannot be read or written now."""


@contextmanager
def plain_store_errors(place: str) -> Iterator[None]:
    """Turn what the database driver raises into one line; `place` names the database."""
    try:
        yield
    except exc.DBAPIError as error:
        raise StoreError(f"the decisions in {place}: {_explained(error)}") from error
    except sqlite3.Error as error:
        raise StoreError(f"the decisions in {place}: {_of_sqlite(str(error))}") from error
    except exc.TimeoutError as error:
        raise StoreError(
            f"the decisions in {place}: every connection is in use; try again in a moment"
        ) from error


def sqlstate(error: exc.DBAPIError) -> str | None:
    """PostgreSQL's code of an error, or None."""
    code: Any = getattr(error.orig, "sqlstate", None)
    return code


def may_go_well_again(error: exc.DBAPIError) -> bool:
    """Whether the same transaction may succeed: two got in each other's way, or a line was cut."""
    return error.connection_invalidated or sqlstate(error) in SERIAL


def _explained(error: exc.DBAPIError) -> str:
    said = " ".join(str(error.orig).split())
    code = sqlstate(error)
    if code in BUSY:
        return "another program holds them and did not finish in time; try again in a moment"
    if code == "42501":
        return f"this user of the database may not do that ({said}); ask its owner"
    if isinstance(error.orig, sqlite3.Error):
        return _of_sqlite(said)
    if code is None and isinstance(error, exc.OperationalError):
        return f"the database cannot be reached ({said}); see to the server and try again"
    return said


def _of_sqlite(said: str) -> str:
    return next((reason for word, reason in SQLITE.items() if word in said), said)
