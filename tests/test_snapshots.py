"""Named snapshots: kept, returned to, dropped, and honest when what they need is gone."""

import json
import shutil
import threading

import pytest

from core.errors import RequestError, WorkspaceError
from core.pipeline import snapshots as kept
from core.pipeline.requests import Request
from core.pipeline.selection import select_subset
from core.select.budget import Budget
from core.workspace import Workspace


@pytest.fixture
def workspace(tiny_workspace):
    return Workspace.open(tiny_workspace)


def test_there_are_none_and_no_file_before_one_is_kept(workspace):
    assert kept.snapshots(workspace) == ()
    assert not (workspace.root / kept.FILE).exists()


def test_a_snapshot_names_the_order_and_budget_in_use(workspace):
    made = kept.keep(workspace, "first", "before the pins")
    assert made.selection == workspace.current()["selection"]
    assert (made.method, made.n_rows, made.budget) == ("sae-greedy", 12, 12)
    assert kept.snapshots(workspace) == (made,)


def test_returning_puts_order_and_budget_in_use_again(workspace):
    made = kept.keep(workspace, "first")
    select_subset(workspace, Request("random", Budget("rows", 5)))
    assert workspace.current()["selection"] != made.selection
    assert kept.return_to(workspace, "first") == made
    assert workspace.current()["selection"] == made.selection
    assert workspace.choices()["budget"] == 12


def test_the_rows_of_a_snapshot_are_those_that_were_chosen(workspace):
    made = kept.keep(workspace, "first")
    assert len(kept.subset_of(workspace, made)) == 12


def test_what_was_dropped_can_be_put_back(workspace):
    made = kept.keep(workspace, "first")
    dropped = kept.drop(workspace, "first")
    assert kept.snapshots(workspace) == ()
    kept.restore(workspace, dropped)
    assert kept.snapshots(workspace) == (made,)


def test_two_snapshots_do_not_share_a_name(workspace):
    kept.keep(workspace, "first")
    with pytest.raises(RequestError, match="named 'first' already"):
        kept.keep(workspace, " first ")


@pytest.mark.parametrize("name", ["", "  ", "\n", "\u200b", "x" * 81])
def test_a_name_that_cannot_be_shown_is_refused(workspace, name):
    with pytest.raises(RequestError, match="snapshot"):
        kept.keep(workspace, name)


def test_a_name_is_one_line_without_control_characters(workspace):
    assert kept.keep(workspace, "a\u202e\tb\n<b>\x00 c").name == "a b <b> c"


def test_a_name_that_is_not_there_is_said(workspace):
    with pytest.raises(RequestError, match="no snapshot named 'nobody'"):
        kept.return_to(workspace, "nobody")


def test_one_whose_order_is_gone_says_so_and_the_others_stay(workspace):
    kept.keep(workspace, "gone")
    select_subset(workspace, Request("random", Budget("rows", 5)))
    there = kept.keep(workspace, "there")
    gone = kept.find(workspace, "gone")
    shutil.rmtree(workspace.root / "selection" / gone.selection)
    assert "no longer" in kept.why_stale(workspace, gone)
    assert kept.why_stale(workspace, there) is None
    with pytest.raises(WorkspaceError, match="no longer"):
        kept.return_to(workspace, "gone")


def test_one_of_other_latents_is_stale_but_its_rows_are_known(workspace):
    made = kept.keep(workspace, "first")
    roles = workspace.current()
    workspace.use({name: one for name, one in roles.items() if name != "features"})
    assert "latents" in kept.why_stale(workspace, made)
    found = kept.subset_of(workspace, made)
    assert len(found) == 12 and found.gains is None


def test_one_of_another_pool_has_no_rows_here(workspace):
    made = kept.keep(workspace, "first")
    workspace.use({**workspace.current(), "pool": "0" * 16})
    assert "another pool" in kept.why_stale(workspace, made)
    with pytest.raises(WorkspaceError, match="another pool"):
        kept.subset_of(workspace, made)


def test_a_damaged_file_is_one_line(workspace):
    (workspace.root / kept.FILE).write_text("[", encoding="utf-8")
    with pytest.raises(WorkspaceError, match=r"snapshots\.json cannot be read"):
        kept.snapshots(workspace)


def test_a_file_of_another_format_is_refused(workspace):
    (workspace.root / kept.FILE).write_text(json.dumps({"format": 9, "snapshots": []}))
    with pytest.raises(WorkspaceError, match="format 9"):
        kept.snapshots(workspace)


def test_several_at_once_lose_nothing(workspace):
    threads = [
        threading.Thread(target=kept.keep, args=(workspace, f"number {n}")) for n in range(8)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(kept.snapshots(workspace)) == 8
