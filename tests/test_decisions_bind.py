"""What decisions mean for a selection: approved pinned, rejected forbidden, on record."""

from pathlib import Path

import pytest

from core.errors import RequestError
from core.pipeline import exports, replaying, selection
from core.pipeline.asking import again, as_arguments
from core.pipeline.decision_books import FILE
from core.pipeline.decisions import (
    decide,
    decisions_differ,
    n_elsewhere,
    with_decisions,
    without_decisions,
)
from core.pipeline.views import in_use
from tests.conftest import core
from tests.curate_events import said, undoing
from tests.deciding import _settings, asked, ids, on, workspace

__all__ = ["_settings", "ids", "workspace"]


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
