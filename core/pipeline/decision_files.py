"""Decisions from a file into the store, and the whole log of them to a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.curate.files import LISTED, form_of, read_events, written
from core.errors import RequestError
from core.pipeline.decision_books import FILE, StoredBook, book_of, project_name
from core.pipeline.decisions import decide, decided, n_elsewhere, people
from core.publish import plain_disk_errors
from core.workspace import Workspace


def import_decisions(
    workspace: Workspace, file: Path, *, curator: str, strict: bool = False
) -> dict[str, Any]:
    """Store the decisions of a CSV or JSONL file; what is stored already is left as it is.

    `curator` decided where a line names nobody. Bad lines are named, and the good ones taken.
    Raises DataError for a file that is not worth it, ConflictError where an event of the file is
    stored with another content; nothing is stored then.
    """
    found = read_events(file, curator=curator, strict=strict)
    before = decided(workspace).number
    stored = decide(workspace, found.events)
    known = sum((one.number or 0) <= before for one in stored)
    return {
        "read": len(found.events),
        "stored": len(stored) - known,
        "known": known,
        "blank": found.n_blank,
        "bad": len(found.bad),
        "bad_lines": [f"line {one.line}: {one.reason}" for one in found.bad[:LISTED]],
    }


def export_decisions(
    workspace: Workspace, file: Path, *, spreadsheet_safe: bool = False
) -> dict[str, Any]:
    """Write every event to a new CSV or JSONL file, as its ending says."""
    form = form_of(file)
    if file.exists():
        raise RequestError(f"{file} is there already; name a new file")
    events = decided(workspace).events
    text = written(events, form, spreadsheet_safe=spreadsheet_safe)
    with plain_disk_errors(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    return {"file": str(file), "events": len(events), "bytes": len(text.encode())}


def decision_status(workspace: Workspace) -> dict[str, Any]:
    """Where the decisions lie and what they come to."""
    state, has_pool = decided(workspace), "pool" in workspace.current()
    return {
        "place": _place(workspace),
        "project": project_name(),
        "events": state.number,
        "approved": len(state.approved),
        "rejected": len(state.rejected),
        "unsure": len(state.unsure),
        "conflicts": len(state.conflicts),
        "elsewhere": n_elsewhere(workspace) if has_pool else 0,
        "people": {one.name: one.n_decided for one in people(workspace)},
    }


def _place(workspace: Workspace) -> str:
    book = book_of(workspace)
    store = book.store(make=False)
    if store is None:
        return (
            f"{workspace.root / FILE}, not made yet" if isinstance(book, StoredBook) else "bundle"
        )
    journal = store.journal
    return f"{store.place}, journal {journal.mode}: {journal.reason}" if journal else store.place
