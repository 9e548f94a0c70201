"""The workspace: artifacts are whole or absent, named by their recipe, and never change."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core import publish
from core.errors import WorkspaceError
from core.fingerprint import Recipe
from core.workspace import Workspace

RECIPE = Recipe("ingest", 1, {"limit": 3}, {})


@pytest.fixture
def workspace(tmp_path):
    return Workspace.create(tmp_path / "ws")


def published(workspace, recipe=RECIPE, text="hello"):
    with workspace.publish("pool", recipe) as draft:
        (draft.folder / "a.txt").write_text(text)
        draft.notes["n"] = 1
    return workspace.get("pool", recipe.fingerprint)


def test_a_published_artifact_is_found_by_its_recipe(workspace):
    assert published(workspace).notes == {"n": 1}


def test_the_same_recipe_has_the_same_name_whatever_the_order_of_its_keys():
    one = Recipe("s", 1, {"a": 1, "b": 2}, {})
    other = Recipe("s", 1, {"b": 2, "a": 1}, {})
    assert one.fingerprint == other.fingerprint


@pytest.mark.parametrize(
    "other",
    [
        Recipe("ingest", 2, {"limit": 3}, {}),
        Recipe("ingest", 1, {"limit": 4}, {}),
        Recipe("ingest", 1, {"limit": 3}, {"pool": "0" * 16}),
        Recipe("other", 1, {"limit": 3}, {}),
    ],
)
def test_anything_in_the_recipe_changes_the_name(other):
    assert other.fingerprint != RECIPE.fingerprint


def test_what_another_writer_has_not_finished_is_not_listed(workspace):
    whole = published(workspace)
    draft = workspace.root / "pool" / f".draft-{'1' * 16}-999999-0badcafe"
    draft.mkdir()
    (draft / "meta.json").write_text((whole.folder / "meta.json").read_text())
    assert [one.fingerprint for one in workspace.artifacts("pool")] == [whole.fingerprint]


def test_an_exception_inside_publish_leaves_nothing(workspace):
    with pytest.raises(RuntimeError), workspace.publish("pool", RECIPE) as draft:
        (draft.folder / "half").write_text("x")
        raise RuntimeError
    assert list((workspace.root / "pool").iterdir()) == []


def test_the_second_writer_of_a_recipe_keeps_the_first_ones_folder(workspace):
    with workspace.publish("pool", RECIPE) as slow:
        (slow.folder / "a.txt").write_text("second")
        published(workspace, text="first")
    kept = workspace.get("pool", RECIPE.fingerprint)
    assert (kept.folder / "a.txt").read_text() == "first"


def test_a_file_cut_short_is_refused_by_name(workspace):
    artifact = published(workspace)
    (artifact.folder / "a.txt").write_text("he")
    with pytest.raises(WorkspaceError, match=r"a\.txt is missing or cut short"):
        workspace.get("pool", artifact.fingerprint)


def test_a_flipped_byte_is_found_by_a_full_read(workspace):
    artifact = published(workspace)
    (artifact.folder / "a.txt").write_text("hellO")
    assert "a.txt" in (artifact.damage() or "")


def test_an_untouched_artifact_has_no_damage(workspace):
    assert published(workspace).damage() is None


def test_a_workspace_that_is_a_file_is_refused(tmp_path):
    path = tmp_path / "file"
    path.write_text("")
    with pytest.raises(WorkspaceError, match="is a file, not a workspace"):
        Workspace.create(path)


def test_a_missing_workspace_is_not_made_by_opening(tmp_path):
    with pytest.raises(WorkspaceError, match="no workspace"):
        Workspace.open(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_roles_in_use_survive_reopening(workspace):
    workspace.use({"pool": "0" * 16})
    assert Workspace.open(workspace.root).current() == {"pool": "0" * 16}


def test_a_choice_survives_a_change_of_what_is_in_use(workspace):
    workspace.choose(budget=500)
    workspace.use({"pool": "0" * 16})
    assert workspace.choices() == {"budget": 500}


def test_a_damaged_pointer_file_is_one_clear_line(workspace):
    (workspace.root / "workspace.json").write_text("{")
    with pytest.raises(WorkspaceError, match=r"workspace\.json cannot be read"):
        workspace.current()


def test_a_fingerprint_from_outside_never_becomes_a_path(workspace):
    with pytest.raises(WorkspaceError, match="not a fingerprint"):
        workspace.find("pool", "../../etc")


def test_too_little_space_is_told_before_anything_is_written(workspace, monkeypatch):
    usage = type("Usage", (), {"free": 10 << 20})
    monkeypatch.setattr(publish.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(WorkspaceError, match="MB free and this step needs"):
        published(workspace)
    assert workspace.artifacts("pool") == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_refusing_disk_is_one_line_and_leaves_nothing(workspace, monkeypatch, code):
    def refuse(*_args):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(publish, "move_into_place", refuse)
    with pytest.raises(WorkspaceError) as caught:
        published(workspace)
    assert "\n" not in str(caught.value)
    assert list((workspace.root / "pool").iterdir()) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from core.fingerprint import Recipe
from core.workspace import Workspace
from core import publish
calls = 0
stop = int(sys.argv[2])
def count(real):
    def wrapped(*a, **k):
        global calls
        calls += 1
        if calls == stop:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*a, **k)
    return wrapped
os.fsync = count(os.fsync)
Path.rename = count(Path.rename)
Path.replace = count(Path.replace)
ws = Workspace(Path(sys.argv[1]))
with ws.publish("pool", Recipe("ingest", 1, {"limit": 3}, {})) as draft:
    (draft.folder / "a.txt").write_text("hello")
print("calls", calls)
"""


def test_killed_at_any_call_the_artifact_is_whole_or_absent(workspace):
    root = Path(__file__).parent.parent
    for stop in range(1, 40):
        run = subprocess.run(
            [sys.executable, "-c", KILLED, str(workspace.root), str(stop)],
            cwd=root,
            capture_output=True,
            text=True,
        )
        found = workspace.find("pool", RECIPE.fingerprint)
        if found is not None:
            assert json.loads((found.folder / "meta.json").read_text())
            assert found.damage() is None
        if run.returncode == 0:
            break
    assert run.returncode == 0, "publish never ran to its end"
    assert [p.name for p in (workspace.root / "pool").iterdir()] == [RECIPE.fingerprint]
