"""The store of decisions: an append-only log that two curators, threads or machines may share."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import exc

from core.curate.engine import reading
from core.curate.faults import may_go_well_again, plain_store_errors
from core.curate.journal import Journal
from core.curate.payload import as_row, from_row, payload_hash
from core.curate.records import ConflictError, Event
from core.curate.tables import ASSIGNMENTS, EVENTS, GUIDELINES, PROJECTS

ATTEMPTS = 10
FIRST_PAUSE = 0.01  # seconds; doubled at each attempt, times a random share
LONGEST_PAUSE = 1.0
CHUNK = 500  # ids asked for at once
HISTORIES = {"assignments": ASSIGNMENTS, "guidelines": GUIDELINES}

T = TypeVar("T")


class Store:
    """The log of one project in one database; safe to share between threads."""

    def __init__(
        self, engine: sa.Engine, project: str, place: str, *, journal: Journal | None = None
    ) -> None:
        self.engine = engine
        self.project = project
        self.place = place  # as a message names it
        self.journal = journal  # of SQLite; None on PostgreSQL
        self.backup: Path | None = None  # made when the tables were brought up to date
        self._turn = threading.Lock()  # SQLite gives no turns, and threads would keep others out

    def append(self, events: Sequence[Event]) -> tuple[Event, ...]:
        """Store all events or none; gives them as stored, each with its number and time.

        An event that is there already with the same content is left as it is. Raises
        ConflictError where an id is taken by another content, StoreError where the database is
        out of reach; the same events may be sent again then.
        """
        distinct = _distinct(events)
        stored = self._written(lambda connection: self._append(connection, distinct))
        return tuple(stored[event.id] for event in events)

    def after(self, number: int) -> tuple[Event, ...]:
        """The events that follow a number, in order."""
        asked = (
            sa.select(EVENTS)
            .where(EVENTS.c.project == self.project, EVENTS.c.number > number)
            .order_by(EVENTS.c.number)
        )
        return tuple(from_row(row) for row in self._rows(asked))

    def history(self, table: str) -> list[Mapping[str, Any]]:
        """The rows of a table that keeps a history of the project, oldest first."""
        found = HISTORIES[table]
        asked = sa.select(found).where(found.c.project == self.project)
        return self._rows(asked.order_by(found.c.number))

    def add(self, table: str, values: Mapping[str, Any]) -> None:
        """Append one row to a table that keeps a history, with its number and time."""
        kept = HISTORIES[table]

        def write(connection: sa.Connection) -> None:
            self._locked_number(connection)
            asked = sa.select(sa.func.coalesce(sa.func.max(kept.c.number), 0))
            last = connection.scalar(asked.where(kept.c.project == self.project))
            row = {**values, "project": self.project, "number": (last or 0) + 1}
            connection.execute(sa.insert(kept), [{**row, "at": _now(connection)}])

        self._written(write)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    def _rows(self, asked: sa.Select[Any]) -> list[Mapping[str, Any]]:
        with plain_store_errors(self.place), reading(self.engine).connect() as connection:
            return [dict(row) for row in connection.execute(asked).mappings()]

    def _append(self, connection: sa.Connection, events: Sequence[Event]) -> dict[str, Event]:
        number = self._locked_number(connection)
        stored = self._found(connection, [event.id for event in events])
        for event in events:
            _check_same(event, stored.get(event.id))
        now = _now(connection)
        fresh = [event for event in events if event.id not in stored]
        fresh = [
            replace(one, number=place, at=now if one.at is None else one.at)
            for place, one in enumerate(fresh, start=number + 1)
        ]
        if fresh:
            connection.execute(sa.insert(EVENTS), [as_row(one, self.project) for one in fresh])
            mine = PROJECTS.c.name == self.project
            last = number + len(fresh)
            connection.execute(sa.update(PROJECTS).where(mine).values(last_number=last))
        return stored | {one.id: one for one in fresh}

    def _locked_number(self, connection: sa.Connection) -> int:
        """The project's last number; whoever asks has the project alone until the end.

        So numbers have no gaps, and are seen in their order.
        """
        asked = sa.select(PROJECTS.c.last_number).where(PROJECTS.c.name == self.project)
        found = connection.scalar(asked.with_for_update())
        if found is None:
            make = _insert(connection)(PROJECTS).values(name=self.project, last_number=0)
            connection.execute(make.on_conflict_do_nothing())
            found = connection.scalar(asked.with_for_update())
        return int(found or 0)

    def _found(self, connection: sa.Connection, ids: Sequence[str]) -> dict[str, Event]:
        found: dict[str, Event] = {}
        for start in range(0, len(ids), CHUNK):
            asked = sa.select(EVENTS).where(
                EVENTS.c.project == self.project, EVENTS.c.id.in_(ids[start : start + CHUNK])
            )
            rows = connection.execute(asked).mappings()
            found |= {row["id"]: from_row(dict(row)) for row in rows}
        return found

    def _written(self, write: Callable[[sa.Connection], T]) -> T:
        """Run a transaction; again where two got in each other's way or the line was cut.

        After a line cut at COMMIT nobody knows the outcome. The same events are looked up by
        their ids then, so that what was stored is found and what was not is stored, once.
        """
        with plain_store_errors(self.place):
            for pause in _pauses():
                try:
                    return self._once(write)
                except exc.DBAPIError as error:
                    if pause is None or not may_go_well_again(error):
                        raise
                time.sleep(pause)
        raise AssertionError("the last attempt either returns or raises")

    def _once(self, write: Callable[[sa.Connection], T]) -> T:
        turn = self._turn if self.journal is not None else nullcontext()
        with turn, self.engine.begin() as connection:
            return write(connection)


def _distinct(events: Sequence[Event]) -> list[Event]:
    """Each event once; ConflictError where two of one id differ."""
    found: dict[str, Event] = {}
    for event in events:
        _check_same(event, found.setdefault(event.id, event))
    return list(found.values())


def _check_same(event: Event, other: Event | None) -> None:
    if other is None or other is event:
        return
    if payload_hash(event) != payload_hash(other):
        raise ConflictError(
            f"the event {event.id} of {event.curator!r} is stored already and says something "
            "else; nothing was stored, give the new event an id of its own"
        )


def _insert(connection: sa.Connection) -> Any:
    """INSERT in the dialect's own words, which know ON CONFLICT."""
    from sqlalchemy.dialects import postgresql, sqlite

    return (sqlite if connection.dialect.name == "sqlite" else postgresql).insert


def _now(connection: sa.Connection) -> float:
    """Seconds since 1970: the server's clock where there is one, since machines differ."""
    if connection.dialect.name == "sqlite":
        return time.time()
    now = connection.scalar(sa.select(sa.func.extract("epoch", sa.func.clock_timestamp())))
    return float(now or 0)


def _pauses() -> Iterator[float | None]:
    """What to wait after each attempt; None after the last."""
    for attempt in range(ATTEMPTS - 1):
        yield min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt) * (0.5 + random.random())
    yield None
