"""Which rows are exported by what people decided, and what the card says of them."""

import json
import secrets

import pytest

from core.curate.files import written
from core.errors import RequestError, WorkspaceError
from core.export.manifest import Manifest
from core.fingerprint import digest
from core.pipeline import export_rows, exported, exports, rows_to_export, snapshots
from core.pipeline.decisions import Event, decide, decided
from core.pipeline.exports import ExportAsk
from core.pipeline.views import open_pool
from core.workspace import Workspace
from tests.conftest import BUDGET
from tests.export_examples import pool_of


@pytest.fixture
def workspace(tiny_workspace):
    return Workspace.open(tiny_workspace)


@pytest.fixture
def chosen(workspace):
    return exported.chosen_record(workspace)


@pytest.fixture
def others(workspace, chosen):
    """Rows of the pool that the subset does not have."""
    return [one for one in open_pool(workspace).ids() if one not in set(chosen["rows"])]


def say(workspace, verdict, *names, curator="ana"):
    decide(workspace, [Event(secrets.token_hex(16), one, curator, verdict) for one in names])


def planned(workspace, chosen, which="subset", *, outside=False):
    pool = open_pool(workspace)
    return rows_to_export.plan(workspace, pool, chosen["rows"], which, outside=outside)


def test_without_decisions_all_rows_are_exported_and_no_store_is_made(workspace, chosen):
    found = planned(workspace, chosen)
    assert list(found.ids) == chosen["rows"]
    assert found.decisions.number == 0
    assert not (workspace.root / "decisions.sqlite3").exists()


def test_rows_are_counted_by_verdict_before_anything_is_written(workspace, chosen, others):
    rows = chosen["rows"]
    say(workspace, "approved", *rows[:3], others[0])
    say(workspace, "rejected", *rows[3:5])
    say(workspace, "unsure", rows[5])
    say(workspace, "rejected", rows[2], curator="ben")
    found = planned(workspace, chosen)
    counts = (found.n_approved, found.n_rejected, found.n_unsure, found.n_conflicts)
    assert counts == (2, 2, 1, 1)
    assert found.n_undecided == len(rows) - 4
    assert found.outside == (others[0],)


def test_only_approved_rows_are_left_in_their_order(workspace, chosen):
    rows = chosen["rows"]
    say(workspace, "approved", rows[4], rows[1])
    found = planned(workspace, chosen, "approved")
    assert found.ids == (rows[1], rows[4])
    assert set(found.decisions.left_out) == set(rows) - {rows[1], rows[4]}


def test_approved_and_undecided_leaves_out_what_was_rejected(workspace, chosen):
    rows = chosen["rows"]
    say(workspace, "rejected", rows[0])
    say(workspace, "unsure", rows[1])
    assert planned(workspace, chosen, "approved-undecided").ids == tuple(rows[1:])


def test_approved_rows_outside_are_added_on_demand_alone(workspace, chosen, others):
    say(workspace, "approved", others[1], others[0])
    assert set(planned(workspace, chosen).ids).isdisjoint(others)
    found = planned(workspace, chosen, outside=True)
    assert found.ids[-2:] == (others[1], others[0])


def test_approved_rows_of_another_pool_are_not_offered(workspace, chosen):
    say(workspace, "approved", "0" * 32)
    assert planned(workspace, chosen).outside == ()


def test_another_choice_of_rows_is_refused(workspace, chosen):
    with pytest.raises(RequestError, match="subset, approved, approved-undecided; seen 'all'"):
        planned(workspace, chosen, "all")


def test_a_plan_is_made_again_from_its_decisions(workspace, chosen, others):
    say(workspace, "rejected", chosen["rows"][2])
    say(workspace, "approved", others[0])
    found = planned(workspace, chosen, "approved-undecided", outside=True)
    assert rows_to_export.rows_of(chosen["rows"], found.decisions) == found.ids


def test_the_manifest_tells_the_decisions_and_the_hash_of_their_log(workspace, chosen, tmp_path):
    rows = chosen["rows"]
    say(workspace, "approved", rows[0])
    say(workspace, "rejected", rows[1])
    ask = ExportAsk(which="approved-undecided")
    made = exports.export_record(workspace, chosen, tmp_path / "out", ask)
    told = Manifest.from_json((made.folder / "manifest.json").read_text()).decisions
    assert (told.approved, told.rejected, told.left_out) == ((rows[0],), (rows[1],), (rows[1],))
    assert told.counts == {"approved": 1, "rejected": 1, "unsure": 0, "conflicts": 0}
    assert told.number == 2
    assert told.log_sha256 == digest(written(decided(workspace).events, "jsonl").encode())
    assert len(made.manifest.ids) == len(rows) - 1


def test_a_snapshot_is_exported_as_it_was(workspace, tmp_path):
    whole = exported.chosen_record(workspace)["rows"]
    workspace.choose(budget=5)
    snapshots.keep(workspace, "five")
    workspace.choose(budget=BUDGET)
    assert exported.chosen_record(workspace, snapshot="five")["rows"] == whole[:5]
    assert exported.chosen_record(workspace)["rows"] == whole


def test_an_unknown_snapshot_is_refused(workspace):
    with pytest.raises(RequestError, match="no snapshot named 'x'"):
        exported.chosen_record(workspace, snapshot="x")


def test_nothing_chosen_is_one_clear_line(empty_workspace):
    with pytest.raises(WorkspaceError, match="no selection in use yet"):
        exported.chosen_record(Workspace.create(empty_workspace))


def test_findings_say_coverage_beside_random_and_the_gaps(workspace, chosen, tmp_path):
    made = exports.export_record(workspace, chosen, tmp_path / "out")
    found = made.manifest.findings
    assert found["coverage"]["covered"] == sum(chosen["gains"])
    assert 0 < found["coverage"]["random"] <= found["coverage"]["covered"]
    missing = found["coverage"]["reachable"] - found["coverage"]["covered"]
    assert found["uncovered"]["n"] == missing
    assert found["clusters"]["n"] > 0
    card = (made.folder / "README.md").read_text()
    assert "As many at random" in card
    assert "## Known gaps" in card


def test_a_subset_of_another_pool_has_no_findings(workspace, chosen, tmp_path):
    workspace.use({name: one for name, one in workspace.current().items() if name != "pool"})
    made = exports.export_record(workspace, chosen, tmp_path / "out")
    assert made.manifest.findings == {}


def test_licences_are_those_that_the_rows_name(tmp_path):
    rows = [{"instruction": f"{i}", "output": "A", "license": "mit" if i else ""} for i in range(3)]
    pool = pool_of(rows, tmp_path)
    assert export_rows.licences_of(pool, pool.rows_of(pool.ids())) == {"mit": 2}


def test_licences_are_unknown_where_no_row_names_one(workspace):
    pool = open_pool(workspace)
    assert export_rows.licences_of(pool, pool.rows_of(pool.ids())) == {}


def test_rows_are_read_in_any_order(workspace):
    pool = open_pool(workspace)
    ids = pool.ids()[::-1]
    examples = export_rows.PoolExamples(pool, pool.rows_of(ids))
    assert [example.id for example in examples] == ids
    assert [json.loads(example.raw) for example in examples] == [one.record for one in examples]
