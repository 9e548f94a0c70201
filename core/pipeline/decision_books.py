"""The books of decisions that are open in this process: a store each, with what it comes to."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from core.curate.records import Event
from core.curate.state import EMPTY, State, fold
from core.workspace import Workspace

if TYPE_CHECKING:
    from core.curate.store import Store

FILE = "decisions.sqlite3"
BUNDLED = "decisions.jsonl"
URL = "CORESET_DATABASE_URL"
PROJECT = "CORESET_PROJECT"
DEFAULT_PROJECT = "default"
MOST_OPEN = 8


class Book(Protocol):
    """Where the decisions of a workspace are read and written."""

    def state(self) -> State:
        """What is decided now."""

    def append(self, events: Sequence[Event]) -> tuple[Event, ...]:
        """Store events."""

    def store(self, *, make: bool) -> Store | None:
        """The database; None where there is none yet and it is not to be made."""


def project_name() -> str:
    """The project whose decisions count: CORESET_PROJECT, or 'default'."""
    return os.environ.get(PROJECT, "").strip() or DEFAULT_PROJECT


class StoredBook:
    """A store that is opened when it is needed, and the state that was read of it."""

    def __init__(self, root: Path, url: str, project: str) -> None:
        self.root = root
        self.url = url
        self.project = project
        self._lock = threading.RLock()
        self._store: Store | None = None
        self._file: tuple[int, int] | None = None  # device and inode of the file that is open
        self._state = EMPTY

    def state(self) -> State:
        """What is decided now: what was read before, and the events that followed."""
        with self._lock:
            store = self.store(make=False)
            if store is None:
                return EMPTY
            fresh = store.after(self._state.number)
            if fresh:
                self._state = self._state.extended(fresh)
            return self._state

    def append(self, events: Sequence[Event]) -> tuple[Event, ...]:
        """Store events; the lock is not held, so that a slow disk holds up no reader."""
        store = self.store(make=True)
        if store is None:
            raise AssertionError("a store that is to be made is there")
        return store.append(events)

    def store(self, *, make: bool) -> Store | None:
        """The open database; SQLAlchemy is imported only where there is one."""
        with self._lock:
            if self.url:
                return self._store or self._opened()
            if self._file is None or self._file != _identity(self.root / FILE):
                self._forget()
                if not make and _identity(self.root / FILE) is None:
                    return None
            return self._store or self._opened()

    def _opened(self) -> Store:
        from core.curate.engine import database_url
        from core.curate.opening import open_postgresql, open_sqlite

        if self.url:
            self._store = open_postgresql(database_url(self.url), self.project)
        else:
            self._store = open_sqlite(self.root / FILE, self.project)
            self._file = _identity(self.root / FILE)
        return self._store

    def _forget(self) -> None:
        """Let go of a file that was deleted or replaced under us."""
        if self._store is not None:
            self._store.close()
        self._store, self._file, self._state = None, None, EMPTY


class BundledBook:
    """The decisions that came with a share bundle, never added to."""

    def __init__(self, root: Path) -> None:
        self.path = root / BUNDLED
        self._state: State | None = None

    def state(self) -> State:
        """What the bundle's file comes to; empty where it has none."""
        from core.curate.files import read_events

        if self._state is None:
            found = read_events(self.path).events if self.path.is_file() else ()
            self._state = fold(found)
        return self._state

    def append(self, events: Sequence[Event]) -> tuple[Event, ...]:
        """Never: whoever writes asks the workspace first."""
        raise AssertionError("a share bundle is read-only")

    def store(self, *, make: bool) -> Store | None:
        """A bundle has no database."""
        return None


def book_of(workspace: Workspace) -> Book:
    """The book of a workspace under the present settings, opened once a process."""
    root = workspace.root.absolute()
    bundled = workspace.read_only
    url = "" if bundled else os.environ.get(URL, "").strip()
    key = (str(root), bundled, url, project_name())
    with _GUARD:
        book = _BOOKS.pop(key, None)
        if book is None:
            book = BundledBook(root) if bundled else StoredBook(root, url, project_name())
        _BOOKS[key] = book  # the one used last stands last
        while len(_BOOKS) > MOST_OPEN:
            _BOOKS.pop(next(iter(_BOOKS)))
    return book


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


_GUARD = threading.Lock()
_BOOKS: dict[tuple[str, bool, str, str], Book] = {}
