"""Decisions from and to a file, and what status says of them."""

import json

import pytest

from core.curate.files import written
from core.errors import RequestError
from core.pipeline.decision_books import FILE
from core.pipeline.decision_files import decision_status, export_decisions, import_decisions
from core.pipeline.decisions import (
    ConflictError,
    decide,
    decided,
)
from core.workspace import Workspace
from tests.conftest import core
from tests.curate_events import example, numbered, said, undoing
from tests.deciding import _settings, empty, workspace

__all__ = ["_settings", "empty", "workspace"]


@pytest.mark.parametrize(
    ("name", "safe"), [("d.csv", False), ("safe.csv", True), ("d.jsonl", False)]
)
def test_a_file_goes_out_and_into_another_workspace(empty, tmp_path, name, safe):
    first = said(1, "approved", "ann", note="=1+1", tags=("a", "b"))
    decide(empty, [first, said(2, "rejected", "bob"), undoing(first)])
    file, other = tmp_path / name, Workspace.create(tmp_path / "other")
    assert export_decisions(empty, file, spreadsheet_safe=safe)["events"] == 3
    told = import_decisions(other, file, curator="x")
    assert (told["stored"], told["known"]) == (3, 0)
    assert decided(other).events == decided(empty).events
    told = import_decisions(other, file, curator="x")
    assert (told["stored"], told["known"]) == (0, 3)


def test_the_verbs_bring_and_write_a_file(empty, tmp_path):
    file = tmp_path / "d.csv"
    file.write_text(f"id,verdict\n{example(7)},rejected\n")
    where = ("--workspace", empty.root)
    assert core("decisions", "import", file, "--curator", "bo", *where)["stored"] == 1
    assert decided(empty).curators == ("bo",)
    assert core("decisions", "export", tmp_path / "out.csv", "--spreadsheet-safe", *where)["events"]


def test_status_tells_where_they_lie(empty):
    assert decision_status(empty)["events"] == 0
    assert not (empty.root / FILE).exists()
    decide(empty, [said(1)])
    told = core("decisions", "status", "--workspace", empty.root)
    assert told["place"].startswith(str(empty.root / FILE))
    assert (told["approved"], told["people"]) == (1, {"ann": 1})


def test_a_file_in_conflict_with_the_store_stores_nothing(empty, tmp_path):
    event = said(1)
    decide(empty, [event])
    record = json.loads(written(numbered([event]), "jsonl"))
    lines = [
        {**record, "id": "f" * 32, "number": 1},
        {**record, "verdict": "rejected", "number": 2},
    ]
    file = tmp_path / "d.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)))
    with pytest.raises(ConflictError):
        import_decisions(empty, file, curator="x")
    assert decided(empty).number == 1


def test_a_file_that_is_there_is_not_written_over(empty, tmp_path):
    file = tmp_path / "d.csv"
    file.write_text("mine")
    with pytest.raises(RequestError, match="is there already"):
        export_decisions(empty, file)
    assert file.read_text() == "mine"
