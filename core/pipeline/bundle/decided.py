"""The decision log of a bundle: one line of JSON an event, as `decisions export` writes it."""

from __future__ import annotations

from pathlib import Path

from core.curate.files import written
from core.pipeline.decisions import decided
from core.workspace import Workspace

FILE = "decisions.jsonl"


def write_decisions(workspace: Workspace, folder: Path) -> int:
    """Write the project's log into the folder and give its number of events; 0 writes nothing."""
    events = decided(workspace).events
    if events:
        (folder / FILE).write_text(written(events, "jsonl"), encoding="utf-8")
    return len(events)
