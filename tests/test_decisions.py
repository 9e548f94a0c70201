"""Decisions of a workspace: kept, shared, apart, and told."""

import os
import subprocess
import sys
from contextlib import closing

import pytest

from core.curate.files import written
from core.curate.opening import open_sqlite
from core.errors import DataError, RequestError, WorkspaceError
from core.pipeline.decision_books import BUNDLED, FILE, PROJECT, URL
from core.pipeline.decisions import (
    Rule,
    agreement,
    assign,
    assignment,
    decide,
    decided,
    guideline,
    guidelines,
    people,
    set_guideline,
)
from core.workspace import BUNDLE, Workspace
from tests.conftest import ROOT
from tests.curate_events import example, numbered, said, undoing
from tests.deciding import _settings, empty, workspace

__all__ = ["_settings", "empty", "workspace"]


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
