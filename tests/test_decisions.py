"""Decisions on a workspace: kept, folded, honoured by selection, and read without the store."""

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from core.curate.files import written
from core.curate.opening import open_sqlite
from core.errors import DataError, RequestError, WorkspaceError
from core.pipeline import exports, replaying, selection
from core.pipeline.asking import again, as_arguments
from core.pipeline.decision_books import BUNDLED, FILE, PROJECT, URL
from core.pipeline.decision_files import decision_status, export_decisions, import_decisions
from core.pipeline.decisions import (
    ConflictError,
    Rule,
    agreement,
    assign,
    assignment,
    decide,
    decided,
    decisions_differ,
    guideline,
    guidelines,
    n_elsewhere,
    people,
    set_guideline,
    with_decisions,
    without_decisions,
)
from core.pipeline.requests import Request
from core.pipeline.views import in_use, open_pool
from core.select.budget import Budget
from core.workspace import BUNDLE, Workspace
from tests.conftest import ROOT, core
from tests.curate_events import example, numbered, said, undoing


@pytest.fixture(autouse=True)
def _settings(monkeypatch):
    for name in (URL, PROJECT):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def workspace(tiny_workspace):
    return Workspace.open(tiny_workspace)


@pytest.fixture
def empty(tmp_path):
    return Workspace.create(tmp_path / "w")


@pytest.fixture
def ids(workspace):
    return open_pool(workspace).ids()


def on(example_id, verdict="approved", by="ann", **rest):
    """A verdict on an example of the pool."""
    return said(int(example_id, 16), verdict, by, **rest)


def asked(n=12, **rest):
    return Request("sae-greedy", Budget("rows", n), **rest)


def test_where_nothing_was_decided_no_file_is_made(empty):
    assert decided(empty).approved == ()
    assert people(empty) == ()
    assert guideline(empty) is None
    assert assignment(empty) is None
    assert agreement(empty).pairs == ()
    assert decide(empty, []) == ()
    assert not (empty.root / FILE).exists()


def test_looking_costs_no_database_library(empty):
    code = (
        "import sys; from pathlib import Path; from core.workspace import Workspace; "
        "from core.pipeline.decisions import decided; "
        f"decided(Workspace(Path({str(empty.root)!r}))); "
        "print([one for one in ('sqlalchemy', 'alembic', 'psycopg') if one in sys.modules])"
    )
    environment = {name: value for name, value in os.environ.items() if name != URL}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_what_is_decided_is_there_at_once_and_for_others(empty):
    event = said(1)
    stored = decide(empty, [event])
    assert decided(empty).approved == (event.example,)
    assert decided(empty).number == stored[0].number == 1
    again_opened = Workspace.open(empty.root)
    assert decided(again_opened).of(event.example).by["ann"] == stored[0]


def test_the_state_is_kept_and_goes_on(empty):
    decide(empty, [said(1)])
    before = decided(empty)
    assert decided(empty) is before
    decide(empty, [said(2)])
    assert decided(empty).number == 2
    assert before.number == 1


def test_what_somebody_else_decides_is_seen(empty):
    decide(empty, [said(1)])
    decided(empty)
    with closing(open_sqlite(empty.root / FILE, "default")) as other:
        other.append([said(7, "rejected")])
    assert decided(empty).rejected == (example(7),)


def test_a_store_that_was_deleted_is_forgotten(empty):
    decide(empty, [said(1)])
    (empty.root / FILE).unlink()
    assert decided(empty).number == 0
    decide(empty, [said(2)])
    assert decided(empty).approved == (example(2),)


def test_projects_are_apart(empty, monkeypatch):
    decide(empty, [said(1)])
    monkeypatch.setenv(PROJECT, "other")
    assert decided(empty).number == 0
    decide(empty, [said(2)])
    assert decided(empty).approved == (example(2),)
    monkeypatch.delenv(PROJECT)
    assert decided(empty).approved == (example(1),)


def test_people_are_told_with_what_stands_of_them(empty):
    first = said(1, "approved", "ann")
    decide(empty, [first, said(2, "rejected", "bob"), said(3, "unsure", "ann"), undoing(first)])
    found = {one.name: (one.n_approved, one.n_rejected, one.n_unsure) for one in people(empty)}
    assert found == {"ann": (0, 0, 1), "bob": (0, 1, 0)}
    assert people(empty)[0].first <= people(empty)[0].last


def test_agreement_leaves_resolutions_out(empty):
    decide(empty, [said(n, "approved", by) for n in (1, 2) for by in ("ann", "bob")])
    decide(empty, [said(3, "approved", "ann"), said(3, "rejected", "bob")])
    before = agreement(empty)
    decide(empty, [said(3, "rejected", "ann", resolves=True)])
    assert agreement(empty) == before
    assert before.pairs[0].kappa.raw == pytest.approx(2 / 3)


def test_a_guideline_keeps_its_history(empty):
    set_guideline(empty, "first", by="ann")
    set_guideline(empty, "second\n", by="bob")
    assert (guideline(empty).text, guideline(empty).by) == ("second\n", "bob")
    assert [one.text for one in guidelines(empty)] == ["first", "second\n"]


def test_an_assignment_divides_a_queue(empty):
    queue = [f"{n:016x}" * 2 for n in range(200)]
    assign(empty, Rule(("ann", "bob"), overlap=0.5), by="ann")
    found = assignment(empty)
    own = {name: found.of(name, queue) for name in ("ann", "bob", "stranger")}
    assert set(own["ann"]) | set(own["bob"]) == set(queue)
    assert own["stranger"] == ()
    assert found.judges_of(queue[0]) == tuple(n for n in ("ann", "bob") if queue[0] in own[n])
    assign(empty, Rule(("eve",), overlap=0.0), by="ann")
    assert assignment(empty).rule.curators == ("eve",)


@pytest.mark.parametrize(
    "change",
    [
        lambda w: set_guideline(w, "x" * 20_001, by="ann"),
        lambda w: set_guideline(w, "\x00", by="ann"),
        lambda w: set_guideline(w, "x", by=" "),
    ],
)
def test_a_guideline_that_cannot_be_kept_is_refused(empty, change):
    with pytest.raises(RequestError):
        change(empty)
    assert guideline(empty) is None


def test_a_share_bundle_has_its_own_decisions_and_takes_no_more(empty, monkeypatch):
    log = numbered([said(1), said(2, "rejected")])
    (empty.root / BUNDLED).write_text(written(log, "jsonl"))
    (empty.root / BUNDLE).write_text("{}")
    monkeypatch.setenv(URL, "postgresql://127.0.0.1:9/none")
    assert decided(empty).events == tuple(log)
    assert guideline(empty) is None
    for change in (
        lambda: decide(empty, [said(3)]),
        lambda: set_guideline(empty, "x", by="ann"),
        lambda: assign(empty, Rule(("ann",), overlap=0), by="ann"),
    ):
        with pytest.raises(WorkspaceError, match="share bundle"):
            change()
    assert not (empty.root / FILE).exists()


def test_a_damaged_log_of_a_bundle_is_named(empty):
    (empty.root / BUNDLE).write_text("{}")
    (empty.root / BUNDLED).write_text("{")
    with pytest.raises(DataError, match=r"decisions\.jsonl"):
        decided(empty)


def test_approved_are_pinned_and_rejected_forbidden(workspace, ids):
    decide(workspace, [on(ids[3]), on(ids[4], "rejected"), on(ids[5], "unsure"), said(1)])
    found = with_decisions(workspace, asked())
    assert (found.pinned, found.forbidden) == ((ids[3],), (ids[4],))
    assert found.decided == tuple(sorted((ids[3], ids[4])))
    assert n_elsewhere(workspace) == 1


def test_a_conflict_binds_nobody(workspace, ids):
    decide(workspace, [on(ids[3], "approved", "ann"), on(ids[3], "rejected", "bob")])
    assert with_decisions(workspace, asked()) == asked()


def test_own_pins_and_forbids_win(workspace, ids):
    decide(workspace, [on(ids[3], "rejected"), on(ids[4], "approved"), on(ids[5], "approved")])
    found = with_decisions(workspace, asked(pinned=(ids[3],), forbidden=(ids[4],)))
    assert (found.pinned, found.forbidden) == ((ids[3], ids[5]), (ids[4],))
    assert found.decided == (ids[5],)


def test_asking_again_takes_the_decisions_of_now(workspace, ids):
    first = on(ids[3])
    decide(workspace, [first])
    found = with_decisions(workspace, asked(pinned=(ids[9],)))
    decide(workspace, [undoing(first), on(ids[4])])
    later = with_decisions(workspace, found)
    assert later.pinned == (ids[9], ids[4])
    assert without_decisions(later) == asked(pinned=(ids[9],))


def test_more_approved_than_the_budget_is_one_line_with_the_numbers(workspace, ids):
    decide(workspace, [on(one) for one in ids[:5]])
    with pytest.raises(
        RequestError, match="5 examples are approved, above the budget of 4; ask for at least 5"
    ):
        with_decisions(workspace, asked(4))
    with pytest.raises(RequestError, match="5 examples are approved and 1 more are pinned"):
        with_decisions(workspace, asked(5, pinned=(ids[9],)))
    assert len(with_decisions(workspace, asked(5)).pinned) == 5


def test_a_recipe_is_as_before_where_nothing_was_decided(workspace, ids):
    plain = selection.solve(workspace, asked()).artifact
    assert selection.solve(workspace, with_decisions(workspace, asked())).artifact == plain
    assert "decided" not in plain.config
    decide(workspace, [on(ids[3], "unsure")])
    assert selection.solve(workspace, with_decisions(workspace, asked())).artifact == plain


def test_selection_honours_decisions_and_says_so(workspace, ids):
    plain = selection.solve(workspace, asked()).subset
    out, kept = (
        ids[int(plain.rows[0])],
        next(one for one in ids if ids.index(one) not in plain.rows),
    )
    decide(workspace, [on(out, "rejected"), on(kept, "approved")])
    result = selection.select_subset(workspace, with_decisions(workspace, asked()))
    chosen = {
        ids[row] for row in selection.stored_order(in_use(workspace, "selection")).prefix(12).rows
    }
    assert kept in chosen
    assert out not in chosen
    assert "by decision: 1 approved kept, 1 rejected left out" in result.notes["remarks"]


def test_a_stored_order_knows_that_decisions_have_changed(workspace, ids):
    decide(workspace, [on(ids[3])])
    selection.select_subset(workspace, with_decisions(workspace, asked()))
    artifact = in_use(workspace, "selection")
    assert not decisions_differ(workspace, artifact)
    decide(workspace, [on(ids[4], "rejected")])
    assert decisions_differ(workspace, artifact)


def test_the_same_request_as_arguments_asks_for_the_decisions(workspace, ids):
    decide(workspace, [on(ids[3]), said(1)])
    found = with_decisions(workspace, asked())
    arguments = as_arguments(workspace, found)
    assert "--from-decisions" in arguments
    assert not any(one.startswith("--pin") for one in arguments)
    made = core(*arguments, "--workspace", workspace.root)
    assert made["artifacts"]["selection"] == selection.solve(workspace, found).artifact.fingerprint
    assert made["remarks"][-1] == "1 decided example is not in this pool"


def test_an_order_asked_for_again_keeps_what_was_decided_then(workspace, ids):
    decide(workspace, [on(ids[3])])
    artifact = selection.solve(workspace, with_decisions(workspace, asked())).artifact
    assert selection.solve(workspace, again(artifact, 12)).artifact == artifact


def test_a_replay_needs_no_store(workspace, ids, tmp_path):
    decide(workspace, [on(ids[3]), on(ids[4], "rejected")])
    file = tmp_path / "selection.json"
    selection.select_subset(workspace, with_decisions(workspace, asked()), out=file)
    exports.export(workspace, file, tmp_path / "out")
    (workspace.root / FILE).unlink()
    for folder in (workspace.root / "selection").iterdir():
        folder.rename(tmp_path / folder.name)
    made = replaying.replay(workspace, tmp_path / "out" / "manifest.json", replaying.Where())
    assert made["identical"]


def test_decisions_survive_another_pool(workspace, ids, tiny_source):
    decide(workspace, [on(ids[0]), on(ids[-1], "rejected")])
    lines = Path(tiny_source).read_text(encoding="utf-8").splitlines()
    source = workspace.root / "half.jsonl"
    source.write_text("\n".join(lines[:20]) + "\n", encoding="utf-8")
    core("ingest", source, "--workspace", workspace.root)
    found = with_decisions(workspace, asked())
    assert found.pinned == (ids[0],)
    assert found.forbidden == ()
    assert n_elsewhere(workspace) == 1


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
