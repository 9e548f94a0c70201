"""Replay: the same bytes from a manifest alone, or in one line the first thing that differs."""

import json
import secrets
import shutil

import pytest

from core.errors import DataError, ModelError
from core.pipeline import exported, exports, replay_differences, replaying
from core.pipeline.decisions import Event, decide
from core.pipeline.exports import ExportAsk
from core.pipeline.replaying import Where
from core.workspace import Workspace

FORMS = ["trl-messages", "parquet", "csv", "llama-factory", "hub-folder", "indices"]


@pytest.fixture
def workspace(tiny_workspace):
    return Workspace.open(tiny_workspace)


@pytest.fixture
def made(workspace, tmp_path):
    """An export of approved and undecided rows, with one row rejected and one from outside."""
    chosen = exported.chosen_record(workspace)
    rows = chosen["rows"]
    pool = [one for one in _ids(workspace) if one not in set(rows)]
    said = [(rows[1], "rejected"), (rows[2], "approved"), (pool[0], "approved")]
    decide(workspace, [Event(secrets.token_hex(16), one, "ana", word) for one, word in said])
    ask = ExportAsk(form="trl-messages", which="approved-undecided", outside=True, licence="mit")
    return exports.export_record(workspace, chosen, tmp_path / "made", ask).folder


def _ids(workspace):
    from core.pipeline.views import open_pool

    return open_pool(workspace).ids()


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def elsewhere(workspace, made, tmp_path, *, source):
    """A copy of the manifest in a new workspace that has the SAE and nothing else."""
    fresh = Workspace.create(tmp_path / "fresh")
    shutil.copytree(workspace.root / "sae", fresh.root / "sae")
    (tmp_path / "sent").mkdir()
    copy = shutil.copy(made / "manifest.json", tmp_path / "sent" / "manifest.json")
    return (
        fresh,
        tmp_path / "sent" / "manifest.json",
        Where(sources=(str(source),), out=tmp_path / "again"),
        copy,
    )


def changed(path, change):
    found = json.loads(path.read_text())
    change(found)
    path.write_text(json.dumps(found))


@pytest.mark.parametrize("form", FORMS)
def test_every_file_is_made_again(workspace, form, tmp_path):
    chosen = exported.chosen_record(workspace)
    made = exports.export_record(workspace, chosen, tmp_path / "made", ExportAsk(form=form)).folder
    answer = replaying.replay(workspace, made / "manifest.json", Where(out=tmp_path / "again"))
    assert answer["identical"]
    assert answer["remarks"] == []
    assert contents(made) == contents(tmp_path / "again")


def test_a_copy_of_the_manifest_works_in_another_workspace(workspace, made, tmp_path, tiny_source):
    fresh, manifest, where, _ = elsewhere(workspace, made, tmp_path, source=tiny_source)
    answer = replaying.replay(fresh, manifest, where)
    assert contents(made) == contents(tmp_path / "again")
    assert answer["remarks"] == [
        "this workspace holds no decisions; the 3 of the manifest were used"
    ]


def test_another_source_is_named_with_both_hashes(workspace, made, tmp_path, tiny_source):
    other = tmp_path / "other.jsonl"
    other.write_text(tiny_source.read_text() + '{"instruction": "x", "output": "y"}\n')
    fresh, manifest, where, _ = elsewhere(workspace, made, tmp_path, source=other)
    with pytest.raises(
        DataError, match=r"at the source tiny.jsonl: the manifest says [0-9a-f]{64}"
    ):
        replaying.replay(fresh, manifest, where)
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize(
    ("part", "value", "told"),
    [
        ("weights", "0" * 64, "model files (sha256 of the weights): the manifest says 0000"),
        ("tokenizer", "1" * 64, "model files (sha256 of the tokenizer): the manifest says 1111"),
        ("dtype", "float32", "number format: the manifest says float32 and here it is"),
    ],
)
def test_another_model_or_number_format_is_named(part, value, told):
    seen = {"weights": "a" * 64, "tokenizer": "b" * 64, "config": "c" * 64, "dtype": "bfloat16"}
    with pytest.raises(DataError) as caught:
        replay_differences.check_model({**seen, part: value}, seen)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_another_model_is_told_before_the_pass(workspace, made, tmp_path, tiny_source):
    fresh, manifest, where, _ = elsewhere(workspace, made, tmp_path, source=tiny_source)

    def other(found):
        found["recipes"]["readings"]["config"]["model"]["weights"] = "0" * 64

    changed(manifest, other)
    with pytest.raises(DataError, match=r"at the model files .sha256 of the weights.: .* says 00"):
        replaying.replay(fresh, manifest, where)
    assert fresh.artifacts("readings") == []


def test_a_loaded_sae_that_is_not_here_is_named_by_its_hash(workspace, made, tmp_path, tiny_source):
    fresh, manifest, where, _ = elsewhere(workspace, made, tmp_path, source=tiny_source)
    recipe = {"step": "sae load", "version": 1, "config": {"identity": "f" * 64}, "parents": {}}
    changed(manifest, lambda found: found["recipes"].update(sae=recipe))
    changed(manifest, lambda f: f["recipes"]["readings"]["config"].update(max_length=255))
    with pytest.raises(ModelError, match=r"at the SAE hash: the manifest's .* is ffff"):
        replaying.replay(fresh, manifest, where)


def recipe(**changes):
    value = {
        "step": "features",
        "version": 1,
        "config": {"target_share": 0.005, "seed": 0, "model": {"weights": "a"}},
        "parents": {"readings": "1" * 16},
    }
    return {**value, **changes}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"config": {"target_share": 0.01, "seed": 1}}, "model files"),
        (
            {"config": {"target_share": 0.01, "seed": 1, "model": {"weights": "a"}}},
            "threshold of the features: the manifest says 0.005 and here it is 0.01",
        ),
        (
            {"config": {"target_share": 0.005, "seed": 1, "model": {"weights": "a"}}},
            "seed of the features: the manifest says 0 and here it is 1",
        ),
        ({"version": 2}, "program version of the features: the manifest says 1 and here it is 2"),
        ({"parents": {"readings": "2" * 16}}, "readings of the features"),
    ],
)
def test_the_first_part_of_a_recipe_that_differs_is_named(change, told):
    with pytest.raises(DataError) as caught:
        replay_differences.check_recipe("features", recipe(), recipe(**change))
    assert told in str(caught.value)


def test_equal_recipes_pass():
    replay_differences.check_recipe("features", recipe(), recipe())


def test_a_seed_of_the_selection_that_differs_is_named(workspace, made, tmp_path, tiny_source):
    fresh, manifest, where, _ = elsewhere(workspace, made, tmp_path, source=tiny_source)

    def another(found):
        found["selection"]["fingerprint"] = "0" * 16
        found["recipes"]["selection"]["version"] = 99

    changed(manifest, another)
    with pytest.raises(DataError, match="program version of the selection: the manifest says 99"):
        replaying.replay(fresh, manifest, where)


def test_other_bytes_of_an_artifact_name_it_and_the_library(workspace, made):
    def older(found):
        told = found["artifacts"]["features"]
        told["sha256"] = "0" * 64
        told["libraries"]["numpy"] = "1.0"
        found["data_sha256"] = "0" * 64

    changed(made / "manifest.json", older)
    with pytest.raises(DataError, match=r"bytes of the features: .*; numpy was 1.0 and is 2"):
        replaying.replay(workspace, made / "manifest.json", Where())


def test_a_damaged_artifact_is_named(workspace, made):
    folder = workspace.in_use("pool").folder
    changed(made / "manifest.json", lambda found: found.update(data_sha256="0" * 64))
    meta = json.loads((folder / "meta.json").read_text())
    meta["files"][0]["sha256"] = "0" * 64
    (folder / "meta.json").write_text(json.dumps(meta))
    with pytest.raises(DataError, match=r"at the pool: .* does not have the bytes"):
        replaying.replay(workspace, made / "manifest.json", Where())


def test_a_library_that_writes_other_bytes_is_named(workspace, made, tmp_path):
    def older(found):
        found["versions"]["pyarrow"] = "1.0"
        found["data_sha256"] = "0" * 64

    changed(made / "manifest.json", older)
    with pytest.raises(DataError, match=r"bytes of data.jsonl .*; pyarrow was 1.0 and is"):
        replaying.replay(workspace, made / "manifest.json", Where(out=tmp_path / "again"))
    assert not (tmp_path / "again").exists()


def test_a_library_that_changes_nothing_is_a_remark(workspace, made, tmp_path):
    changed(made / "manifest.json", lambda found: found["versions"].update(numpy="1.0"))
    answer = replaying.replay(workspace, made / "manifest.json", Where())
    assert answer["identical"]
    (remark,) = answer["remarks"]
    assert remark.startswith("numpy was 1.0 and is")


def test_later_decisions_are_a_remark_and_change_nothing(workspace, made):
    decide(workspace, [Event(secrets.token_hex(16), _ids(workspace)[0], "ben", "rejected")])
    answer = replaying.replay(workspace, made / "manifest.json", Where())
    assert answer["remarks"] == ["1 decisions came later and were not used"]


def test_other_decisions_are_a_remark_with_both_hashes(workspace, made):
    changed(made / "manifest.json", lambda f: f["decisions"].update(log_sha256="0" * 64))
    remarks = replaying.replay(workspace, made / "manifest.json", Where())["remarks"]
    assert "sha256 0000" in remarks[-1]


def test_what_was_in_use_stays_in_use(workspace, made, tmp_path, tiny_source):
    before = workspace.current()
    workspace.use({**before, "selection": before["selection"]})
    roles = {name: one for name, one in before.items() if name != "selection"}
    workspace.use(roles)
    replaying.replay(workspace, made / "manifest.json", Where())
    assert workspace.current() == roles


def test_a_manifest_of_version_1_is_made_again(workspace, tmp_path):
    chosen = exported.chosen_record(workspace)
    made = exports.export_record(workspace, chosen, tmp_path / "made").folder

    def old(found):
        for name in [
            "options", "files", "decisions", "refused", "omitted", "notes", "artifacts",
            "findings", "title", "n_pool", "licence",
        ]:  # fmt: skip
            del found[name]
        found["format_version"] = 1

    changed(made / "manifest.json", old)
    answer = replaying.replay(workspace, made / "manifest.json", Where(out=tmp_path / "again"))
    assert answer["identical"]
    assert contents(made)["data.jsonl"] == contents(tmp_path / "again")["data.jsonl"]


def test_a_full_folder_is_refused_before_anything_is_made(workspace, made, tmp_path):
    with pytest.raises(Exception, match="is not empty"):
        replaying.replay(workspace, made / "manifest.json", Where(out=made))
