"""Exports that a workspace keeps: named, listed, verified, packed for a download, and the trash."""

import io
import json
import zipfile

import pytest

from core.errors import RequestError, WorkspaceError
from core.pipeline import export_packing, export_preview, exported
from core.pipeline.exports import ExportAsk
from core.pipeline.views import open_pool
from core.workspace import Workspace
from tests.conftest import BUDGET, core


@pytest.fixture(scope="module")
def kept(tmp_path_factory, processed):
    """A workspace with one export, for tests that only look."""
    import shutil

    root = shutil.copytree(processed, tmp_path_factory.mktemp("kept") / "w")
    workspace = Workspace.open(root)
    chosen = exported.chosen_record(workspace)
    return workspace, exported.export_named(workspace, chosen, "first")


@pytest.fixture
def workspace(tiny_workspace):
    return Workspace.open(tiny_workspace)


def made(workspace, name="one", **ask):
    return exported.export_named(
        workspace, exported.chosen_record(workspace), name, ExportAsk(**ask)
    )


def test_an_export_is_listed_under_its_name(kept):
    workspace, one = kept
    assert exported.listed(workspace) == [one]
    assert one.folder == workspace.root.resolve() / "exports" / "first"
    assert one.manifest.n_rows == BUDGET


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", ".trash", "x" * 81, "a\n", "a b"])
def test_a_name_that_is_no_plain_folder_name_is_refused(kept, name):
    with pytest.raises(RequestError, match="letters, digits"):
        exported.export_named(kept[0], {}, name)
    with pytest.raises(RequestError, match="letters, digits"):
        exported.delete(kept[0], name)


def test_a_name_that_is_taken_is_refused(kept):
    with pytest.raises(RequestError, match="is not empty"):
        exported.export_named(kept[0], exported.chosen_record(kept[0]), "first")


def test_a_folder_that_is_no_export_is_passed_over(workspace):
    (workspace.root / "exports" / "other").mkdir(parents=True)
    (workspace.root / "exports" / "other" / "manifest.json").write_text("{")
    assert exported.listed(workspace) == []


def test_a_whole_export_verifies(kept):
    assert exported.verify(kept[1]) is None


@pytest.mark.parametrize("name", ["data.jsonl", "README.md"])
def test_a_changed_byte_is_found(workspace, name):
    one = made(workspace)
    path = one.folder / name
    path.write_bytes(path.read_bytes()[:-2] + b"x\n")
    assert f"{name} has other bytes" in exported.verify(one)


def test_a_missing_file_is_found(workspace):
    one = made(workspace, form="axolotl")
    (one.folder / "axolotl.yaml").unlink()
    assert exported.verify(one) == "axolotl.yaml is missing"


def test_a_deleted_export_comes_back_by_undo(workspace):
    one = made(workspace)
    gone = exported.delete(workspace, "one")
    assert exported.listed(workspace) == []
    assert exported.trash(workspace) == [gone]
    assert exported.undelete(workspace, gone.token) == "one"
    assert exported.listed(workspace) == [one]
    assert exported.trash(workspace) == []


def test_undo_never_overwrites(workspace):
    made(workspace)
    gone = exported.delete(workspace, "one")
    made(workspace)
    with pytest.raises(RequestError, match="another export named 'one' now"):
        exported.undelete(workspace, gone.token)


def test_two_deleted_exports_of_one_name_both_lie_in_the_trash(workspace):
    for _ in range(2):
        made(workspace)
        exported.delete(workspace, "one")
    assert [one.name for one in exported.trash(workspace)] == ["one", "one"]
    assert exported.empty_trash(workspace) == 2
    assert exported.trash(workspace) == []


@pytest.mark.parametrize("token", ["one", "../first~00000000", "one~0000000g", "one~00000000"])
def test_what_is_not_in_the_trash_cannot_be_taken_out(kept, token):
    with pytest.raises(RequestError, match="not in the trash"):
        exported.undelete(kept[0], token)


def test_deleting_what_is_not_there_is_one_clear_line(kept):
    with pytest.raises(RequestError, match="no export named 'x'"):
        exported.delete(kept[0], "x")


def test_a_read_only_workspace_keeps_what_it_has(workspace):
    made(workspace)
    (workspace.root / "bundle.json").write_text("{}")
    for act in (
        lambda: made(workspace, "two"),
        lambda: exported.delete(workspace, "one"),
        lambda: exported.empty_trash(workspace),
    ):
        with pytest.raises(WorkspaceError, match="read-only"):
            act()


def test_the_zip_holds_every_file_and_has_the_same_bytes_twice(kept):
    packed = bytes(export_packing.packed(kept[1]))
    assert packed == bytes(export_packing.packed(kept[1]))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert sorted(archive.namelist()) == [
            "first/README.md", "first/data.jsonl", "first/manifest.json",
        ]  # fmt: skip
        data = archive.read("first/data.jsonl")
    assert data == (kept[1].folder / "data.jsonl").read_bytes()


def test_the_data_file_alone_is_its_bytes(kept):
    assert bytes(export_packing.data(kept[1])) == (kept[1].folder / "data.jsonl").read_bytes()


def test_two_exports_of_one_name_and_length_have_different_file_names(workspace):
    """A server that tells files apart by their name would else give the first to both."""
    one = made(workspace, title="Some rows")
    names = {export_packing.download_name(one), export_packing.data_name(one)}
    exported.delete(workspace, "one")
    other = made(workspace, title="Same rows")
    assert other.n_bytes == one.n_bytes
    assert export_packing.download_name(other) not in names
    assert export_packing.data_name(other) in names  # the same data


def test_the_name_of_the_data_file_ends_in_its_own_hash(kept):
    digest = kept[1].manifest.data_sha256[:16]
    assert export_packing.data_name(kept[1]) == f"first-{digest}.jsonl"


@pytest.mark.parametrize(
    ("form", "names"),
    [
        ("jsonl", ["data.jsonl"]),
        ("axolotl", ["data.jsonl", "axolotl.yaml"]),
        ("llama-factory", ["data.jsonl", "dataset_info.json"]),
        ("parquet", ["data.parquet"]),
        ("hub-folder", ["data/train-00000-of-00001.parquet"]),
    ],
)
def test_a_preview_shows_the_beginning_of_every_file(kept, form, names):
    pool, ids = open_pool(kept[0]), exported.chosen_record(kept[0])["rows"]
    found = export_preview.preview(pool, ids, form, {})
    assert [name for name, _ in found.files] == names
    assert found.n_rows == found.n_tried == BUDGET
    lines = found.files[0][1].split("\n")
    assert len(lines) == export_preview.FIRST
    assert all(isinstance(json.loads(line), dict) for line in lines)


def test_a_preview_of_nothing_is_one_clear_line(kept):
    with pytest.raises(RequestError, match="no row to export"):
        export_preview.preview(open_pool(kept[0]), [], "jsonl", {})


def test_the_command_writes_the_subset_in_use_and_names_what_it_left_out(tiny_workspace, tmp_path):
    answer = core(
        "export", "--format", "trl-messages", "--name", "mine", "--licence", "mit",
        "--workspace", tiny_workspace,
    )  # fmt: skip
    assert answer["rows"] == BUDGET
    assert answer["folder"].endswith("exports/mine")
    assert "the field topic of 12 rows is not in it" in answer["remarks"]
    (one,) = exported.listed(Workspace.open(tiny_workspace))
    assert one.manifest.licence == "mit"
